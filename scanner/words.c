/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/words.h"

#include "rules/regex.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    /* Bytes of a keyword's head that are hashed: of short and long ones. */
    SHORT_KEY = 3,
    LONG_KEY = 6,
    LOADED = 8, /* bytes read for a key */
    HASH_BITS = 18,
    BUCKET_BITS = 12,
    BUCKETS = 1 << BUCKET_BITS,
    WORD_BITS = 64,
    LANES = 16,  /* bytes of a vector */
    STEP = 64,   /* bytes whose kinds are found out at once */
    HALF = 0xff, /* bits of half of a run */
};

_Static_assert((int)KS_TOKEN_RUN == 16, "long_runs and HALF count to 16");
_Static_assert((int)SHORT_KEY == (int)KS_WORD_MIN, "keys are whole");
_Static_assert((int)LOADED <= (int)KS_TOKEN_RUN, "no key is read too far");

struct word {
    uint64_t key;
    const char *text;
    uint16_t len;
    uint16_t trigger;
    bool caseless;
    enum ks_token_run run;
    unsigned run_len;
};

struct ks_words {
    /* Hashes of all keys, short and long. */
    uint64_t short_seen[(1 << HASH_BITS) / WORD_BITS];
    uint64_t long_seen[(1 << HASH_BITS) / WORD_BITS];
    uint32_t first[BUCKETS + 1]; /* of a bucket in `items` */
    struct word *items;          /* in order of bucket */
    size_t len;
    size_t longest; /* bytes of a keyword */
};

/* Letters of either case become the same; so do a few other bytes. */
static inline uint64_t fold(const void *bytes)
{
    uint64_t key;

    memcpy(&key, bytes, LOADED);
    return key | 0x2020202020202020U;
}

static inline uint64_t key_of(uint64_t folded, unsigned len)
{
    static const uint8_t ones[2 * LOADED] = {255, 255, 255, 255,
                                             255, 255, 255, 255};
    uint64_t mask;

    memcpy(&mask, ones + LOADED - len, LOADED);
    return folded & mask;
}

static inline uint32_t hash_of(uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15U >> (64 - HASH_BITS));
}

static inline bool is_seen(const uint64_t *seen, uint32_t hash)
{
    return (seen[hash / WORD_BITS] >> hash % WORD_BITS & 1) != 0;
}

static int by_bucket(const void *a, const void *b)
{
    uint32_t x = hash_of(((const struct word *)a)->key);
    uint32_t y = hash_of(((const struct word *)b)->key);

    return (x > y) - (x < y);
}

static void add_word(struct ks_words *words, const struct ks_trigger *trigger,
                     size_t index)
{
    size_t len = strlen(trigger->text);
    char head[LOADED] = {0};
    bool is_long = len >= LONG_KEY;
    uint64_t *seen = is_long ? words->long_seen : words->short_seen;
    struct word word = {
        .text = trigger->text,
        .len = (uint16_t)len,
        .trigger = (uint16_t)index,
        .caseless = trigger->caseless,
        .run = trigger->run,
        .run_len = trigger->run_len,
    };
    uint32_t hash;

    memcpy(head, trigger->text, len < LOADED ? len : LOADED);
    word.key = key_of(fold(head), is_long ? LONG_KEY : SHORT_KEY);
    hash = hash_of(word.key);
    words->items[words->len++] = word;
    seen[hash / WORD_BITS] |= (uint64_t)1 << hash % WORD_BITS;
    if (word.len > words->longest)
        words->longest = word.len;
}

/* Sorts the words and notes where each bucket begins. */
static void build_buckets(struct ks_words *words)
{
    size_t at = 0;

    if (words->len > 0)
        qsort(words->items, words->len, sizeof(*words->items), by_bucket);
    for (uint32_t bucket = 0; bucket <= BUCKETS; bucket++) {
        while (at < words->len && hash_of(words->items[at].key) >>
                                      (HASH_BITS - BUCKET_BITS) < bucket)
            at++;
        words->first[bucket] = (uint32_t)at;
    }
}

