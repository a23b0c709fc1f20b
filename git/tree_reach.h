/* SPDX-License-Identifier: Apache-2.0 */
/* tree_reach.h: what is below given trees, by a log of all trees. */
#ifndef KS_GIT_TREE_REACH_H
#define KS_GIT_TREE_REACH_H

#include "git/tree_log.h"

struct ks_tree_reach;

/* Nothing reached yet. KS_ELIMIT if the log gave up; KS_ENOMEM. */
enum ks_rc ks_tree_reach_new(struct ks_tree_reach **out,
                             const struct ks_tree_log *log, struct ks_err *err);
void ks_tree_reach_free(struct ks_tree_reach *reach);

/* Reaches a tree and all below it, or a blob, by its number. KS_ENOMEM. */
enum ks_rc ks_tree_reach_add(struct ks_tree_reach *reach, uint32_t object,
                             struct ks_err *err);

/* Nothing is added afterwards; before, not all is known. KS_ENOMEM, KS_ELIMIT.
 */
enum ks_rc ks_tree_reach_finish(struct ks_tree_reach *reach,
                                struct ks_err *err);

/* Whether an object that is missing was reached. */
bool ks_tree_reach_lacks(const struct ks_tree_reach *reach);

/* Whether the object of that number was reached. */
bool ks_tree_reach_has(const struct ks_tree_reach *reach, uint32_t object);

/* Whether some entry of a tree that was reached has the name. */
bool ks_tree_reach_has_name(const struct ks_tree_reach *reach,
                            struct ks_span name);

#endif
