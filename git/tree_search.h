/* SPDX-License-Identifier: Apache-2.0 */
/* tree_search.h: which noted trees hold something wanted, at any depth. */
#ifndef KS_GIT_TREE_SEARCH_H
#define KS_GIT_TREE_SEARCH_H

#include "git/oids.h"
#include "git/tree_log.h"

struct ks_tree_search;

/* What is wanted: blobs by name of object, entries by their own name. */
struct ks_tree_wanted {
    const struct ks_oids *blobs;
    const struct ks_span *names;
    size_t name_count;
};

/*
 * Searches a log that is no longer written to. KS_ELIMIT if that is not
 * possible, since the log gave up or too much is wanted; KS_ENOMEM.
 */
enum ks_rc ks_tree_search_new(struct ks_tree_search **out,
                              const struct ks_tree_log *log,
                              const struct ks_tree_wanted *wanted,
                              struct ks_err *err);
void ks_tree_search_free(struct ks_tree_search *search);

/*
 * 0 if the tree holds nothing wanted, or is not in the log; else a number that
 * two trees share exactly if they hold the same wanted things under the same
 * paths.
 */
uint32_t ks_tree_search_holds(const struct ks_tree_search *search,
                              const uint8_t *tree);

#endif
