/* SPDX-License-Identifier: Apache-2.0 */
/* tree_search.h: which noted trees hold something wanted, at any depth. */
#ifndef KS_GIT_TREE_SEARCH_H
#define KS_GIT_TREE_SEARCH_H

#include "git/oids.h"
#include "git/tree_lists.h"

/* Immutable once made; any number of threads may read. */
struct ks_tree_search;

/* What is wanted: blobs by name of object, entries by their own name. */
struct ks_tree_wanted {
    const struct ks_oids *blobs;
    const struct ks_span *names;
    size_t name_count;
};

/*
 * Searches a log that is no longer written to. KS_ELIMIT if that is not
 * possible: the log gave up, trees lie too deep, or have entries out of order
 * or twice, so that equal sets do not mean that nothing was added. KS_ENOMEM.
 */
enum ks_rc ks_tree_search_new(struct ks_tree_search **out,
                              const struct ks_tree_log *log,
                              const struct ks_tree_wanted *wanted,
                              struct ks_err *err);
void ks_tree_search_free(struct ks_tree_search *search);

/*
 * 0 if the tree of that number (KS_NUMBER_MISSING too) holds nothing wanted, or
 * is not in the log; else a number that two trees share exactly if they hold
 * the same wanted things under the same paths.
 */
uint32_t ks_tree_search_holds(const struct ks_tree_search *search,
                              uint32_t tree);

/*
 * Whether what is added can be told by the lists alone: no names are wanted,
 * and entries are what they claim to be.
 */
bool ks_tree_search_compares(const struct ks_tree_search *search);

/* Lists of what trees hold, for one thread. KS_ENOMEM. */
enum ks_rc ks_tree_search_lists(struct ks_tree_lists **out,
                                const struct ks_tree_search *search,
                                struct ks_err *err);

/*
 * The list of the tree of that number, which the caller releases; empty if it
 * is not in the log. `lists` are the search's own. False without memory.
 */
bool ks_tree_search_list(struct ks_tree_items *out,
                         const struct ks_tree_search *search,
                         struct ks_tree_lists *lists, uint32_t tree);

/* The index of a wanted blob by its number; KS_OIDS_NONE for anything else. */
uint32_t ks_tree_search_blob(const struct ks_tree_search *search,
                             uint32_t object);

/* Whether an object is a tree in the log. */
bool ks_tree_search_has_tree(const struct ks_tree_search *search,
                             uint32_t object);

/* The log that is searched. */
const struct ks_tree_log *
ks_tree_search_log(const struct ks_tree_search *search);

#endif
