/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_log.h: what contains what among the trees of a repository.
 *
 * Most of a tree is copied from its delta base. The log keeps for each tree
 * which runs of entries it has from its base, and of the others two hashes:
 * some fifty bytes a tree. That is enough to tell, long after the trees'
 * bytes are gone, which trees hold a given blob at any depth. Hashes have a
 * seed of their own for each log, so that nobody can prepare a collision.
 */
#ifndef KS_GIT_TREE_LOG_H
#define KS_GIT_TREE_LOG_H

#include "git/object.h"
#include "git/walk.h"

struct ks_tree_log;

/*
 * A log for `workers` threads, which gives up above `memory` bytes (0 means
 * 256 MiB).
 */
enum ks_rc ks_tree_log_new(struct ks_tree_log **out, unsigned workers,
                           size_t oid_len, size_t memory, struct ks_err *err);
void ks_tree_log_free(struct ks_tree_log *log);

/* Who is told of an entry; it is borrowed until the call returns. */
typedef enum ks_rc ks_tree_log_fn(void *ctx, unsigned worker,
                                  const struct ks_tree_entry *entry,
                                  struct ks_err *err);

/*
 * Notes a tree. Entries that are not its base's go to `entry`, which may be
 * NULL. `base_memo` of the tree is what an earlier call stored in `*memo` for
 * its base, or NULL. KS_EFORMAT if it is no tree: it is not noted, `*memo` is
 * untouched and some entries may have been told; KS_ENOMEM; what `entry`
 * returns. One call at a time for each worker.
 */
enum ks_rc ks_tree_log_note(struct ks_tree_log *log, unsigned worker,
                            const struct ks_walk_object *tree,
                            ks_tree_log_fn *entry, void *ctx, void **memo,
                            struct ks_err *err);

/* Says that some tree could not be noted: the log cannot be searched. */
void ks_tree_log_give_up(struct ks_tree_log *log);

/* Ends a memo. */
void ks_tree_log_forget(void *memo);

#endif
