/* SPDX-License-Identifier: Apache-2.0 */
/* surveyor.h: what one thread makes of the commits, tags and trees it sees. */
#ifndef KS_GIT_SURVEYOR_H
#define KS_GIT_SURVEYOR_H

#include "git/internal.h"
#include "git/marks.h"
#include "git/walk.h"

struct ks_surveyor;

/* The worker of that number; borrows `git`, whose logs exist, and `marks`. */
enum ks_rc ks_surveyor_new(struct ks_surveyor **out, const struct ks_git *git,
                           struct ks_marks *marks, unsigned number,
                           struct ks_err *err);
void ks_surveyor_free(struct ks_surveyor *surveyor);

/*
 * Notes an object, marks what it names and gathers its words; blobs are left
 * alone. A loose object has a part that no walk has. `*memo` is NULL or for
 * ks_tree_log_forget. KS_ELIMIT if there are too many words; KS_ENOMEM.
 */
enum ks_rc ks_surveyor_take(struct ks_surveyor *surveyor,
                            const struct ks_walk_object *object, void **memo,
                            struct ks_err *err);

/* Marks what is still to be looked up; it takes no more. */
void ks_surveyor_finish(struct ks_surveyor *surveyor);

/* Commits taken so far. */
uint64_t ks_surveyor_commits(const struct ks_surveyor *surveyor);

/*
 * The message or name that stands at `*at` among the words, from 0 on, and
 * moves behind it; false at the end. Borrowed from the surveyor.
 */
bool ks_surveyor_next(struct ks_blob *out, const struct ks_surveyor *surveyor,
                      size_t *at);

/* Frees the words. */
void ks_surveyor_forget(struct ks_surveyor *surveyor);

#endif
