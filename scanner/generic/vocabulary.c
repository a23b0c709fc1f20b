/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/generic/vocabulary.h"

#include "rules/classifier/words.h"
#include "scanner/generic/chars.h"

#include <endian.h>
#include <string.h>

/* Sorted by word. */
static const struct ks_vocabulary_entry entries[] = {
#define W(word, kind) {word, KS_WORD_##kind},
#include "scanner/generic/vocabulary.def"
#undef W
};

/* Sorted. Whole words that stand for a value to come, or for none. */
static const struct ks_vocabulary_entry placeholders[] = {
#define P(word) {word, 1},
#include "scanner/generic/placeholders.def"
#undef P
};

/* Sorted. Words that are the value of a setting. */
static const struct ks_vocabulary_entry settings[] = {
#define S(word) {word, 1},
#include "scanner/generic/settings.def"
#undef S
};

/* Eight bytes as a number that sorts as they do. */
static uint64_t eight(const void *bytes)
{
    uint64_t n;

    memcpy(&n, bytes, sizeof(n));
    return be64toh(n);
}

uint8_t ks_vocabulary_find(const struct ks_vocabulary_entry *table,
                           size_t count, struct ks_span word)
{
    size_t low = 0, high = count;
    char padded[KS_VOCABULARY_LONGEST] = {0};
    uint64_t head, tail;

    if (word.len > sizeof(padded))
        return 0;
    memcpy(padded, word.ptr, word.len);
    head = eight(padded);
    tail = eight(padded + 8);
    while (low < high) {
        size_t mid = (low + high) / 2;
        const char *other = table[mid].word;
        uint64_t h = eight(other);

        if (h == head) {
            h = eight(other + 8);
            if (h == tail)
                return table[mid].kind;
            if (h < tail)
                low = mid + 1;
            else
                high = mid;
        } else if (h < head) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return 0;
}

static enum ks_word_kind exact(struct ks_span word)
{
    return (enum ks_word_kind)ks_vocabulary_find(
        entries, sizeof(entries) / sizeof(entries[0]), word);
}

enum ks_word_kind ks_vocabulary_kind(struct ks_span word)
{
    enum ks_word_kind kind = exact(word);

    if (word.len > 24)
        return kind;
    for (size_t at = 1; kind == KS_WORD_NONE && at + 3 <= word.len; at++)
        kind = exact((struct ks_span){word.ptr + at, word.len - at});
    for (size_t len = word.len; kind == KS_WORD_NONE && len > 4; len--)
        kind = exact((struct ks_span){word.ptr, len - 1});
    return kind;
}

bool ks_vocabulary_is_placeholder(struct ks_span word)
{
    return ks_vocabulary_find(placeholders,
                              sizeof(placeholders) / sizeof(placeholders[0]),
                              word) != 0;
}

bool ks_vocabulary_is_setting(struct ks_span word)
{
    return ks_vocabulary_find(settings, sizeof(settings) / sizeof(settings[0]),
                              word) != 0;
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

bool ks_vocabulary_known(struct ks_span word)
{
    uint32_t h = FNV_START;

    if (word.len < 3 || word.len > 16)
        return false;
    if (word.len == 3)
        return in_three(word.ptr);
    for (size_t i = 0; i < word.len; i++)
        h = (h ^ word.ptr[i]) * FNV_PRIME;
    return in_bloom(h);
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
