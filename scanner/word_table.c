/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/word_table.h"

#include <stdlib.h>

enum {
    /* Bytes of a word's key, in the two lists. */
    SHORT_KEY = 3,
    LONG_KEY = 6,
    BUCKETS = 1 << KS_WORD_BUCKET_BITS,
};

_Static_assert((int)SHORT_KEY == (int)KS_WORD_MIN, "keys are whole");

static uint32_t hash_of(uint64_t key)
{
    return ks_word_hash(key, KS_WORD_HASH_BITS);
}

static uint32_t bucket_of(uint64_t key)
{
    return ks_word_hash(key, KS_WORD_BUCKET_BITS);
}

static void set_bit(uint64_t *bits, uint32_t bit)
{
    bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

bool ks_word_table_init(struct ks_word_table *table, size_t room)
{
    *table = (struct ks_word_table){0};
    for (size_t i = 0; i < 2; i++) {
        struct ks_word_list *list = &table->lists[i];

        memset(&list->mask, 255, i == 0 ? SHORT_KEY : LONG_KEY);
        list->items = calloc(room + 1, sizeof(*list->items));
        if (list->items == NULL)
            return false;
    }
    return true;
}

void ks_word_table_release(struct ks_word_table *table)
{
    free(table->lists[0].items);
    free(table->lists[1].items);
    *table = (struct ks_word_table){0};
}

void ks_word_table_add(struct ks_word_table *table,
                       const struct ks_trigger *trigger, size_t index)
{
    size_t len = strlen(trigger->text);
    char head[KS_WORD_LOADED] = {0};
    struct ks_word_list *list = &table->lists[len >= LONG_KEY];
    struct ks_word word = {
        .text = trigger->text,
        .len = (uint16_t)len,
        .trigger = (uint16_t)index,
        .run_len = (uint16_t)trigger->run_len,
        .caseless = trigger->caseless,
    };

    memcpy(head, trigger->text, len < sizeof(head) ? len : sizeof(head));
    word.key = ks_word_fold(head) & list->mask;
    list->items[list->len++] = word;
    set_bit(list->seen, hash_of(word.key));
    set_bit(table->heads, ks_word_head(ks_word_fold(head)));
    if (len > table->longest)
        table->longest = len;
}

static int by_bucket(const void *a, const void *b)
{
    uint32_t x = bucket_of(((const struct ks_word *)a)->key);
    uint32_t y = bucket_of(((const struct ks_word *)b)->key);

    return (x > y) - (x < y);
}

void ks_word_table_finish(struct ks_word_table *table)
{
    for (size_t i = 0; i < 2; i++) {
        struct ks_word_list *list = &table->lists[i];
        size_t at = 0;

        if (list->len > 0)
            qsort(list->items, list->len, sizeof(*list->items), by_bucket);
        for (uint32_t bucket = 0; bucket <= BUCKETS; bucket++) {
            while (at < list->len && bucket_of(list->items[at].key) < bucket)
                at++;
            list->first[bucket] = (uint32_t)at;
        }
    }
}

static bool spells(const struct ks_word *word, const uint8_t *at)
{
    return word->caseless
               ? strncasecmp((const char *)at, word->text, word->len) == 0
               : memcmp(at, word->text, word->len) == 0;
}

static bool try_bucket(const struct ks_word_list *list, uint64_t key,
                       struct ks_span text, size_t at, ks_word_fn *found,
                       void *ctx)
{
    uint32_t bucket = bucket_of(key);

    for (uint32_t i = list->first[bucket]; i < list->first[bucket + 1]; i++) {
        const struct ks_word *word = &list->items[i];

        if (word->key == key && word->len <= text.len - at &&
            spells(word, text.ptr + at) && !found(ctx, word, at))
            return false;
    }
    return true;
}

bool ks_word_table_find(const struct ks_word_table *table, struct ks_span text,
                        size_t at, ks_word_fn *found, void *ctx)
{
    for (size_t i = 0; i < 2; i++) {
        const struct ks_word_list *list = &table->lists[i];
        uint64_t key = ks_word_fold(text.ptr + at) & list->mask;
        uint32_t hash = hash_of(key);

        if ((list->seen[hash / 64] >> hash % 64 & 1) != 0 &&
            !try_bucket(list, key, text, at, found, ctx))
            return false;
    }
    return true;
}
