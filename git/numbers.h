/* SPDX-License-Identifier: Apache-2.0 */
/*
 * numbers.h: a number for each object of a repository, so that what is noted
 * of all of them can stand in arrays and bitmaps.
 */
#ifndef KS_GIT_NUMBERS_H
#define KS_GIT_NUMBERS_H

#include "git/loose.h"
#include "git/packs.h"

enum {
    KS_NUMBER_MISSING = UINT32_MAX,     /* an object that is nowhere */
    KS_NUMBER_FOREIGN = UINT32_MAX - 1, /* another repository's commit */
    KS_NUMBERS_MAX = UINT32_MAX - 128,
};

/* Immutable once made; any number of threads may read. */
struct ks_numbers {
    const struct ks_packs *packs; /* borrowed */
    struct ks_loose loose;

    /*
     * The number of the first object of each pack, in order of the index; of
     * the first loose object; multiples of 8, so that bitmaps fall apart by
     * pack.
     */
    uint32_t *first;
    uint32_t count; /* all numbers are below */

    /* Objects by the leading bits of their names. */
    uint32_t *buckets;
    struct ks_numbers_slot *slots;
    unsigned shift;
};

/* Lists the loose objects and numbers all. KS_ELIMIT, KS_ENOMEM. */
enum ks_rc ks_numbers_new(struct ks_numbers **out, const struct ks_packs *packs,
                          struct ks_coverage *coverage, struct ks_err *err);
void ks_numbers_free(struct ks_numbers *numbers);

/*
 * The number of the object of that name, the one in the first pack if several
 * have it; or KS_NUMBER_MISSING.
 */
uint32_t ks_numbers_find(const struct ks_numbers *numbers, const uint8_t *name);

/*
 * Fetches into the cache what ks_numbers_find will look at, step by step: each
 * of the KS_NUMBERS_HINTS steps, from 0, for many names before the next step,
 * so that memory answers for all of them at once.
 */
enum { KS_NUMBERS_HINTS = 3 };
void ks_numbers_hint(const struct ks_numbers *numbers, const uint8_t *name,
                     unsigned step);

/* The number of what stands at a place of a pack's index. */
static inline uint32_t ks_numbers_packed(const struct ks_numbers *numbers,
                                         size_t pack, uint32_t position)
{
    return numbers->first[pack] + position;
}

/* Whether no earlier pack has what stands at a place of a pack's index. */
static inline bool ks_numbers_is_first(const struct ks_numbers *numbers,
                                       size_t pack, uint32_t position)
{
    return pack == 0 ||
           ks_numbers_find(numbers, ks_pack_index_name(
                                        &numbers->packs->all.items[pack]->index,
                                        position)) ==
               ks_numbers_packed(numbers, pack, position);
}

/* The number of a loose object. */
static inline uint32_t ks_numbers_loose(const struct ks_numbers *numbers,
                                        size_t number)
{
    return numbers->first[numbers->packs->all.len] + (uint32_t)number;
}

#endif
