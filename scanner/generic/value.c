/* SPDX-License-Identifier: Apache-2.0 */
/* What the value's own bytes say. */
#include "rules/classifier/words.h"
#include "scanner/generic/chars.h"
#include "scanner/generic/parts.h"
#include "scanner/generic/vocabulary.h"

#include <string.h>

/* Values are looked at up to this many bytes. */
#define VALUE_REACH 256u

enum byte_class { LOWER, UPPER, DIGIT, SPECIAL, SPACE, HIGH };

static enum byte_class class_of(uint8_t c)
{
    if (ks_is_lower(c))
        return LOWER;
    if (ks_is_upper(c))
        return UPPER;
    if (ks_is_digit(c))
        return DIGIT;
    if (c >= 128)
        return HIGH;
    return ks_is_space(c) ? SPACE : SPECIAL;
}

/* log2(n) in 1/256. */
static unsigned log2_q8(unsigned n)
{
    static const uint16_t few[] = {0,   0,   256, 405, 512, 594, 661, 718,
                                   768, 811, 850, 885, 917, 947, 974, 1000};
    unsigned whole = 0, fraction = 0;
    uint64_t m = (uint64_t)n << 16;

    if (n < sizeof(few) / sizeof(few[0]))
        return few[n];
    while (m >= (uint64_t)2 << 16) {
        m >>= 1;
        whole++;
    }
    for (int i = 0; i < 8; i++) {
        m = m * m >> 16;
        fraction <<= 1;
        if (m >= (uint64_t)2 << 16) {
            m >>= 1;
            fraction |= 1;
        }
    }
    return whole << 8 | fraction;
}

/* What one pass over the value counts. */
struct tally {
    unsigned n[6]; /* by class */
    unsigned hex, b64, humps;
    uint8_t counts[256]; /* by byte */
};

/* Shannon entropy of the bytes, in 1/256 bit a byte. Uses up the counts. */
static unsigned entropy_q8(struct tally *t, struct ks_span v)
{
    unsigned sum = 0;

    for (size_t i = 0; i < v.len; i++) {
        uint8_t n = t->counts[v.ptr[i]];

        if (n > 1)
            sum += n * log2_q8(n);
        t->counts[v.ptr[i]] = 0;
    }
    return v.len == 0 ? 0 : log2_q8((unsigned)v.len) - sum / (unsigned)v.len;
}

/* Counts, runs and shares over the bytes. */
static void count_bytes(int16_t *out, struct tally *t, struct ks_span v)
{
    unsigned turns = 0, letter_run = 0, digit_run = 0, same = 1, step = 1;
    unsigned letters = 0, digits = 0, equal = 1, steps = 1, distinct = 0;
    enum byte_class before = class_of(v.ptr[0]);
    uint8_t last = v.ptr[0];

    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.ptr[i];
        enum byte_class k = class_of(c);

        t->n[k]++;
        distinct += t->counts[c]++ == 0;
        t->hex += ks_is_hex(c);
        t->b64 += ks_is_base64(c);
        letters = k <= UPPER ? letters + 1 : 0;
        digits = k == DIGIT ? digits + 1 : 0;
        letter_run = letters > letter_run ? letters : letter_run;
        digit_run = digits > digit_run ? digits : digit_run;
        if (i == 0)
            continue;
        turns += k != before;
        t->humps += k == UPPER && before == LOWER;
        equal = c == last ? equal + 1 : 1;
        steps = c == last + 1 ? steps + 1 : 1;
        same = equal > same ? equal : same;
        step = steps > step ? steps : step;
        before = k;
        last = c;
    }
    out[KS_FEATURE_distinct] = (int16_t)distinct;
    out[KS_FEATURE_turns] = (int16_t)turns;
    out[KS_FEATURE_letter_run] = (int16_t)letter_run;
    out[KS_FEATURE_digit_run] = (int16_t)digit_run;
    out[KS_FEATURE_same_run] = (int16_t)same;
    out[KS_FEATURE_step_run] = (int16_t)step;
}

/* The features that are counts. */
static void put_counts(int16_t *out, const struct tally *t, struct ks_span v)
{
    const uint8_t *counts = t->counts;

    out[KS_FEATURE_lower] = (int16_t)t->n[LOWER];
    out[KS_FEATURE_upper] = (int16_t)t->n[UPPER];
    out[KS_FEATURE_digits] = (int16_t)t->n[DIGIT];
    out[KS_FEATURE_special] = (int16_t)t->n[SPECIAL];
    out[KS_FEATURE_spaces] = (int16_t)t->n[SPACE];
    out[KS_FEATURE_high] = (int16_t)t->n[HIGH];
    out[KS_FEATURE_hex_share] = (int16_t)(t->hex * 100 / (unsigned)v.len);
    out[KS_FEATURE_base64_share] = (int16_t)(t->b64 * 100 / (unsigned)v.len);
    out[KS_FEATURE_underscores] = counts['_'];
    out[KS_FEATURE_dashes] = counts['-'];
    out[KS_FEATURE_dots] = counts['.'];
    out[KS_FEATURE_slashes] = (int16_t)(counts['/'] + counts['\\']);
    out[KS_FEATURE_colons] = counts[':'];
    out[KS_FEATURE_brackets] =
        (int16_t)(counts['('] + counts['['] + counts['{'] + counts['<']);
    out[KS_FEATURE_percents] = counts['%'];
    out[KS_FEATURE_dollars] = (int16_t)(counts['$'] + counts['@']);
    out[KS_FEATURE_stars] = (int16_t)(counts['*'] + counts['#']);
}

