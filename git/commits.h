/* SPDX-License-Identifier: Apache-2.0 */
/* commits.h: the commits of the chosen history, and what hangs on its tips. */
#ifndef KS_GIT_COMMITS_H
#define KS_GIT_COMMITS_H

#include "base/vec.h"
#include "git/object.h"
#include "git/oids.h"
#include "git/tips.h"

/* Bits of a commit. */
enum {
    KS_COMMIT_READ = 1,   /* its facts are known */
    KS_COMMIT_GONE = 2,   /* it could not be read */
    KS_COMMIT_HIDDEN = 4, /* reachable from what the choice leaves out */
    KS_COMMIT_CHOSEN = 8,
    KS_COMMIT_LIVE = 16,    /* reachable from a live tip */
    KS_COMMIT_SHALLOW = 32, /* its parents were not fetched */
};

struct ks_commit {
    int64_t time;          /* committer's */
    uint32_t first_parent; /* in `parents` */
    uint32_t parent_count;
    uint32_t rank; /* of the chosen: parents first, then time, then id */
    uint8_t flags;
};

/* A tree, blob or annotated tag that a ref or a tag names. */
struct ks_root {
    struct ks_oid oid;
    enum ks_object_type type;
    uint8_t why; /* KS_TIP_… */
};

/* Immutable once loaded. */
struct ks_commits {
    struct ks_oids ids; /* a commit's number is its name's here */
    KS_VEC(, struct ks_commit) all;
    uint8_t *trees; /* name of each commit's tree */
    size_t tree_room;
    KS_VEC(, uint32_t) parents;
    KS_VEC(, uint32_t) chosen;      /* by rank */
    KS_VEC(, uint32_t) heads;       /* that live tips name */
    KS_VEC(, struct ks_root) roots; /* by id, each once */
    struct ks_tips tips;
};

/*
 * Loads the commits of the choice into `git->commits`, once. What is missing
 * or damaged is counted in the coverage, but not among what is hidden, where
 * it only makes the choice larger. KS_EINVAL for a revision that is not there.
 */
enum ks_rc ks_commits_load(struct ks_git *git, struct ks_err *err);
void ks_commits_free(struct ks_commits *commits);

/* The root that is this tree, blob or tag, or KS_OIDS_NONE. */
uint32_t ks_commits_root(const struct ks_commits *commits,
                         const struct ks_oid *oid);

/* The name of the tree of a commit that was read. */
struct ks_oid ks_commits_tree(const struct ks_commits *commits,
                              uint32_t number);

#endif
