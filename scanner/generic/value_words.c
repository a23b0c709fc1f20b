/* SPDX-License-Identifier: Apache-2.0 */
/* What the words in the value say, as it stands and decoded. */
#include "scanner/generic/chars.h"
#include "scanner/generic/parts.h"
#include "scanner/generic/vocabulary.h"

#include <string.h>

/* Values are looked at up to this many bytes. */
#define VALUE_REACH 256u

/* `part` of `whole` in percent; -1 if there is no whole. */
static int16_t percent(unsigned part, unsigned whole)
{
    if (whole == 0)
        return -1;
    return (int16_t)(part * 100 / whole);
}

static void dictionary(int16_t *out, struct ks_span v)
{
    struct ks_cover c = ks_vocabulary_cover(v);

    out[KS_FEATURE_cover] = percent(c.covered, c.letters);
    out[KS_FEATURE_cover_long] = percent(c.in_long, c.letters);
    out[KS_FEATURE_words] = ks_clamp16(c.words);
    out[KS_FEATURE_longest_word] = ks_clamp16(c.longest);
    out[KS_FEATURE_outside] = ks_clamp16(c.letters - c.covered);
}

/* Letters of the value in words of a kind. */
struct tallies {
    unsigned placeholder, cred, setting;
};

/* Tallies one word of the value, lower case. */
static void tally(int16_t *out, struct tallies *t, struct ks_span word)
{
    const struct ks_lexeme *lexeme = ks_vocabulary_find(word);

    if (lexeme->placeholder) {
        t->placeholder += (unsigned)word.len;
        out[KS_FEATURE_placeholder]++;
    }
    if (ks_vocabulary_kind_of(word, lexeme) > KS_WORD_ID)
        t->cred += (unsigned)word.len;
    if (lexeme->setting)
        t->setting += (unsigned)word.len;
}

/* The letter that a digit or mark stands for among letters; itself else. */
static uint8_t plain_letter(uint8_t c)
{
    static const char marks[] = "4@310!5$7+8";
    static const char letters[] = "aaeioissttb";
    const char *found = c == 0 ? NULL : strchr(marks, c);

    return found == NULL ? ks_to_lower(c) : (uint8_t)letters[found - marks];
}

/*
 * The longest head of the value that is a placeholder once p4ssw0rd is read as
 * password, in percent of the value. Values of letters alone have none.
 */
static int16_t leet_placeholder(struct ks_span v)
{
    uint8_t word[20];
    size_t n = 0, letters = 0;

    for (size_t i = 0; i < v.len && n < sizeof(word); i++) {
        uint8_t c = plain_letter(v.ptr[i]);

        if (!ks_is_lower(c) && c != '_' && c != '-')
            break;
        letters += ks_is_alpha(v.ptr[i]);
        if (ks_is_lower(c))
            word[n++] = c;
    }
    if (letters == n)
        return 0;
    for (size_t len = n; len >= 5; len--) {
        if (ks_vocabulary_is_placeholder((struct ks_span){word, len}))
            return (int16_t)(len * 100 / v.len);
    }
    return 0;
}

/* The value's whole words against placeholders and words of keys. */
static void placeholders(int16_t *out, struct ks_span v)
{
    uint8_t word[32], whole[48];
    size_t n = 0, m = 0;
    struct tallies t = {0};
    unsigned letters = 0;

    for (size_t i = 0; i <= v.len && i <= VALUE_REACH; i++) {
        uint8_t c = i < v.len ? v.ptr[i] : 0;
        bool hump =
            i > 0 && i < v.len && ks_is_upper(c) && ks_is_lower(v.ptr[i - 1]);

        if (n > 0 && (hump || !ks_is_alpha(c) || n == sizeof(word))) {
            tally(out, &t, (struct ks_span){word, n});
            n = 0;
        }
        if (!ks_is_alpha(c))
            continue;
        letters++;
        word[n++] = ks_to_lower(c);
        if (m < sizeof(whole))
            whole[m++] = ks_to_lower(c);
    }
    if (m > 0 && ks_vocabulary_is_placeholder((struct ks_span){whole, m}))
        t.placeholder = letters;
    out[KS_FEATURE_placeholder_share] = percent(t.placeholder, letters);
    out[KS_FEATURE_cred_share] = percent(t.cred, letters);
    out[KS_FEATURE_setting_share] = percent(t.setting, letters);
    out[KS_FEATURE_leet_placeholder] = leet_placeholder(v);
}

static int base64_value(uint8_t c)
{
    if (ks_is_upper(c))
        return c - 'A';
    if (ks_is_lower(c))
        return c - 'a' + 26;
    if (ks_is_digit(c))
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* Letters of placeholders and words of keys in `text`, in percent. */
static int16_t empty_share(struct ks_span text)
{
    uint8_t word[32];
    unsigned letters = 0, empty = 0;
    size_t n = 0;

    for (size_t i = 0; i <= text.len; i++) {
        uint8_t c = i < text.len ? text.ptr[i] : 0;

        if (n > 0 && (!ks_is_alpha(c) || n == sizeof(word))) {
            struct ks_span w = {word, n};
            const struct ks_lexeme *lexeme = ks_vocabulary_find(w);

            if (lexeme->placeholder ||
                ks_vocabulary_kind_of(w, lexeme) > KS_WORD_ID)
                empty += (unsigned)n;
            n = 0;
        }
        if (ks_is_alpha(c)) {
            word[n++] = ks_to_lower(c);
            letters++;
        }
    }
    return percent(empty, letters);
}

/*
 * What base64 hides: 0 nothing, 1 text, 2 text with a colon. The share of
 * its letters that known words cover goes to decoded_cover.
 */
static void decoded(int16_t *out, struct ks_span v)
{
    uint8_t text[96];
    size_t n = 0;
    unsigned bits = 0, have = 0;
    size_t colon = 0;
    struct ks_cover c;

    out[KS_FEATURE_decoded_cover] = -1;
    for (size_t i = 0; i < v.len && v.ptr[i] != '=' && n < sizeof(text); i++) {
        int b = base64_value(v.ptr[i]);

        if (b < 0)
            return;
        bits = bits << 6 | (unsigned)b;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        text[n] = (uint8_t)(bits >> have);
        if (text[n] < 32 || text[n] > 126)
            return;
        n++;
        if (text[n - 1] == ':' && colon == 0)
            colon = n;
    }
    if (n < 5)
        return;
    c = ks_vocabulary_cover((struct ks_span){text, n});
    out[KS_FEATURE_decoded] = colon > 0 ? 2 : 1;
    out[KS_FEATURE_decoded_cover] = percent(c.covered, c.letters);
    out[KS_FEATURE_decoded_empty] =
        empty_share((struct ks_span){text + colon, n - colon});
}

void ks_value_word_features(int16_t *out, struct ks_span v)
{
    dictionary(out, v);
    placeholders(out, v);
    decoded(out, v);
}