static bool starts(struct ks_span v, const char *head)
{
    size_t len = strlen(head);

    return v.len >= len && memcmp(v.ptr, head, len) == 0;
}

static bool contains(struct ks_span v, const char *text)
{
    return memmem(v.ptr, v.len, text, strlen(text)) != NULL;
}

/* Whether a template fills in some of it later. */
static bool is_filled_in(const uint8_t *counts, struct ks_span v)
{
    if (counts['{'] > 0 &&
        (contains(v, "${") || contains(v, "{{") || contains(v, "#{")))
        return true;
    return (counts['%'] > 0 && contains(v, "<%")) || starts(v, "$(") ||
           starts(v, "%(");
}

/* A broad name for what the bytes are all of. */
static int16_t alphabet(const struct tally *t, size_t len)
{
    size_t letters = t->n[LOWER] + t->n[UPPER], words;

    if (t->n[DIGIT] == len)
        return 13;
    if (letters == len)
        return 14;
    if (t->hex == len)
        return 15;
    if (letters + t->n[DIGIT] == len)
        return 16;
    words = letters + t->n[DIGIT] + t->counts['_'];
    if (words == len)
        return 17;
    if (words + t->counts['.'] == len)
        return 18;
    if (words + t->counts['-'] == len)
        return 19;
    if (t->b64 == len)
        return 20;
    return t->counts['/'] > 0 ? 21 : 22;
}

/* A broad name for what the value looks like. */
static int16_t shape(const struct tally *t, struct ks_span v)
{
    const uint8_t *p = v.ptr, *counts = t->counts;

    if (is_filled_in(counts, v))
        return 1;
    if ((counts[':'] > 0 && contains(v, "://")) || starts(v, "www."))
        return 2;
    if (p[0] == '<' && p[v.len - 1] == '>')
        return 3;
    if (p[0] == '/' || starts(v, "./") || starts(v, "~/") || starts(v, "../") ||
        (v.len > 2 && p[1] == ':' && p[2] == '\\'))
        return 4;
    if (p[0] == '$' || (p[0] == '%' && p[v.len - 1] == '%'))
        return 5;
    if (p[0] == '#' || p[0] == '.')
        return 6;
    if (p[0] == '@' || p[0] == ':' || p[0] == '&')
        return 7;
    if (p[0] == '[' || p[0] == '(' || p[0] == '{')
        return 8;
    if (p[0] == '-')
        return 9;
    if (counts['@'] > 0 && counts['.'] > 0)
        return 10; /* mail */
    if (counts['%'] > 0)
        return 11;
    if (counts[' '] > 0)
        return 12;
    return alphabet(t, v.len);
}

static int16_t case_style(const struct tally *t, struct ks_span v)
{
    unsigned lower = t->n[LOWER], upper = t->n[UPPER];

    if (lower == 0 && upper == 0)
        return 0;
    if (upper == 0)
        return 1;
    if (lower == 0)
        return 2;
    if (ks_is_upper(v.ptr[0]) && upper == 1)
        return 3; /* Word */
    if (t->humps + ks_is_upper(v.ptr[0]) == upper)
        return 4; /* camelCase */
    return 5;
}

/* a, e, i, o, u and y by their places in the alphabet, from 1. */
#define VOWELS (1u << 1 | 1u << 5 | 1u << 9 | 1u << 15 | 1u << 21 | 1u << 25)

/* Mean and worst trigram odds of the letters, in eighths of a bit. */
static void trigrams(int16_t *out, struct ks_span v)
{
    int english = 0, code = 0, worst = 127, count = 0;
    unsigned a = 0, b = 0, vowels = 0, letters = 0, run = 0, longest = 0;

    for (size_t i = 0; i <= v.len; i++) {
        uint8_t ch = i < v.len ? ks_to_lower(v.ptr[i]) : 0;
        unsigned c = ks_is_lower(ch) ? (unsigned)ch - 96 : 0;
        bool hump = c != 0 && i > 0 && ks_is_upper(v.ptr[i]) &&
                    ks_is_lower(v.ptr[i - 1]);

        if (hump) {
            a = b;
            b = 0;
        }
        if (b != 0 && (a != 0 || c != 0)) {
            unsigned at = (a * 27 + b) * 27 + c;

            english += ks_words_english[at];
            code += ks_words_code[at];
            if (ks_words_english[at] < worst)
                worst = ks_words_english[at];
            count++;
        }
        a = b;
        b = c;
        if (c == 0) {
            run = 0;
            continue;
        }
        letters++;
        if ((VOWELS >> c & 1) != 0) {
            vowels++;
            run = 0;
        } else {
            run++;
            longest = run > longest ? run : longest;
        }
    }
    out[KS_FEATURE_english] = (int16_t)(count > 0 ? english / count : 0);
    out[KS_FEATURE_english_min] = (int16_t)(count > 0 ? worst : 0);
    out[KS_FEATURE_code] = (int16_t)(count > 0 ? code / count : 0);
    out[KS_FEATURE_vowels] =
        (int16_t)(letters > 0 ? vowels * 100 / letters : 0);
    out[KS_FEATURE_consonant_run] = ks_clamp16(longest);
}

