/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_delta.h: the entries of a tree that its delta base does not have.
 *
 * Most of a tree is copied from its base. What lies whole inside a copy and
 * begins where an entry of the base begins is an entry of the base, and need
 * not be looked at again.
 */
#ifndef KS_GIT_TREE_DELTA_H
#define KS_GIT_TREE_DELTA_H

#include "base/vec.h"
#include "git/object.h"
#include "git/walk.h"

/* Where the entries of a tree begin, and where the last one ends. */
struct ks_tree_starts {
    uint32_t count; /* entries; there are count + 1 offsets */
    uint32_t at[];
};

/* What one thread keeps between trees; a zeroed one is empty. */
struct ks_tree_reader {
    KS_VEC(, uint32_t) starts;
};

/*
 * Gives every entry of the tree that is not one of its base's to `entry`, and
 * stores where entries begin in `*starts` (the caller frees) if the tree wants
 * a memo; memos of trees are such starts. KS_EFORMAT if it is no tree;
 * KS_ENOMEM; what `entry` returns.
 */
enum ks_rc ks_tree_delta(struct ks_tree_reader *reader,
                         const struct ks_walk_object *object,
                         enum ks_rc (*entry)(void *ctx,
                                             const struct ks_tree_entry *entry),
                         void *ctx, struct ks_tree_starts **starts);

void ks_tree_reader_release(struct ks_tree_reader *reader);

#endif
