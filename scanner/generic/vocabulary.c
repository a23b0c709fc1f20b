/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/generic/vocabulary.h"

#include "rules/classifier/words.h"
#include "scanner/generic/chars.h"

#include <endian.h>
#include <string.h>

/* Eight bytes as a number, the first the least. */
static uint64_t eight(const void *bytes)
{
    uint64_t n;

    memcpy(&n, bytes, sizeof(n));
    return le64toh(n);
}

/* The lexeme of a word of at most sixteen bytes, padded with zeros. */
static const struct ks_lexeme *find(uint64_t head, uint64_t tail)
{
    uint64_t mix = head ^ (tail * 0x9E3779B97F4A7C15u);
    size_t at = (size_t)((mix * 0xD6E8FEB86659FD93u) >> (64 - KS_LEXICON_BITS));

    for (;;) {
        const struct ks_lexeme *l = &ks_lexicon[ks_lexicon_slots[at]];

        if (l == ks_lexicon ||
            (eight(l->word) == head && eight(l->word + 8) == tail))
            return l;
        at = (at + 1) % (1 << KS_LEXICON_BITS);
    }
}

const struct ks_lexeme *ks_vocabulary_find(struct ks_span word)
{
    uint8_t padded[KS_LEXEME_LONGEST] = {0};

    if (word.len > sizeof(padded))
        return ks_lexicon;
    for (size_t i = 0; i < word.len; i++)
        padded[i] = word.ptr[i];
    return find(eight(padded), eight(padded + 8));
}

/* Words of more letters are taken for themselves only. */
#define LONGEST_WITH_PARTS 24u

/* The kind of the longest ending, of three letters or more, that has one. */
static uint8_t ending(const uint8_t *padded, size_t len)
{
    size_t at = len > KS_LEXEME_LONGEST ? len - KS_LEXEME_LONGEST : 1;

    for (; at + 3 <= len; at++) {
        uint8_t kind = find(eight(padded + at), eight(padded + at + 8))->kind;

        if (kind != KS_WORD_NONE)
            return kind;
    }
    return KS_WORD_NONE;
}

/* The same of heads of four letters or more. */
static uint8_t beginning(uint8_t *padded, size_t len)
{
    while (len > 4) {
        uint8_t kind;

        padded[--len] = 0;
        if (len > KS_LEXEME_LONGEST)
            continue;
        kind = find(eight(padded), eight(padded + 8))->kind;
        if (kind != KS_WORD_NONE)
            return kind;
    }
    return KS_WORD_NONE;
}

enum ks_word_kind ks_vocabulary_kind_of(struct ks_span word,
                                        const struct ks_lexeme *lexeme)
{
    uint8_t padded[LONGEST_WITH_PARTS + KS_LEXEME_LONGEST] = {0}, kind;

    if (lexeme->kind != KS_WORD_NONE || word.len > LONGEST_WITH_PARTS)
        return (enum ks_word_kind)lexeme->kind;
    memcpy(padded, word.ptr, word.len);
    kind = ending(padded, word.len);
    if (kind == KS_WORD_NONE)
        kind = beginning(padded, word.len);
    return (enum ks_word_kind)kind;
}

enum ks_word_kind ks_vocabulary_kind(struct ks_span word)
{
    return ks_vocabulary_kind_of(word, ks_vocabulary_find(word));
}

bool ks_vocabulary_is_placeholder(struct ks_span word)
{
    return ks_vocabulary_find(word)->placeholder != 0;
}

#define FNV_START 2166136261u
#define FNV_PRIME 16777619u

static bool in_bloom(uint32_t h)
{
    uint32_t g = (h * 0x9E3779B1u) | 1;

    for (uint32_t i = 0; i < 5; i++) {
        uint32_t bit = (h + i * g) >> 13;

        if ((ks_words_bloom[bit >> 3] >> (bit & 7) & 1) == 0)
            return false;
    }
    return true;
}

static bool in_three(const uint8_t *w)
{
    unsigned i = ((unsigned)(w[0] - 96) * 27 + (unsigned)(w[1] - 96)) * 27 +
                 (unsigned)(w[2] - 96);

    return (ks_words_three[i >> 3] >> (i & 7) & 1) != 0;
}

/* Best cover of the first n letters of a run, for the dynamic programme. */
struct best {
    uint8_t covered, in_long, words, longest;
};

/* Whether `a` is the better cover: more letters, then fewer words. */
static bool better(const struct best *a, const struct best *b)
{
    if (a->covered != b->covered)
        return a->covered > b->covered;
    return a->words < b->words;
}

static void extend(struct best *to, const struct best *from, size_t len)
{
    struct best b = *from;

    b.covered = (uint8_t)(b.covered + len);
    b.in_long = (uint8_t)(b.in_long + (len >= 5 ? len : 0));
    b.words++;
    if (len > b.longest)
        b.longest = (uint8_t)len;
    if (better(&b, to))
        *to = b;
}

/* Adds the cover of one run of lower-case letters. */
static void cover_run(struct ks_cover *out, const uint8_t *p, size_t len)
{
    struct best best[KS_COVER_LETTERS + 1] = {{0}};

    for (size_t i = 0; i < len; i++) {
        uint32_t h = FNV_START;

        if (better(&best[i], &best[i + 1]))
            best[i + 1] = best[i];
        for (size_t n = 1; n <= 16 && i + n <= len; n++) {
            h = (h ^ p[i + n - 1]) * FNV_PRIME;
            if (n >= 3 && (n == 3 ? in_three(p + i) : in_bloom(h)))
                extend(&best[i + n], &best[i], n);
        }
    }
    out->letters += (unsigned)len;
    out->covered += best[len].covered;
    out->in_long += best[len].in_long;
    out->words += best[len].words;
    if (best[len].longest > out->longest)
        out->longest = best[len].longest;
}

struct ks_cover ks_vocabulary_cover(struct ks_span text)
{
    struct ks_cover out = {0};
    uint8_t run[KS_COVER_LETTERS];
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool camel = i > 0 && ks_is_upper(c) && ks_is_lower(text.ptr[i - 1]);

        if (n > 0 && (camel || !ks_is_alpha(c))) {
            cover_run(&out, run, n);
            n = 0;
        }
        if (out.letters + n == KS_COVER_LETTERS)
            break;
        if (ks_is_alpha(c))
            run[n++] = ks_to_lower(c);
    }
    if (n > 0)
        cover_run(&out, run, n);
    return out;
}
