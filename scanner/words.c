/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/words.h"

#include "rules/regex.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY = 4, /* bytes of a keyword's head that are hashed; KS_WORD_MIN */
    HASH_BITS = 16,
    BUCKET_BITS = 12,
    BUCKETS = 1 << BUCKET_BITS,
    WORD_BITS = 64,
};

_Static_assert((int)KEY == (int)KS_WORD_MIN, "keys are whole");

struct word {
    uint32_t key;
    const char *text;
    uint16_t len;
    uint16_t trigger;
    bool caseless;
    enum ks_token_run run;
};

struct ks_words {
    bool in_run[256];
    uint64_t seen[(1 << HASH_BITS) / WORD_BITS]; /* hashes of all keys */
    uint32_t first[BUCKETS + 1];                 /* of a bucket in `items` */
    struct word *items;                          /* in order of bucket */
    size_t len;
    size_t longest; /* bytes of a keyword */
};

/* Letters of either case become the same; so do a few other bytes. */
static uint32_t key_at(const void *bytes)
{
    uint32_t key;

    memcpy(&key, bytes, KEY);
    return key | 0x20202020U;
}

static uint32_t hash_of(uint32_t key)
{
    return key * 0x9e3779b1U >> (32 - HASH_BITS);
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
    struct word word = {
        .key = key_at(trigger->text),
        .text = trigger->text,
        .len = (uint16_t)strlen(trigger->text),
        .trigger = (uint16_t)index,
        .caseless = trigger->caseless,
        .run = trigger->run,
    };
    uint32_t hash = hash_of(word.key);

    words->items[words->len++] = word;
    words->seen[hash / WORD_BITS] |= (uint64_t)1 << hash % WORD_BITS;
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
    for (unsigned byte = 0; byte < 256; byte++)
        words->in_run[byte] = ks_regex_in_run((uint8_t)byte);
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
    size_t from, to; /* the run, all of it */
    size_t earlier;  /* end of the run before it; 0 if there is none */
};

static bool spells(const struct word *word, const uint8_t *at)
{
    return word->caseless
               ? strncasecmp((const char *)at, word->text, word->len) == 0
               : memcmp(at, word->text, word->len) == 0;
}

/* Where the run of this keyword begins, or SIZE_MAX. */
static size_t run_of(const struct looking *l, const struct word *word,
                     size_t at)
{
    size_t end = at + word->len;
    size_t run = end > l->from ? end : l->from;

    if (word->run == KS_RUN_LEADS)
        return at >= l->from && at + KS_TOKEN_RUN <= l->to ? at : SIZE_MAX;
    if (run + KS_TOKEN_RUN > l->to || run - end > KS_TOKEN_GAP)
        return SIZE_MAX;
    /* An earlier run that is near enough was told already. */
    return end + KS_TOKEN_RUN <= l->earlier ? SIZE_MAX : run;
}

static bool try_bucket(struct looking *l, uint32_t key, uint32_t hash,
                       size_t at)
{
    const struct ks_words *words = l->words;
    uint32_t bucket = hash >> (HASH_BITS - BUCKET_BITS);

    for (uint32_t i = words->first[bucket]; i < words->first[bucket + 1]; i++) {
        const struct word *word = &words->items[i];
        size_t run;

        if (word->key != key || at + word->len > l->text.len ||
            !spells(word, l->text.ptr + at))
            continue;
        run = run_of(l, word, at);
        if (run == SIZE_MAX)
            continue;
        if (!KS_VEC_PUSH(l->hits, (struct ks_hit){
                                      l->base + (uint32_t)(run + KS_TOKEN_RUN),
                                      word->trigger, 0}))
            return false;
    }
    return true;
}

static size_t less(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

/* Looks for keywords in front of the run and in it. False without memory. */
static bool look_beside(struct looking *l)
{
    const struct ks_words *words = l->words;
    size_t first = less(l->from, KS_TOKEN_GAP + words->longest);
    size_t told = less(l->earlier, KS_TOKEN_RUN + words->longest);

    for (size_t at = told > first ? told : first; at + KS_TOKEN_RUN <= l->to;
         at++) {
        uint32_t key = key_at(l->text.ptr + at);
        uint32_t hash = hash_of(key);

        if ((words->seen[hash / WORD_BITS] >> hash % WORD_BITS & 1) != 0 &&
            !try_bucket(l, key, hash, at))
            return false;
    }
    return true;
}

/* The first byte at or behind `at` where a run begins; SIZE_MAX if none. */
static size_t next_run(const struct looking *l, size_t at)
{
    while (at + KS_TOKEN_RUN <= l->text.len) {
        size_t last = at + KS_TOKEN_RUN;

        /* Backwards: what breaks a run breaks all that hold it. */
        while (last > at && l->words->in_run[l->text.ptr[last - 1]])
            last--;
        if (last == at)
            return at;
        at = last;
    }
    return SIZE_MAX;
}

enum ks_rc ks_words_scan(struct ks_hits *hits, const struct ks_words *words,
                         struct ks_span text, uint32_t base, struct ks_err *err)
{
    struct looking l = {
        .words = words, .hits = hits, .text = text, .base = base};

    if (words->len == 0)
        return KS_OK;
    for (l.from = next_run(&l, 0); l.from != SIZE_MAX;
         l.from = next_run(&l, l.to)) {
        l.to = l.from + KS_TOKEN_RUN;
        while (l.to < text.len && words->in_run[text.ptr[l.to]])
            l.to++;
        if (!look_beside(&l))
            return ks_fail_memory(err);
        l.earlier = l.to;
    }
    return KS_OK;
}
