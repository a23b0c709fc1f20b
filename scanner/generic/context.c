/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around the key and its value. */
#include "scanner/generic/chars.h"
#include "scanner/generic/parts.h"
#include "scanner/generic/vocabulary.h"

#include <string.h>

/* Context is looked at this far before the key and behind the value. */
#define CONTEXT_BACK 112u
#define CONTEXT_AHEAD 128u

struct line {
    size_t from, to; /* of the key's line, clipped to the context */
};

static struct line line_of(struct ks_span t, size_t low, size_t high,
                           const struct ks_generic_candidate *c)
{
    struct line l = {c->value_from, c->value_to};

    if (c->key_to > c->key_from)
        l.from = c->key_from;
    while (l.from > low && t.ptr[l.from - 1] != '\n')
        l.from--;
    while (l.to < high && t.ptr[l.to] != '\n')
        l.to++;
    return l;
}

/* 1 for a line comment, 2 for a block's line, 0 for none. */
static int16_t comment(struct ks_span t, struct line l, size_t key)
{
    size_t at = l.from;

    while (at < key && ks_is_blank(t.ptr[at]))
        at++;
    if (at < key && (t.ptr[at] == '#' || t.ptr[at] == ';'))
        return 1;
    if (at + 1 < key && t.ptr[at] == '*' && ks_is_blank(t.ptr[at + 1]))
        return 2;
    for (; at + 1 < key; at++) {
        if (t.ptr[at] == '/' &&
            (t.ptr[at + 1] == '/' || t.ptr[at + 1] == '*') &&
            (at == 0 || t.ptr[at - 1] != ':'))
            return 1;
        if (t.ptr[at] == '-' && t.ptr[at + 1] == '-' && at + 2 < key &&
            t.ptr[at + 2] == ' ')
            return 3;
    }
    return 0;
}

/* What the words of a stretch of text speak of. */
struct talk {
    int16_t kinds[KS_NEAR_KINDS];
    uint8_t first; /* the kind of its first word */
    bool any;
};

static void take_word(struct talk *talk, const uint8_t *word, size_t len)
{
    uint8_t kind = KS_NEAR_NONE;

    if (len <= KS_LEXEME_LONGEST)
        kind = ks_vocabulary_find((struct ks_span){word, len})->near;
    talk->kinds[kind]++;
    if (!talk->any)
        talk->first = kind;
    talk->any = true;
}

/* Adds the words of [from, to), split at camel humps. */
static void listen(struct talk *talk, struct ks_span t, size_t from, size_t to)
{
    uint8_t word[KS_LEXEME_LONGEST];
    size_t n = 0;

    for (size_t i = from; i < to; i++) {
        uint8_t c = t.ptr[i];

        if (!ks_is_alpha(c)) {
            if (n > 0)
                take_word(talk, word, n);
            n = 0;
            continue;
        }
        if (n > 0 && ks_is_upper(c) && ks_is_lower(t.ptr[i - 1])) {
            take_word(talk, word, n);
            n = 0;
        }
        if (n < sizeof(word))
            word[n] = (uint8_t)(c | 32);
        n++;
    }
    if (n > 0)
        take_word(talk, word, n);
}

static void near(int16_t *out, struct ks_span t, size_t low, size_t high,
                 size_t line, const struct ks_generic_candidate *c)
{
    struct talk before = {0}, same = {0}, after = {0};
    size_t key = c->key_to > c->key_from ? c->key_from : c->value_from;
    int16_t *to = out + KS_FEATURE_near_user;

    if (line > key)
        line = key;
    listen(&before, t, low, line);
    listen(&same, t, line, key);
    listen(&after, t, c->value_to, high);
    for (size_t k = KS_NEAR_USER; k < KS_NEAR_KINDS; k++)
        *to++ = (int16_t)(before.kinds[k] + same.kinds[k] + after.kinds[k]);
    out[KS_FEATURE_line_word] = same.first;
    out[KS_FEATURE_line_creds] = same.kinds[KS_NEAR_CRED];
}