enum ks_rc ks_words_new(struct ks_words **out,
                        const struct ks_triggers *triggers, struct ks_err *err)
{
    struct ks_words *words = calloc(1, sizeof(*words));

    if (words == NULL)
        return ks_fail_memory(err);
    words->items = calloc(triggers->len + 1, sizeof(*words->items));
    if (words->items == NULL) {
        ks_words_free(words);
        return ks_fail_memory(err);
    }
    for (size_t i = 0; i < triggers->len; i++)
        if (triggers->items[i].run != KS_RUN_NONE)
            add_word(words, &triggers->items[i], i);
    build_buckets(words);
    *out = words;
    return KS_OK;
}

void ks_words_free(struct ks_words *words)
{
    if (words == NULL)
        return;
    free(words->items);
    free(words);
}

/* One call of ks_words_scan. */
struct looking {
    const struct ks_words *words;
    struct ks_hits *hits;
    struct ks_span text;
    uint32_t base;
    size_t from, to; /* the run that was looked beside last, all of it */
};

static bool spells(const struct word *word, const uint8_t *at)
{
    return word->caseless
               ? strncasecmp((const char *)at, word->text, word->len) == 0
               : memcmp(at, word->text, word->len) == 0;
}

/* Where a digit ends in the bytes [from, to), or 0. */
static size_t digit_end(const struct looking *l, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++)
        if (l->text.ptr[at] >= '0' && l->text.ptr[at] <= '9')
            return at + 1;
    return 0;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Where the hit of a keyword at `at` ends beside this run; 0 if nowhere. */
static size_t hit_end(const struct looking *l, const struct word *word,
                      size_t at)
{
    size_t end = at + word->len;
    size_t run = most(end, l->from);
    size_t digit;

    if (word->run == KS_RUN_LEADS)
        return at >= l->from && at + word->run_len <= l->to ? at + word->run_len
                                                            : 0;
    if (run + KS_TOKEN_RUN > l->to || run - end > KS_TOKEN_GAP)
        return 0;
    digit = digit_end(l, run, least(l->to, end + KS_TOKEN_GAP + KS_TOKEN_HEAD));
    return digit == 0 ? 0 : most(digit, run + KS_TOKEN_RUN);
}

static bool try_bucket(struct looking *l, uint64_t key, size_t at)
{
    const struct ks_words *words = l->words;
    uint32_t bucket = hash_of(key) >> (HASH_BITS - BUCKET_BITS);

    for (uint32_t i = words->first[bucket]; i < words->first[bucket + 1]; i++) {
        const struct word *word = &words->items[i];
        size_t end;

        if (word->key != key || at + word->len > l->to ||
            !spells(word, l->text.ptr + at))
            continue;
        end = hit_end(l, word, at);
        if (end == 0)
            continue;
        if (!KS_VEC_PUSH(l->hits, (struct ks_hit){l->base + (uint32_t)end,
                                                  word->trigger, 0}))
            return false;
    }
    return true;
}

/* Looks for keywords at [from, to). False without memory. */
static bool look_at(struct looking *l, size_t from, size_t to)
{
    const struct ks_words *words = l->words;

    for (size_t at = from; at < to; at++) {
        uint64_t folded = fold(l->text.ptr + at);
        uint64_t brief = key_of(folded, SHORT_KEY);
        uint64_t full = key_of(folded, LONG_KEY);

        if (is_seen(words->short_seen, hash_of(brief)) &&
            !try_bucket(l, brief, at))
            return false;
        if (is_seen(words->long_seen, hash_of(full)) &&
            !try_bucket(l, full, at))
            return false;
    }
    return true;
}

