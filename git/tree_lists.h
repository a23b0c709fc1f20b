/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_lists.h: what noted trees hold, one list at a time. A tree's list
 * follows from its base's, so those made last are kept.
 */
#ifndef KS_GIT_TREE_LISTS_H
#define KS_GIT_TREE_LISTS_H

#include "git/tree_interest.h"

/* An entry of a tree that is wanted, or a tree that may hold what is. */
struct ks_tree_item {
    uint32_t name;   /* as in the log's names */
    uint32_t object; /* as in git/numbers.h */
    uint32_t entry;  /* place in the tree */
};

KS_VEC(ks_tree_items, struct ks_tree_item);

/* Of one thread. */
struct ks_tree_lists;

/*
 * Borrows all that is passed; `names` has a number other than 0 for each wanted
 * name, or is NULL. KS_ENOMEM.
 */
enum ks_rc ks_tree_lists_new(struct ks_tree_lists **out,
                             const struct ks_tree_table *table,
                             const struct ks_tree_interest *interest,
                             const uint32_t *names, struct ks_err *err);
void ks_tree_lists_free(struct ks_tree_lists *lists);

/*
 * The list of a tree by its number in the table, in order of entries, valid
 * until the next call. NULL without memory.
 */
const struct ks_tree_items *ks_tree_lists_get(struct ks_tree_lists *lists,
                                              uint32_t tree);

#endif
