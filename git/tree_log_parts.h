/* SPDX-License-Identifier: Apache-2.0 */
/* tree_log_parts.h: the inside of a tree log, for those who search it. */
#ifndef KS_GIT_TREE_LOG_PARTS_H
#define KS_GIT_TREE_LOG_PARTS_H

#include "base/vec.h"
#include "git/tree_log.h"

#include <stdatomic.h>

/* A run of entries: the base's from `from` on, or new ones. */
struct ks_tree_run {
    uint32_t from; /* number among the base's entries */
    uint32_t count;
    bool fresh;
};

/* One tree; its runs and new entries end where the next tree's begin. */
struct ks_tree_noted {
    uint32_t object;    /* its number */
    uint32_t base_part; /* of the base, if it is noted; else UINT32_MAX */
    uint32_t base;
    uint32_t first_run;
    uint32_t first_new;
};

/* What one worker noted. */
struct ks_tree_part {
    KS_VEC(, struct ks_tree_noted) trees;
    KS_VEC(, struct ks_tree_run) runs;
    KS_VEC(, struct ks_tree_ids) entries; /* the new ones */
    KS_VEC(, uint32_t) starts;            /* of the tree that is being noted */
};

struct ks_tree_log {
    struct ks_tree_part *parts;
    unsigned part_count;
    const struct ks_numbers *numbers;
    struct ks_names *names;
    size_t memory;         /* of one part */
    atomic_bool given_up;  /* what it holds is not all */
    atomic_bool unordered; /* some tree's entries are not in git's order */
    atomic_bool doubtful;  /* ks_tree_log_doubt */
};

/* The end of a tree's runs, and of its new entries. */
static inline uint32_t ks_tree_part_runs_end(const struct ks_tree_part *part,
                                             uint32_t tree)
{
    return (uint32_t)(tree + 1 < part->trees.len
                          ? part->trees.items[tree + 1].first_run
                          : part->runs.len);
}

static inline uint32_t ks_tree_part_new_end(const struct ks_tree_part *part,
                                            uint32_t tree)
{
    return (uint32_t)(tree + 1 < part->trees.len
                          ? part->trees.items[tree + 1].first_new
                          : part->entries.len);
}

#endif
