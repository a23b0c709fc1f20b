/* SPDX-License-Identifier: Apache-2.0 */
/* tree_table.h: the trees of a log under numbers of their own. */
#ifndef KS_GIT_TREE_TABLE_H
#define KS_GIT_TREE_TABLE_H

#include "git/tree_log_parts.h"

/* A zeroed one can be released. Read by any number of threads. */
struct ks_tree_table {
    const struct ks_tree_log *log; /* borrowed; no longer written to */
    uint32_t *first;               /* tree of each part; the last is the end */
    uint32_t *of_object;           /* 1 + a tree's number; 0: none is noted */
    uint32_t count;
};

/* A tree and the part that it is noted in. */
struct ks_tree_found {
    const struct ks_tree_part *part;
    const struct ks_tree_noted *tree;
    uint32_t at; /* in the part */
};

/* KS_ELIMIT if the log gave up; KS_ENOMEM. */
enum ks_rc ks_tree_table_init(struct ks_tree_table *table,
                              const struct ks_tree_log *log,
                              struct ks_err *err);
void ks_tree_table_release(struct ks_tree_table *table);

struct ks_tree_found ks_tree_table_get(const struct ks_tree_table *table,
                                       uint32_t number);

/* The number of a tree's base, or UINT32_MAX. */
static inline uint32_t ks_tree_table_base(const struct ks_tree_table *table,
                                          const struct ks_tree_noted *tree)
{
    return tree->base_part == UINT32_MAX
               ? UINT32_MAX
               : table->first[tree->base_part] + tree->base;
}

#endif
