/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_compare.h: what a commit's tree holds of what is wanted and none of its
 * parents' trees has, by what a search of the log knows. The same as
 * git/added.h would tell of these blobs, without the trees.
 */
#ifndef KS_GIT_TREE_COMPARE_H
#define KS_GIT_TREE_COMPARE_H

#include "git/tree_search.h"

/* Who is told; what is handed over is borrowed until the call returns. */
struct ks_tree_compare_visitor {
    void *ctx;
    /* A wanted blob, by its index, that no parent has under this path. */
    enum ks_rc (*blob)(void *ctx, uint32_t blob, struct ks_span path,
                       struct ks_err *err);
    const bool *full; /* once set, no more are taken */
};

/* Of one thread; borrows the search. */
struct ks_tree_compare;

/* The search must be one that compares. KS_ENOMEM. */
enum ks_rc ks_tree_compare_new(struct ks_tree_compare **out,
                               const struct ks_tree_search *search,
                               struct ks_err *err);
void ks_tree_compare_free(struct ks_tree_compare *compare);

/* Compares a tree with those of `count` parents, all by their numbers. */
enum ks_rc ks_tree_compare(struct ks_tree_compare *compare, uint32_t tree,
                           const uint32_t *parents, size_t count,
                           const struct ks_tree_compare_visitor *visitor,
                           struct ks_err *err);

#endif
