/* SPDX-License-Identifier: Apache-2.0 */
/* staged.h: the two sides of what is staged. */
#ifndef KS_GIT_STAGED_H
#define KS_GIT_STAGED_H

#include "git/index.h"
#include "git/internal.h"
#include "git/object.h"

/*
 * Reads the index that a commit would be made of; git names another one to its
 * hooks. KS_EINVAL in a bare repository; the rest as of ks_index_read.
 */
enum ks_rc ks_staged_index(struct ks_index *out, const struct ks_git *git,
                           struct ks_err *err);

/* The tree of HEAD; an empty id while HEAD is unborn. */
enum ks_rc ks_head_tree(struct ks_oid *out, struct ks_git *git,
                        struct ks_objects *objects, struct ks_err *err);

#endif