/* ^1.2.3, >=4.0, ~> 5: what a dependency's version looks like. */
static int16_t version(struct ks_span v)
{
    size_t i = 0, digits = 0, dots = 0;

    if (ks_is_alpha(v.ptr[0]) && v.ptr[0] != 'v')
        return 0;
    while (i < v.len && memchr("^~<>=v ", v.ptr[i], 7) != NULL)
        i++;
    for (; i < v.len && (ks_is_digit(v.ptr[i]) || v.ptr[i] == '.'); i++) {
        digits += ks_is_digit(v.ptr[i]);
        dots += v.ptr[i] == '.';
    }
    return digits > 0 && dots > 0 && i + 8 >= v.len ? ks_clamp16(dots) : 0;
}

static void ends(int16_t *out, struct ks_span v)
{
    size_t tail = 0, head = 0;

    while (tail < v.len && ks_is_digit(v.ptr[v.len - 1 - tail]))
        tail++;
    while (head < v.len && ks_is_alpha(v.ptr[head]))
        head++;
    out[KS_FEATURE_tail_digits] = ks_clamp16(tail);
    out[KS_FEATURE_head_letters] = ks_clamp16(head);
    out[KS_FEATURE_first_class] = (int16_t)class_of(v.ptr[0]);
    out[KS_FEATURE_last_class] = (int16_t)class_of(v.ptr[v.len - 1]);
}

/* %41, \u0041, \n, &amp; */
static int16_t escapes(struct ks_span v)
{
    size_t n = 0;

    for (size_t i = 0; i + 1 < v.len; i++) {
        if (v.ptr[i] == '\\' && ks_is_alpha(v.ptr[i + 1]))
            n++;
        if (i + 2 < v.len && v.ptr[i] == '%' && ks_is_hex(v.ptr[i + 1]) &&
            ks_is_hex(v.ptr[i + 2]))
            n++;
    }
    return ks_clamp16(n);
}

/* Spaces between letters, less those at its ends. */
static int16_t sentence(struct ks_span v)
{
    size_t n = 0;

    for (size_t i = 1; i + 1 < v.len; i++) {
        if (v.ptr[i] == ' ' &&
            (ks_is_alpha(v.ptr[i - 1]) || v.ptr[i - 1] >= 128) &&
            (ks_is_alpha(v.ptr[i + 1]) || v.ptr[i + 1] >= 128))
            n++;
    }
    return ks_clamp16(n);
}

void ks_value_features(int16_t *out, struct ks_span v)
{
    int16_t len = ks_clamp16(v.len);
    struct tally t = {0};

    if (v.len == 0)
        return;
    if (v.len > VALUE_REACH)
        v.len = VALUE_REACH - 1;
    count_bytes(out, &t, v);
    put_counts(out, &t, v);
    out[KS_FEATURE_len] = len;
    out[KS_FEATURE_shape] = shape(&t, v);
    out[KS_FEATURE_case_style] = case_style(&t, v);
    out[KS_FEATURE_entropy] = (int16_t)entropy_q8(&t, v);
    trigrams(out, v);
    ks_value_word_features(out, v);
    ends(out, v);
    out[KS_FEATURE_percent_escapes] = escapes(v);
    out[KS_FEATURE_sentence] = sentence(v);
    out[KS_FEATURE_version] = version(v);
}

/* Letters and digits only, lower case, at most `cap`. */
static size_t squeeze(uint8_t *out, size_t cap, struct ks_span text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len && n < cap; i++) {
        if (ks_is_alnum(text.ptr[i]))
            out[n++] = ks_to_lower(text.ptr[i]);
    }
    return n;
}

void ks_pair_features(int16_t *out, struct ks_span key, struct ks_span value)
{
    uint8_t k[48], v[96];
    size_t kn = squeeze(k, sizeof(k), key), vn = squeeze(v, sizeof(v), value);
    bool inside = kn >= 3 && vn >= kn && memmem(v, vn, k, kn) != NULL;

    out[KS_FEATURE_equals_key] = kn > 0 && kn == vn && inside;
    out[KS_FEATURE_holds_key] = inside;
    out[KS_FEATURE_in_key] =
        vn >= 3 && kn >= vn && memmem(k, kn, v, vn) != NULL;
}
