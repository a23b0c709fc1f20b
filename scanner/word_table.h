/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word_table.h: which of some thousand keywords stands at a place. Two small
 * bitmaps say "none" nearly always, out of a processor's innermost cache.
 */
#ifndef KS_SCANNER_WORD_TABLE_H
#define KS_SCANNER_WORD_TABLE_H

#include "base/span.h"
#include "scanner/trigger.h"

#include <string.h>

enum {
    KS_WORD_LOADED = 8, /* bytes that are read at a place */
    KS_WORD_HEAD_BITS = 15,
    KS_WORD_HASH_BITS = 16,
    KS_WORD_BUCKET_BITS = 12,
};

/* A trigger that has a `run`; its text is borrowed. */
struct ks_word {
    uint64_t key; /* its first bytes */
    const char *text;
    uint16_t len;
    uint16_t trigger; /* its index */
    uint16_t run_len; /* as the trigger's */
    bool caseless;
};

/* Words that are told apart by as many of their first bytes. */
struct ks_word_list {
    uint64_t mask;                                /* of a key's bytes */
    uint64_t seen[(1 << KS_WORD_HASH_BITS) / 64]; /* hashes of all keys */
    uint32_t first[(1 << KS_WORD_BUCKET_BITS) + 1];
    struct ks_word *items; /* by bucket; each begins at its `first` */
    size_t len;
};

/* Immutable once finished; shared by threads. A zeroed one is released. */
struct ks_word_table {
    uint64_t heads[(1 << KS_WORD_HEAD_BITS) / 64]; /* of KS_WORD_MIN bytes */
    struct ks_word_list lists[2];                  /* short ones, long ones */
    size_t longest;                                /* bytes of a word */
};

/* Room for `room` words. False without memory; release it all the same. */
bool ks_word_table_init(struct ks_word_table *table, size_t room);
void ks_word_table_release(struct ks_word_table *table);

/* Adds a trigger of KS_WORD_MIN bytes and more. */
void ks_word_table_add(struct ks_word_table *table,
                       const struct ks_trigger *trigger, size_t index);

/* Nothing is added afterwards, nor found before. */
void ks_word_table_finish(struct ks_word_table *table);

/* Told of a word of the text that begins at `at`; false ends the search. */
typedef bool ks_word_fn(void *ctx, const struct ks_word *word, size_t at);

/* As ks_word_table_look, once the heads did not say no. */
bool ks_word_table_find(const struct ks_word_table *table, struct ks_span text,
                        size_t at, ks_word_fn *found, void *ctx);

/* Letters of either case become the same; so do a few other bytes. */
static inline uint64_t ks_word_fold(const void *bytes)
{
    uint64_t key;

    memcpy(&key, bytes, KS_WORD_LOADED);
    return key | 0x2020202020202020U;
}

static inline uint32_t ks_word_hash(uint64_t key, unsigned bits)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15U >> (64 - bits));
}

/* The bit in `heads` of folded bytes. */
static inline uint32_t ks_word_head(uint64_t folded)
{
    const unsigned rest = 8 * (KS_WORD_LOADED - KS_WORD_MIN);

    return ks_word_hash(folded << rest >> rest, KS_WORD_HEAD_BITS);
}

/*
 * Tells `found` of each word of the text at `at`, behind which KS_WORD_LOADED
 * bytes must be readable. False if `found` said so.
 */
static inline bool ks_word_table_look(const struct ks_word_table *table,
                                      struct ks_span text, size_t at,
                                      ks_word_fn *found, void *ctx)
{
    uint32_t head = ks_word_head(ks_word_fold(text.ptr + at));

    return (table->heads[head / 64] >> head % 64 & 1) == 0 ||
           ks_word_table_find(table, text, at, found, ctx);
}

#endif
