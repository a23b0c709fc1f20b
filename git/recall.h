/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall.h: scanning only what an earlier scan did not see (git/state.h).
 *
 * Where the state's key fits and its tips are still here, what was found is
 * read again from its objects, and of the rest only what the old tips do not
 * reach is scanned. With the same tips, places come from the state too, and no
 * history is read. In doubt all is scanned: a state that does not fit costs
 * time, never findings.
 */
#ifndef KS_GIT_RECALL_H
#define KS_GIT_RECALL_H

#include "git/internal.h"

struct ks_recall;

void ks_recall_free(struct ks_recall *recall);

/* As ks_git_scan, where a state is used and all of history is chosen. */
enum ks_rc ks_recall_scan(struct ks_git *git, const struct ks_blob_sink *sink,
                          struct ks_err *err);

typedef enum ks_rc ks_place_fn(void *ctx, const struct ks_git_place *place,
                               struct ks_err *err);

/*
 * Answers from the state: KS_ENOENT if it cannot. The rest is as of
 * ks_git_locate.
 */
enum ks_rc ks_recall_locate(struct ks_git *git,
                            const struct ks_git_query *queries, size_t count,
                            ks_place_fn *place, void *ctx, struct ks_err *err);

/*
 * Notes what is asked about and, in the order of telling, where it was, for
 * the next state. KS_ENOMEM.
 */
enum ks_rc ks_recall_note_queries(struct ks_git *git,
                                  const struct ks_git_query *queries,
                                  size_t count, struct ks_err *err);
enum ks_rc ks_recall_note_place(struct ks_git *git,
                                const struct ks_git_query *queries,
                                const struct ks_git_place *place,
                                struct ks_err *err);

/* Writes the state, if all of history was scanned and nothing skipped. */
enum ks_rc ks_recall_save(struct ks_git *git, struct ks_err *err);

#endif
