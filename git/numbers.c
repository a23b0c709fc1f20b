/* SPDX-License-Identifier: Apache-2.0 */
#include "git/numbers.h"

#include "git/bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
    ALIGN = 8,
    LEAST_BITS = 4,
    MOST_BITS = 28,
    CROWD = 64, /* more in a bucket are no chance */
};

struct ks_numbers_slot {
    uint32_t tag; /* the second four bytes of the name */
    uint32_t number;
};

/* Numbers the packs' objects and the loose ones; their sum in `*objects`. */
static enum ks_rc count_all(struct ks_numbers *numbers, size_t *objects,
                            struct ks_err *err)
{
    const struct ks_packs *packs = numbers->packs;
    uint64_t next = 0;

    numbers->first = calloc(packs->all.len + 1, sizeof(*numbers->first));
    if (numbers->first == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i <= packs->all.len; i++) {
        size_t count = i < packs->all.len ? packs->all.items[i]->index.count
                                          : numbers->loose.count;

        numbers->first[i] = (uint32_t)next;
        next = (next + count + ALIGN - 1) / ALIGN * ALIGN;
        *objects += count;
        if (next > KS_NUMBERS_MAX)
            return ks_fail(err, KS_ELIMIT, "more than 4,000,000,000 objects");
    }
    numbers->count = (uint32_t)next;
    return KS_OK;
}

static const uint8_t *name_of(const struct ks_numbers *numbers, size_t pack,
                              uint32_t position)
{
    return pack < numbers->packs->all.len
               ? ks_pack_index_name(&numbers->packs->all.items[pack]->index,
                                    position)
               : numbers->loose.names +
                     (size_t)position * numbers->loose.oid_len;
}

static uint32_t bucket_of(const struct ks_numbers *numbers, const uint8_t *name)
{
    return ks_be32(name) >> numbers->shift;
}

/* Counts two places ahead become, while filling, the buckets' beginnings. */
static void fill_buckets(struct ks_numbers *numbers, bool count)
{
    for (size_t p = 0; p <= numbers->packs->all.len; p++) {
        uint32_t objects = p < numbers->packs->all.len
                               ? numbers->packs->all.items[p]->index.count
                               : (uint32_t)numbers->loose.count;

        for (uint32_t i = 0; i < objects; i++) {
            const uint8_t *name = name_of(numbers, p, i);
            uint32_t bucket = bucket_of(numbers, name);

            if (count)
                numbers->buckets[bucket + 2]++;
            else
                numbers->slots[numbers->buckets[bucket + 1]++] =
                    (struct ks_numbers_slot){
                        ks_be32(name + 4),
                        ks_numbers_packed(numbers, p, i),
                    };
        }
    }
}

static enum ks_rc make_buckets(struct ks_numbers *numbers, size_t objects,
                               struct ks_err *err)
{
    unsigned bits = LEAST_BITS;
    size_t buckets;

    while (bits < MOST_BITS && (size_t)1 << bits < objects)
        bits++;
    buckets = (size_t)1 << bits;
    numbers->shift = 32 - bits;
    numbers->buckets = calloc(buckets + 2, sizeof(*numbers->buckets));
    numbers->slots = malloc((objects + 1) * sizeof(*numbers->slots));
    if (numbers->buckets == NULL || numbers->slots == NULL)
        return ks_fail_memory(err);
    fill_buckets(numbers, true);
    for (size_t i = 2; i < buckets + 2; i++)
        numbers->buckets[i] += numbers->buckets[i - 1];
    fill_buckets(numbers, false);
    return KS_OK;
}

enum ks_rc ks_numbers_new(struct ks_numbers **out, const struct ks_packs *packs,
                          struct ks_coverage *coverage, struct ks_err *err)
{
    struct ks_numbers *numbers = calloc(1, sizeof(*numbers));
    size_t objects = 0;
    enum ks_rc rc;

    if (numbers == NULL)
        return ks_fail_memory(err);
    numbers->packs = packs;
    rc = ks_loose_list(&numbers->loose, packs, coverage, err);
    if (rc == KS_OK)
        rc = count_all(numbers, &objects, err);
    if (rc == KS_OK)
        rc = make_buckets(numbers, objects, err);
    if (rc != KS_OK) {
        ks_numbers_free(numbers);
        return rc;
    }
    *out = numbers;
    return KS_OK;
}

void ks_numbers_free(struct ks_numbers *numbers)
{
    if (numbers == NULL)
        return;
    ks_loose_release(&numbers->loose);
    free(numbers->first);
    free(numbers->buckets);
    free(numbers->slots);
    free(numbers);
}

/* The name of an object by its number. */
static const uint8_t *name_by(const struct ks_numbers *numbers, uint32_t number)
{
    size_t low = 0, high = numbers->packs->all.len;

    while (low < high) {
        size_t middle = high - (high - low) / 2;

        if (numbers->first[middle] <= number)
            low = middle;
        else
            high = middle - 1;
    }
    return name_of(numbers, low, number - numbers->first[low]);
}

/* For indexes that somebody made up, full of names that begin alike. */
static uint32_t find_slowly(const struct ks_numbers *numbers,
                            const uint8_t *name)
{
    struct ks_packed_at at;
    size_t loose;

    if (ks_packs_find(&at, numbers->packs, name, NULL))
        return ks_numbers_packed(numbers, at.pack, at.position);
    return ks_loose_find(&numbers->loose, name, &loose)
               ? ks_numbers_loose(numbers, loose)
               : KS_NUMBER_MISSING;
}

/* The slot in a bucket that has the tag, or the last one. */
static const struct ks_numbers_slot *
likely_slot(const struct ks_numbers *numbers, const uint32_t *bucket,
            const uint8_t *name)
{
    const struct ks_numbers_slot *slot = &numbers->slots[bucket[0]];
    const struct ks_numbers_slot *last = &numbers->slots[bucket[1]] - 1;
    uint32_t tag = ks_be32(name + 4);

    while (slot < last && slot->tag != tag)
        slot++;
    return slot;
}

void ks_numbers_hint(const struct ks_numbers *numbers, const uint8_t *name,
                     unsigned step)
{
    const uint32_t *bucket = &numbers->buckets[bucket_of(numbers, name)];

    if (step == 0)
        __builtin_prefetch(bucket);
    else if (bucket[0] == bucket[1] || bucket[1] - bucket[0] > CROWD)
        return;
    else if (step == 1)
        __builtin_prefetch(&numbers->slots[bucket[0]]);
    else
        __builtin_prefetch(
            name_by(numbers, likely_slot(numbers, bucket, name)->number));
}

uint32_t ks_numbers_find(const struct ks_numbers *numbers, const uint8_t *name)
{
    uint32_t bucket = bucket_of(numbers, name);
    uint32_t from = numbers->buckets[bucket], to = numbers->buckets[bucket + 1];
    uint32_t tag = ks_be32(name + 4);

    if (to - from > CROWD)
        return find_slowly(numbers, name);
    for (; from < to; from++) {
        const struct ks_numbers_slot *slot = &numbers->slots[from];

        if (slot->tag == tag && ks_same_name(name_by(numbers, slot->number),
                                             name, numbers->packs->oid_len))
            return slot->number;
    }
    return KS_NUMBER_MISSING;
}
