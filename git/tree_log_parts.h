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
    uint64_t key;       /* hash of its name */
    uint32_t base_part; /* of the base, if it is noted; else UINT32_MAX */
    uint32_t base;
    uint32_t first_run;
    uint32_t first_new;
};

/* What one worker noted. */
struct ks_tree_part {
    KS_VEC(, struct ks_tree_noted) trees;
    KS_VEC(, struct ks_tree_run) runs;
    KS_VEC(, uint64_t) keys;   /* of new entries: of the object; 0: submodule */
    KS_VEC(, uint64_t) names;  /* of new entries: hash of the entry's name */
    KS_VEC(, uint32_t) starts; /* of the tree that is being noted */
};

struct ks_tree_log {
    struct ks_tree_part *parts;
    unsigned part_count;
    size_t oid_len;
    size_t memory; /* of one part */
    uint64_t seed;
    atomic_bool given_up; /* what it holds is not all */
};

/* Hash of an object's name; never 0. */
uint64_t ks_tree_log_key(const struct ks_tree_log *log, const uint8_t *oid);
uint64_t ks_tree_log_name(const struct ks_tree_log *log, struct ks_span name);

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
                          : part->keys.len);
}

#endif
