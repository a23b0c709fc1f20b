/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/words.h"

#include "scanner/runs.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* Bytes of a keyword's head that are hashed: of short and long ones. */
    SHORT_KEY = 3,
    LONG_KEY = 6,
    LOADED = 8, /* bytes read for a key */
    HASH_BITS = 16,
    BUCKET_BITS = 12,
    BUCKETS = 1 << BUCKET_BITS,
    WORD_BITS = 64,
    GROUP = 64, /* blocks whose masks are made at once */
};

_Static_assert((int)KS_TOKEN_RUN == 16, "long_runs counts to 16");
_Static_assert((int)KS_RUN_PIECE <= (int)KS_TOKEN_RUN, "pieces lie in the run");
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

/* Words of one kind, told apart by as many of their first bytes. */
struct table {
    uint64_t mask;                               /* of a key's bytes */
    uint64_t seen[(1 << HASH_BITS) / WORD_BITS]; /* hashes of all keys */
    uint32_t first[BUCKETS + 1];                 /* of a bucket in `items` */
    struct word *items;                          /* in order of bucket */
    size_t len;
};

/* Short ones, long ones. */
struct ks_words {
    struct table leads[2], follows[2];
    size_t longest; /* bytes of a word that is followed */
};

static uint64_t load(const void *bytes)
{
    uint64_t key;

    memcpy(&key, bytes, LOADED);
    return key;
}

/* Letters of either case become the same; so do a few other bytes. */
static inline uint64_t key_of(const void *bytes, uint64_t mask)
{
    return (load(bytes) | 0x2020202020202020U) & mask;
}

static inline uint32_t hash_of(uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15U >> (64 - HASH_BITS));
}

static inline uint32_t bucket_of(uint64_t key)
{
    return hash_of(key) >> (HASH_BITS - BUCKET_BITS);
}

static inline bool is_seen(const struct table *table, uint32_t hash)
{
    return (table->seen[hash / WORD_BITS] >> hash % WORD_BITS & 1) != 0;
}

static int by_bucket(const void *a, const void *b)
{
    uint32_t x = hash_of(((const struct word *)a)->key);
    uint32_t y = hash_of(((const struct word *)b)->key);

    return (x > y) - (x < y);
}

static bool tables_init(struct table tables[2], size_t room)
{
    for (size_t i = 0; i < 2; i++) {
        uint8_t ones[LOADED] = {0};

        memset(ones, 255, i == 0 ? SHORT_KEY : LONG_KEY);
        tables[i].mask = load(ones);
        tables[i].items = calloc(room + 1, sizeof(*tables[i].items));
        if (tables[i].items == NULL)
            return false;
    }
    return true;
}

static void add_word(struct ks_words *words, const struct ks_trigger *trigger,
                     size_t index)
{
    size_t len = strlen(trigger->text);
    char head[LOADED] = {0};
    struct table *tables =
        trigger->run == KS_RUN_LEADS ? words->leads : words->follows;
    struct table *table = &tables[len >= LONG_KEY];
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
    word.key = key_of(head, table->mask);
    hash = hash_of(word.key);
    table->items[table->len++] = word;
    table->seen[hash / WORD_BITS] |= (uint64_t)1 << hash % WORD_BITS;
    if (trigger->run == KS_RUN_FOLLOWS && word.len > words->longest)
        words->longest = word.len;
}

/* Sorts the words and notes where each bucket begins. */
static void build_buckets(struct table *table)
{
    size_t at = 0;

    if (table->len > 0)
        qsort(table->items, table->len, sizeof(*table->items), by_bucket);
    for (uint32_t bucket = 0; bucket <= BUCKETS; bucket++) {
        while (at < table->len && bucket_of(table->items[at].key) < bucket)
            at++;
        table->first[bucket] = (uint32_t)at;
    }
}

enum ks_rc ks_words_new(struct ks_words **out,
                        const struct ks_triggers *triggers, struct ks_err *err)
{
    struct ks_words *words = calloc(1, sizeof(*words));

    if (words == NULL)
        return ks_fail_memory(err);
    if (!tables_init(words->leads, triggers->len) ||
        !tables_init(words->follows, triggers->len)) {
        ks_words_free(words);
        return ks_fail_memory(err);
    }
    for (size_t i = 0; i < triggers->len; i++)
        if (triggers->items[i].run != KS_RUN_NONE)
            add_word(words, &triggers->items[i], i);
    for (size_t i = 0; i < 2; i++) {
        build_buckets(&words->leads[i]);
        build_buckets(&words->follows[i]);
    }
    *out = words;
    return KS_OK;
}