_Static_assert(KS_FEATURE_near_text - KS_FEATURE_near_user ==
                   KS_NEAR_TEXT - KS_NEAR_USER,
               "the features stand in the order of the kinds");

/* What a byte of the surroundings is counted as. */
enum grain {
    OTHER,
    NEWLINE,
    SPACE,
    BRACE,
    PAREN,
    SEMICOLON,
    QUOTE,
    ANGLE,
    EQUALS,
    COLON,
    HIGH,
    UPPER,
    DIGIT,
    GRAINS,
    IN_RUN = 16, /* a byte of base64, besides */
};

/* The grain of every byte, with IN_RUN. */
/* clang-format off */
static const uint8_t grains[256] = {
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  1,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     2,  0,  6,  0,  0,  0,  0,  6,  4,  4,  0, 16,  0, 16,  0, 16,
    28, 28, 28, 28, 28, 28, 28, 28, 28, 28,  9,  5,  7, 24,  7,  0,
     0, 27, 27, 27, 27, 27, 27, 27, 27, 27, 27, 27, 27, 27, 27, 27,
    27, 27, 27, 27, 27, 27, 27, 27, 27, 27, 27,  0,  0,  0,  0, 16,
     0, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,  3,  0,  3,  0,  0,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
};
/* clang-format on */

/* Counts over the surroundings, in one pass from `low` to `high`. */
struct texture {
    uint16_t n[16];
    unsigned run, longest; /* bytes of base64 in a row */
    unsigned prose;        /* strings that hold two spaces */
};

/*
 * Counts the gaps of [low, high): strings in quotes that hold two spaces or
 * more are prose.
 */
static void count_gaps(struct texture *x, struct ks_span t, size_t low,
                       size_t high)
{
    unsigned gaps = 0;

    for (size_t i = low; i < high; i++) {
        uint8_t c = t.ptr[i];

        if (c == ' ') {
            gaps += i > low && t.ptr[i - 1] != ' ';
        } else if (c == '"' || c == '\'') {
            x->prose += gaps >= 2;
            gaps = 0;
        } else if (c == '\n') {
            gaps = 0;
        }
    }
}

