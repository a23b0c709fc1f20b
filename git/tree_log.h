/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_log.h: what contains what among the trees of a repository.
 *
 * Most of a tree is copied from its delta base. The log keeps for each tree
 * which runs of entries it has from its base, and of the others two numbers:
 * some forty bytes a tree. That is enough to tell, long after the trees' bytes
 * are gone, which trees hold a given blob at any depth.
 */
#ifndef KS_GIT_TREE_LOG_H
#define KS_GIT_TREE_LOG_H

#include "git/names.h"
#include "git/numbers.h"
#include "git/object.h"
#include "git/walk.h"

struct ks_tree_log;

/*
 * A log for `workers` threads, which gives up above `memory` bytes (0 means
 * 256 MiB). `numbers` is borrowed.
 */
enum ks_rc ks_tree_log_new(struct ks_tree_log **out, unsigned workers,
                           const struct ks_numbers *numbers, size_t memory,
                           struct ks_err *err);
void ks_tree_log_free(struct ks_tree_log *log);

/* The names of all entries that were noted, for whoever notes to add to. */
struct ks_names *ks_tree_log_names(const struct ks_tree_log *log);

/* What the log keeps of an entry. */
struct ks_tree_ids {
    uint32_t object; /* as in git/numbers.h */
    uint32_t name;   /* as in the log's names */
};

enum { KS_TREE_LOG_BATCH = 16 };

/* Entries of one tree, up to KS_TREE_LOG_BATCH; borrowed for the call. */
struct ks_tree_batch {
    struct ks_tree_ids *out; /* to be filled in, a pair for each entry */
    uint32_t first;          /* place of the first of them in the log */
    const struct ks_tree_entry *entries;
    size_t count;
};

/* Who says what entries are. */
typedef enum ks_rc ks_tree_log_fn(const struct ks_tree_batch *batch, void *ctx,
                                  unsigned worker, struct ks_err *err);

/* A tree to note. */
struct ks_tree_note {
    const struct ks_walk_object *tree;
    uint32_t number; /* the tree's, as in git/numbers.h */
    ks_tree_log_fn *entry;
    void *ctx;
};

/*
 * Notes a tree. Entries that are not its base's go to `entry`. `base_memo` of
 * the tree is what an earlier call stored in `*memo` for its base, or NULL.
 * KS_EFORMAT if it is no tree: it is not noted, `*memo` is untouched and some
 * entries may have been told; KS_ENOMEM; what `entry` returns. One call at a
 * time for each worker.
 */
enum ks_rc ks_tree_log_note(struct ks_tree_log *log, unsigned worker,
                            const struct ks_tree_note *note, void **memo,
                            struct ks_err *err);

/*
 * Says later on what an entry's object is, by the entry's place. The worker's
 * own thread, or while none is at work.
 */
void ks_tree_log_set(struct ks_tree_log *log, unsigned worker, uint32_t entry,
                     uint32_t object);

/* Says that some tree could not be noted: the log cannot be searched. */
void ks_tree_log_give_up(struct ks_tree_log *log);

/* Says that entries are not what they claim to be. */
void ks_tree_log_doubt(struct ks_tree_log *log);

bool ks_tree_log_is_doubtful(const struct ks_tree_log *log);

/* Ends a memo. */
void ks_tree_log_forget(void *memo);

#endif