void ks_words_free(struct ks_words *words)
{
    if (words == NULL)
        return;
    for (size_t i = 0; i < 2; i++) {
        free(words->leads[i].items);
        free(words->follows[i].items);
    }
    free(words);
}

/* A word that may be followed by a run, and where it is. */
struct candidate {
    const struct word *word;
    size_t at;
};

/* One call of ks_words_scan. */
struct looking {
    const struct ks_words *words;
    struct ks_hits *hits;
    struct ks_span text;
    uint32_t base;
    size_t from, to; /* the run that is looked beside, all of it */

    /* Words that are followed were looked for up to here. */
    size_t looked;
    KS_VEC(, struct candidate) candidates;
};

static bool spells(const struct word *word, const uint8_t *at)
{
    return word->caseless
               ? strncasecmp((const char *)at, word->text, word->len) == 0
               : memcmp(at, word->text, word->len) == 0;
}

/* Where the first digit ends in the bytes [from, to), or 0. */
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

/* Where the hit of a word that is followed ends beside this run, or 0. */
static size_t followed_end(const struct looking *l,
                           const struct candidate *candidate)
{
    size_t end = candidate->at + candidate->word->len;
    size_t run = most(end, l->from);
    size_t digit;

    if (run + KS_TOKEN_RUN > l->to || run - end > KS_TOKEN_GAP)
        return 0;
    digit = digit_end(l, run, least(l->to, end + KS_TOKEN_GAP + KS_TOKEN_HEAD));
    return digit == 0 ? 0 : most(digit, run + KS_TOKEN_RUN);
}

static bool add_hit(struct looking *l, const struct word *word, size_t end)
{
    return KS_VEC_PUSH(
        l->hits, (struct ks_hit){l->base + (uint32_t)end, word->trigger, 0});
}

/* Takes a word of the text at `at`. False without memory. */
static bool take_word(struct looking *l, const struct word *word, size_t at)
{
    if (word->run == KS_RUN_FOLLOWS)
        return KS_VEC_PUSH(&l->candidates, (struct candidate){word, at});
    return at + word->run_len > l->to || add_hit(l, word, at + word->run_len);
}

static bool try_bucket(struct looking *l, const struct table *table,
                       uint64_t key, size_t at)
{
    uint32_t bucket = bucket_of(key);

    for (uint32_t i = table->first[bucket]; i < table->first[bucket + 1]; i++) {
        const struct word *word = &table->items[i];

        if (word->key == key && at + word->len <= l->text.len &&
            spells(word, l->text.ptr + at) && !take_word(l, word, at))
            return false;
    }
    return true;
}

/* Looks for a keyword of one table at `at`. False without memory. */
static inline bool look_at(struct looking *l, const struct table *table,
                           size_t at)
{
    uint64_t key = key_of(l->text.ptr + at, table->mask);

    return !is_seen(table, hash_of(key)) || try_bucket(l, table, key, at);
}

/*
 * Looks for what is followed by the run at [from, to). Runs that are near each
 * other share candidates, so that no byte is looked at twice.
 */
static bool look_for_follows(struct looking *l, size_t from, size_t to)
{
    const struct table *tables = l->words->follows;
    size_t kept = 0;

    for (size_t i = 0; i < 2; i++)
        for (size_t at = most(from, l->looked); at < to; at++)
            if (!look_at(l, &tables[i], at))
                return false;
    l->looked = most(l->looked, to);
    for (size_t i = 0; i < l->candidates.len; i++) {
        const struct candidate candidate = l->candidates.items[i];
        size_t end = followed_end(l, &candidate);

        if (end > 0 && !add_hit(l, candidate.word, end))
            return false;
        if (candidate.at >= from)
            l->candidates.items[kept++] = candidate;
    }
    l->candidates.len = kept;
    return true;
}