/* Counts the bytes of [from, to). */
static void weave(struct texture *x, struct ks_span t, size_t from, size_t to)
{
    unsigned run = x->run, longest = x->longest;

    for (size_t i = from; i < to; i++) {
        uint8_t g = grains[t.ptr[i]];

        x->n[g & 15]++;
        run = (g & IN_RUN) != 0 ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    x->run = run;
    x->longest = longest;
}

/* Shares of the surroundings without the value, in percent. */
static void texture(int16_t *out, struct ks_span t, size_t low, size_t high,
                    const struct ks_generic_candidate *c)
{
    struct texture x = {0};
    unsigned total = (unsigned)(high - low) -
                     ((unsigned)c->value_to - (unsigned)c->value_from);

    weave(&x, t, low, c->value_from);
    weave(&x, t, c->value_to, high);
    count_gaps(&x, t, low, high);
    if (total == 0)
        total = 1;
    out[KS_FEATURE_w_lines] = (int16_t)x.n[NEWLINE];
    out[KS_FEATURE_w_spaces] = (int16_t)(x.n[SPACE] * 100u / total);
    out[KS_FEATURE_w_braces] = (int16_t)x.n[BRACE];
    out[KS_FEATURE_w_parens] = (int16_t)x.n[PAREN];
    out[KS_FEATURE_w_semicolons] = (int16_t)x.n[SEMICOLON];
    out[KS_FEATURE_w_quotes] = (int16_t)x.n[QUOTE];
    out[KS_FEATURE_w_angles] = (int16_t)x.n[ANGLE];
    out[KS_FEATURE_w_equals] = (int16_t)x.n[EQUALS];
    out[KS_FEATURE_w_colons] = (int16_t)x.n[COLON];
    out[KS_FEATURE_w_high] = (int16_t)x.n[HIGH];
    out[KS_FEATURE_w_upper] = (int16_t)(x.n[UPPER] * 100u / total);
    out[KS_FEATURE_w_digits] = (int16_t)(x.n[DIGIT] * 100u / total);
    out[KS_FEATURE_w_longest_run] = (int16_t)x.longest;
    out[KS_FEATURE_spaced_strings] = (int16_t)x.prose;
}

/* How often the value stands elsewhere in the context. */
static int16_t repeats(struct ks_span t, size_t low, size_t high,
                       const struct ks_generic_candidate *c)
{
    size_t len = (size_t)c->value_to - c->value_from, n = 0;
    const uint8_t *v = t.ptr + c->value_from;

    for (size_t i = low; i + len <= high; i++) {
        const uint8_t *hit = memchr(t.ptr + i, v[0], high - len + 1 - i);

        if (hit == NULL)
            break;
        i = (size_t)(hit - t.ptr);
        if (i != c->value_from && memcmp(hit, v, len) == 0) {
            n++;
            i += len - 1;
        }
    }
    return ks_clamp16(n);
}

/* Bytes that two lines share at their heads, indentation left out. */
static int16_t common_head(struct ks_span t, size_t a, size_t a_to, size_t b,
                           size_t b_to)
{
    size_t n = 0;

    while (a < a_to && ks_is_blank(t.ptr[a]))
        a++;
    while (b < b_to && ks_is_blank(t.ptr[b]))
        b++;
    while (a + n < a_to && b + n < b_to && t.ptr[a + n] == t.ptr[b + n] &&
           t.ptr[a + n] != '\n')
        n++;
    return ks_clamp16(n);
}

static void neighbours(int16_t *out, struct ks_span t, size_t low, size_t high,
                       struct line l)
{
    size_t from = l.from;

    out[KS_FEATURE_prev_like] = -1;
    out[KS_FEATURE_next_like] = -1;
    if (from > low && t.ptr[from - 1] == '\n') {
        from--;
        while (from > low && t.ptr[from - 1] != '\n')
            from--;
        out[KS_FEATURE_prev_like] =
            common_head(t, from, l.from - 1, l.from, l.to);
    }
    if (l.to + 1 < high)
        out[KS_FEATURE_next_like] =
            common_head(t, l.to + 1, high, l.from, l.to);
}

/* Words behind a value without quotes, up to punctuation or a comment. */
static int16_t tail_words(struct ks_span t, struct line l,
                          const struct ks_generic_candidate *c)
{
    size_t n = 0, at = c->value_to;

    if (c->quote != KS_GENERIC_BARE)
        return 0;
    while (at + 1 < l.to && t.ptr[at] == ' ' &&
           (ks_is_alpha(t.ptr[at + 1]) || t.ptr[at + 1] >= 128)) {
        n++;
        at++;
        while (at < l.to && (ks_is_alpha(t.ptr[at]) || t.ptr[at] >= 128 ||
                             t.ptr[at] == '\''))
            at++;
    }
    return ks_clamp16(n);
}

void ks_context_features(int16_t *out, const struct ks_generic_window *window,
                         const struct ks_generic_candidate *c)
{
    struct ks_span t = window->text;
    size_t key = c->key_to > c->key_from ? c->key_from : c->value_from;
    size_t low = key > CONTEXT_BACK ? key - CONTEXT_BACK : 0;
    size_t high = (size_t)c->value_to + CONTEXT_AHEAD < t.len
                      ? (size_t)c->value_to + CONTEXT_AHEAD
                      : t.len;
    struct line l;
    size_t indent = 0;

    if (low > c->value_from)
        low = c->value_from;
    l = line_of(t, low, high, c);
    while (l.from + indent < key && ks_is_blank(t.ptr[l.from + indent]))
        indent++;
    out[KS_FEATURE_comment] = comment(t, l, key);
    out[KS_FEATURE_indent] = ks_clamp16(indent);
    out[KS_FEATURE_line_before] = ks_clamp16(key - l.from - indent);
    out[KS_FEATURE_line_after] = ks_clamp16(l.to - c->value_to);
    out[KS_FEATURE_tail_words] = tail_words(t, l, c);
    near(out, t, low, high, l.from, c);
    texture(out, t, low, high, c);
    out[KS_FEATURE_repeats] = repeats(t, low, high, c);
    neighbours(out, t, low, high, l);
}