/* Looks for keywords in the run and, if it has a digit, in front of it. */
static bool look_beside(struct looking *l)
{
    size_t before = KS_TOKEN_GAP + l->words->longest;
    size_t from = l->from;

    if (digit_end(l, l->from, l->to) != 0)
        from = from > before ? from - before : 0;
    return look_at(l, from, l->to - KS_TOKEN_RUN + 1);
}

/* Vectors of bytes; the compiler knows how to add and compare them. */
typedef uint8_t vector __attribute__((vector_size(LANES)));

/* As ks_regex_in_run, 255 for each byte that may be in a run. */
static inline vector in_run(vector bytes)
{
    vector letters = (vector)(((bytes | 0x20) - 'a') <= (uint8_t)('z' - 'a'));
    vector digits = (vector)((bytes - '-') <= (uint8_t)('9' - '-'));

    return letters | digits | (vector)(bytes == '_') | (vector)(bytes == '+') |
           (vector)(bytes == '=');
}

#ifdef __SSE2__
/* A bit for each byte that is 255; the others are 0. */
static inline uint64_t bits_of(vector bytes)
{
    return (unsigned)_mm_movemask_epi8((__m128i)bytes);
}
#else
static inline uint64_t bits_of(vector bytes)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < LANES; i++)
        bits |= (uint64_t)(bytes[i] & 1) << i;
    return bits;
}
#endif

/* A bit for each byte of the step that may be in a run. */
static inline uint64_t run_bits(const uint8_t *bytes)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < STEP; i += LANES) {
        vector some;

        memcpy(&some, bytes + i, LANES);
        bits |= bits_of(in_run(some)) << i;
    }
    return bits;
}

/* The bits at which KS_TOKEN_RUN set ones begin. */
static inline uint64_t long_runs(uint64_t bits)
{
    bits &= bits >> 1;
    bits &= bits >> 2;
    bits &= bits >> 4;
    return bits & bits >> 8;
}

/* Looks beside the run around `at`, which is in one, if that is new. */
static bool look_around(struct looking *l, size_t at)
{
    size_t from = at;
    size_t to = at;

    if (at < l->to)
        return true;
    while (from > l->to && ks_regex_in_run(l->text.ptr[from - 1]))
        from--;
    while (to < l->text.len && ks_regex_in_run(l->text.ptr[to]))
        to++;
    l->from = from;
    l->to = to;
    return to - from < KS_TOKEN_RUN || look_beside(l);
}

/* Looks at the step at `at`; `last` are the bits of the one before it. */
static bool look_at_step(struct looking *l, size_t at, uint64_t bits,
                         uint64_t last)
{
    uint64_t runs = long_runs(bits);

    /* A run may reach over from the last step: half of it is on one side. */
    if ((bits & 1) != 0 && (last >> (STEP - 1) & 1) != 0 &&
        ((bits & HALF) == HALF ||
         (last >> (STEP - KS_TOKEN_RUN / 2)) == HALF) &&
        !look_around(l, at))
        return false;
    for (; runs != 0; runs &= runs - 1)
        if (!look_around(l, at + (size_t)__builtin_ctzll(runs)))
            return false;
    return true;
}

enum ks_rc ks_words_scan(struct ks_hits *hits, const struct ks_words *words,
                         struct ks_span text, uint32_t base, struct ks_err *err)
{
    struct looking l = {
        .words = words, .hits = hits, .text = text, .base = base};
    uint8_t rest[STEP] = {0};
    uint64_t last = 0;
    size_t at = 0;
    bool memory = true;

    if (words->len == 0 || text.len == 0)
        return KS_OK;
    for (; memory && at + STEP <= text.len; at += STEP) {
        uint64_t bits = run_bits(text.ptr + at);

        memory = look_at_step(&l, at, bits, last);
        last = bits;
    }
    memcpy(rest, text.ptr + at, text.len - at);
    if (memory)
        memory = look_at_step(&l, at, run_bits(rest), last);
    return memory ? KS_OK : ks_fail_memory(err);
}