static inline bool look_for_lead(struct looking *l, size_t at)
{
    const struct table *tables = l->words->leads;

    return look_at(l, &tables[0], at) && look_at(l, &tables[1], at);
}

/*
 * Looks for what leads at [from, to), which begins with the run: there, and
 * behind its bytes that are no letters or digits.
 */
static bool look_for_leads(struct looking *l, size_t from, size_t to)
{
    bool memory = look_for_lead(l, from);

    for (size_t piece = from; memory && piece + 1 < to; piece += KS_RUN_PIECE) {
        uint32_t separators = ks_run_separators(l->text.ptr + piece);

        for (; memory && separators != 0; separators &= separators - 1) {
            size_t at = piece + (size_t)__builtin_ctz(separators) + 1;

            if (at >= to)
                break;
            memory = look_for_lead(l, at);
        }
    }
    return memory;
}

/* Looks for keywords in the run and, if it has a digit, in front of it. */
static bool look_beside(struct looking *l, size_t from, size_t to)
{
    size_t before = KS_TOKEN_GAP + l->words->longest;
    size_t last = to - KS_TOKEN_RUN + 1;

    l->from = from;
    l->to = to;
    return look_for_leads(l, from, last) &&
           (!ks_run_has_digit(l->text.ptr + from, to - from) ||
            look_for_follows(l, from > before ? from - before : 0, last));
}

/* The bits at which KS_TOKEN_RUN set ones begin. */
static inline uint64_t long_runs(uint64_t bits)
{
    bits &= bits >> 1;
    bits &= bits >> 2;
    bits &= bits >> 4;
    return bits & bits >> 8;
}

/* How many ones are at the low end. */
static inline unsigned leading(uint64_t bits)
{
    return ~bits == 0 ? KS_RUN_BLOCK : (unsigned)__builtin_ctzll(~bits);
}

/* How many ones are at the high end. */
static inline unsigned trailing(uint64_t bits)
{
    return ~bits == 0 ? KS_RUN_BLOCK : (unsigned)__builtin_clzll(~bits);
}

/*
 * Looks beside the runs that end in the block at `at`. `open` is how many
 * bytes in front of it belong to a run that goes on.
 */
static bool look_at_block(struct looking *l, size_t at, uint64_t bits,
                          size_t *open)
{
    unsigned lead = leading(bits);
    uint64_t inner, runs;
    bool memory = true;

    if (lead == KS_RUN_BLOCK) {
        *open += KS_RUN_BLOCK;
        return true;
    }
    if (*open + lead >= KS_TOKEN_RUN)
        memory = look_beside(l, at - *open, at + lead);
    *open = trailing(bits);
    /* Without both ends. A zero is between them, so that no shift is 64. */
    inner = bits >> lead << lead << *open >> *open;
    for (runs = long_runs(inner); memory && runs != 0;) {
        unsigned first = (unsigned)__builtin_ctzll(runs);
        unsigned len = leading(inner >> first);

        memory = look_beside(l, at + first, at + first + len);
        runs &= ~(uint64_t)0 << first << len;
    }
    return memory;
}

enum ks_rc ks_words_scan(struct ks_hits *hits, const struct ks_words *words,
                         struct ks_span text, uint32_t base, struct ks_err *err)
{
    struct looking l = {
        .words = words, .hits = hits, .text = text, .base = base};
    uint8_t rest[KS_RUN_BLOCK] = {0};
    uint64_t masks[GROUP];
    size_t at = 0, open = 0;
    bool memory = true;

    while (memory && text.len - at >= KS_RUN_BLOCK) {
        size_t blocks = least((text.len - at) / KS_RUN_BLOCK, GROUP);

        ks_run_masks(masks, text.ptr + at, blocks);
        for (size_t i = 0; memory && i < blocks; i++, at += KS_RUN_BLOCK)
            memory = look_at_block(&l, at, masks[i], &open);
    }
    /* The zeros end the last run. */
    if (text.len > at)
        memcpy(rest, text.ptr + at, text.len - at);
    ks_run_masks(masks, rest, 1);
    if (memory)
        memory = look_at_block(&l, at, masks[0], &open);
    KS_VEC_RELEASE(&l.candidates);
    return memory ? KS_OK : ks_fail_memory(err);
}
