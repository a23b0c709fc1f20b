/* SPDX-License-Identifier: Apache-2.0 */
/* added.h: what a commit's tree has and none of its parents' trees has. */
#ifndef KS_GIT_ADDED_H
#define KS_GIT_ADDED_H

#include "git/object.h"
#include "git/oids.h"

/* What lies deeper, or under a longer path, is left. */
enum {
    KS_ADDED_DEPTH_MAX = 2048,       /* trees in trees */
    KS_ADDED_PATH_MAX = 1024 * 1024, /* bytes of one path */
};

/* An entry that no parent has under this path with this object. */
struct ks_added_entry {
    struct ks_span path; /* from the root, '/' between names */
    struct ks_span name; /* its last component */
    enum ks_entry_kind kind;
    const uint8_t *oid;
    bool new_name; /* no parent has anything under this path */
};

/* Who is told; what is handed over is borrowed until the call returns. */
struct ks_added_visitor {
    void *ctx;
    enum ks_rc (*entry)(void *ctx, const struct ks_added_entry *entry,
                        struct ks_err *err);

    /*
     * Whether to look into a tree. `fresh`: no parent has a tree there, so all
     * below it is added. `leave` follows when all below was handed over.
     */
    bool (*enter)(void *ctx, const uint8_t *tree, bool fresh);
    enum ks_rc (*leave)(void *ctx, const uint8_t *tree, bool fresh,
                        struct ks_err *err);
    struct ks_claims *lost; /* trees counted as not read; NULL: do not count */

    /*
     * Rises with what the receiver finds under each path. A pair of trees that
     * are compared again under another path is gone through again only if it
     * rose below them; never, if it is NULL.
     */
    const size_t *found;
};

/*
 * Compares trees, for one thread. A parent's tree that cannot be read is taken
 * as empty, so that more is added.
 */
enum ks_rc ks_added(const struct ks_git *git, struct ks_objects *objects,
                    const struct ks_added_visitor *visitor,
                    const struct ks_oid *tree, const struct ks_oid *parents,
                    size_t count, struct ks_err *err);

/* Compares the tree of a commit with those of its parents that were read. */
enum ks_rc ks_added_by_commit(const struct ks_git *git,
                              struct ks_objects *objects,
                              const struct ks_added_visitor *visitor,
                              uint32_t commit, struct ks_err *err);

#endif
