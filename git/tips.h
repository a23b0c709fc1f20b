/* SPDX-License-Identifier: Apache-2.0 */
/* tips.h: where history begins: refs, HEADs, reflogs. */
#ifndef KS_GIT_TIPS_H
#define KS_GIT_TIPS_H

#include "git/internal.h"
#include "git/oids.h"

/* Why an object is a tip; bits. */
enum {
    KS_TIP_REF = 1,    /* any ref, HEAD of any work tree, FETCH_HEAD … */
    KS_TIP_LIVE = 2,   /* HEAD, a branch or a remote's branch: what is in use */
    KS_TIP_LOG = 4,    /* an entry of a reflog; the object may be long gone */
    KS_TIP_HIDDEN = 8, /* its history is not chosen */
    KS_TIP_STRAY = 16, /* it is there, and all that there is was chosen */
};

/* Objects of any type; `why` has one item for each number of `oids`. */
struct ks_tips {
    struct ks_oids oids;
    uint8_t *why;
    size_t why_room;
};

void ks_tips_init(struct ks_tips *tips, size_t oid_len);
void ks_tips_release(struct ks_tips *tips);

/* KS_ENOMEM. */
enum ks_rc ks_tips_add(struct ks_tips *tips, const uint8_t *oid, uint8_t why,
                       struct ks_err *err);

/*
 * Collects every tip of the repository: loose and packed refs of every
 * namespace (stash, notes, replacements and pull requests too), those of each
 * work tree, pseudo refs such as FETCH_HEAD, and all reflogs, whether or not
 * their refs still exist. A file that does not parse is counted in the
 * coverage. Where no ref is live, all refs are.
 */
enum ks_rc ks_tips_all(struct ks_tips *tips, const struct ks_git *git,
                       struct ks_err *err);

/*
 * The object that HEAD names, by way of a ref or not; an empty name while its
 * branch is unborn. KS_EFORMAT if it does not parse, KS_ENOMEM.
 */
enum ks_rc ks_tips_head(struct ks_oid *out, const struct ks_git *git,
                        struct ks_err *err);

/* Adds the refs whose full name begins with `prefix`, each as `why`. */
enum ks_rc ks_tips_prefix(struct ks_tips *tips, const struct ks_git *git,
                          const char *prefix, uint8_t why, struct ks_err *err);

#endif
