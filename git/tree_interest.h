/* SPDX-License-Identifier: Apache-2.0 */
/* tree_interest.h: which noted trees may hold something wanted. */
#ifndef KS_GIT_TREE_INTEREST_H
#define KS_GIT_TREE_INTEREST_H

#include "git/tree_table.h"

/* A tree's new entry that is a tree, or wanted: most are neither. */
struct ks_tree_candidate {
    uint32_t at; /* among the tree's new entries */
    struct ks_tree_ids ids;
};

/* A zeroed one can be released. */
struct ks_tree_interest {
    /*
     * A bit for each object: it is wanted, or a tree that may hold something
     * wanted; and one for each of these trees. What a tree's base may hold, the
     * tree may hold too.
     */
    uint8_t *objects, *trees;
    struct ks_tree_candidate *candidates; /* in order of tree and place */
    uint32_t *first_candidate; /* of each tree; the last is the end */
};

/*
 * `objects` are set for what is wanted; `names` has a number other than 0 for
 * each wanted name, or is NULL. KS_ELIMIT if trees lie too deep within each
 * other; KS_ENOMEM.
 */
enum ks_rc ks_tree_interest_find(struct ks_tree_interest *interest,
                                 const struct ks_tree_table *table,
                                 const uint32_t *names, struct ks_err *err);
void ks_tree_interest_release(struct ks_tree_interest *interest);

static inline bool ks_tree_interest_bit(const uint8_t *bits, uint32_t at)
{
    return (bits[at / 8] >> at % 8 & 1) != 0;
}

#endif
