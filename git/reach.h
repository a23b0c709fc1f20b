/* SPDX-License-Identifier: Apache-2.0 */
/* reach.h: every object of the chosen history, each once. */
#ifndef KS_GIT_REACH_H
#define KS_GIT_REACH_H

#include "git/internal.h"

/*
 * Who is told. Calls come from several threads at once, `worker` below
 * ks_git_jobs(), in no particular order; what they get is borrowed until they
 * return. Each may be NULL. Anything but KS_OK ends the walk.
 */
struct ks_reach_visitor {
    void *ctx;

    /* The message of a commit or an annotated tag. */
    enum ks_rc (*message)(void *ctx, unsigned worker, enum ks_blob_kind kind,
                          const struct ks_oid *oid, struct ks_span message,
                          struct ks_err *err);

    /*
     * A blob, once whatever the number of its places; `name` is one of the
     * names that it has in a tree ("" if a tag points at it), a hint for what
     * lies near what in packs.
     */
    enum ks_rc (*blob)(void *ctx, unsigned worker, const struct ks_oid *oid,
                       struct ks_span name, struct ks_err *err);

    /* The name of a tree entry: one component of a path, each text once. */
    enum ks_rc (*name)(void *ctx, unsigned worker, struct ks_span name,
                       struct ks_err *err);
};

/*
 * Walks from the chosen tips over commits, tags and trees. Where the choice is
 * a part of history (range, since), blobs and names are those that its commits
 * add against all their parents; else all that are reachable. What is missing
 * or damaged is counted in the coverage, and the walk goes on.
 */
enum ks_rc ks_reach(struct ks_git *git, const struct ks_reach_visitor *visitor,
                    struct ks_err *err);

/* Whether the choice is everything: all tips, no range, no date. */
bool ks_reach_is_all(const struct ks_git *git);

#endif
