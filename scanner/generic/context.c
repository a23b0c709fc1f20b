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

/* The kinds of the words that start a line or stand near. */
enum {
    NEAR_NONE,
    NEAR_USER,
    NEAR_HOST,
    NEAR_CRED,
    NEAR_TEST,
    NEAR_DOC,
    NEAR_CODE,
    NEAR_CRYPTO,
    NEAR_TEXT,
    NEAR_KINDS,
};

static const struct ks_vocabulary_entry near_words[] = {
#define N(word, kind) {word, NEAR_##kind},
#include "scanner/generic/near.def"
#undef N
};

static uint8_t near_kind(const uint8_t *word, size_t len)
{
    return ks_vocabulary_find(near_words,
                              sizeof(near_words) / sizeof(near_words[0]),
                              (struct ks_span){word, len});
}

/* Counts the kinds of words in [from, to). The first one goes to `*first`. */
static void count_words(int16_t *kinds, uint8_t *first, struct ks_span t,
                        size_t from, size_t to)
{
    uint8_t word[16];
    size_t n = 0;
    bool any = false;

    for (size_t i = from; i <= to; i++) {
        uint8_t c = i < to ? t.ptr[i] : 0;
        bool hump =
            n > 0 && i < to && ks_is_upper(c) && ks_is_lower(t.ptr[i - 1]);

        if (n > 0 && (hump || !ks_is_alpha(c))) {
            uint8_t kind = n <= sizeof(word) ? near_kind(word, n) : NEAR_NONE;

            kinds[kind]++;
            if (!any && first != NULL)
                *first = kind;
            any = true;
            n = 0;
        }
        if (ks_is_alpha(c)) {
            if (n < sizeof(word))
                word[n] = ks_to_lower(c);
            n++;
        }
    }
}

static void near(int16_t *out, struct ks_span t, size_t low, size_t high,
                 const struct ks_generic_candidate *c)
{
    int16_t kinds[NEAR_KINDS] = {0};
    size_t key = c->key_to > c->key_from ? c->key_from : c->value_from;

    count_words(kinds, NULL, t, low, key);
    count_words(kinds, NULL, t, c->value_to, high);
    out[KS_FEATURE_near_user] = kinds[NEAR_USER];
    out[KS_FEATURE_near_host] = kinds[NEAR_HOST];
    out[KS_FEATURE_near_cred] = kinds[NEAR_CRED];
    out[KS_FEATURE_near_test] = kinds[NEAR_TEST];
    out[KS_FEATURE_near_doc] = kinds[NEAR_DOC];
    out[KS_FEATURE_near_code] = kinds[NEAR_CODE];
    out[KS_FEATURE_near_crypto] = kinds[NEAR_CRYPTO];
    out[KS_FEATURE_near_text] = kinds[NEAR_TEXT];
}

/* Strings in quotes that hold two spaces or more: prose. */
static int16_t spaced_strings(struct ks_span t, size_t low, size_t high)
{
    size_t spaces = 0, strings = 0;

    for (size_t i = low; i < high; i++) {
        if (t.ptr[i] == '"' || t.ptr[i] == '\'') {
            strings += spaces >= 2;
            spaces = 0;
        } else if (t.ptr[i] == '\n') {
            spaces = 0;
        } else {
            spaces += t.ptr[i] == ' ' && i > low && t.ptr[i - 1] != ' ';
        }
    }
    return ks_clamp16(strings);
}

/* Shares of the surroundings without the value, in percent. */
static void texture(int16_t *out, struct ks_span t, size_t low, size_t high,
                    const struct ks_generic_candidate *c)
{
    unsigned n[256] = {0}, total = 0, run = 0, longest = 0, high_bytes = 0;
    unsigned upper = 0, digits = 0;

    for (size_t i = low; i < high; i++) {
        uint8_t b;

        if (i == c->value_from && i < c->value_to)
            i = c->value_to;
        if (i >= high)
            break;
        b = t.ptr[i];
        n[b]++;
        total++;
        upper += ks_is_upper(b);
        digits += ks_is_digit(b);
        high_bytes += b >= 128;
        run = ks_is_base64(b) ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    if (total == 0)
        total = 1;
    out[KS_FEATURE_w_lines] = (int16_t)n['\n'];
    out[KS_FEATURE_w_spaces] = (int16_t)(n[' '] * 100 / total);
    out[KS_FEATURE_w_braces] = (int16_t)(n['{'] + n['}']);
    out[KS_FEATURE_w_parens] = (int16_t)(n['('] + n[')']);
    out[KS_FEATURE_w_semicolons] = (int16_t)n[';'];
    out[KS_FEATURE_w_quotes] = (int16_t)(n['"'] + n['\'']);
    out[KS_FEATURE_w_angles] = (int16_t)(n['<'] + n['>']);
    out[KS_FEATURE_w_equals] = (int16_t)n['='];
    out[KS_FEATURE_w_colons] = (int16_t)n[':'];
    out[KS_FEATURE_w_high] = (int16_t)high_bytes;
    out[KS_FEATURE_w_upper] = (int16_t)(upper * 100 / total);
    out[KS_FEATURE_w_digits] = (int16_t)(digits * 100 / total);
    out[KS_FEATURE_w_longest_run] = (int16_t)longest;
}

/* How often the value stands elsewhere in the context. */
static int16_t repeats(struct ks_span t, size_t low, size_t high,
                       const struct ks_generic_candidate *c)
{
    size_t len = (size_t)c->value_to - c->value_from, n = 0;
    const uint8_t *v = t.ptr + c->value_from;

    for (size_t i = low; i + len <= high; i++) {
        if (t.ptr[i] != v[0] || i == c->value_from)
            continue;
        if (memcmp(t.ptr + i, v, len) == 0) {
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
    int16_t kinds[NEAR_KINDS] = {0};
    uint8_t first = NEAR_NONE;
    size_t indent = 0;

    if (low > c->value_from)
        low = c->value_from;
    l = line_of(t, low, high, c);
    while (l.from + indent < key && ks_is_blank(t.ptr[l.from + indent]))
        indent++;
    count_words(kinds, &first, t, l.from, key < l.from ? l.from : key);
    out[KS_FEATURE_comment] = comment(t, l, key);
    out[KS_FEATURE_indent] = ks_clamp16(indent);
    out[KS_FEATURE_line_before] = ks_clamp16(key - l.from - indent);
    out[KS_FEATURE_line_after] = ks_clamp16(l.to - c->value_to);
    out[KS_FEATURE_tail_words] = tail_words(t, l, c);
    out[KS_FEATURE_line_word] = first;
    out[KS_FEATURE_line_creds] = kinds[NEAR_CRED];
    near(out, t, low, high, c);
    texture(out, t, low, high, c);
    out[KS_FEATURE_repeats] = repeats(t, low, high, c);
    neighbours(out, t, low, high, l);
    out[KS_FEATURE_spaced_strings] = spaced_strings(t, low, high);
}
