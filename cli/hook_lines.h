/* SPDX-License-Identifier: Apache-2.0 */
/* hook_lines.h: which commits git tells its hooks about. */
#ifndef KS_CLI_HOOK_LINES_H
#define KS_CLI_HOOK_LINES_H

#include "base/buf.h"
#include "base/oid.h"
#include "base/vec.h"

KS_VEC(ks_oid_vec, struct ks_oid);

/* New commits are what `include` reaches and `exclude` does not. */
struct ks_hook_commits {
    struct ks_oid_vec include, exclude;
};

/*
 * Reads "<local ref> <local id> <remote ref> <remote id>" lines (githooks(5),
 * pre-push). Deleted refs bring nothing. KS_EINVAL names the line.
 */
enum ks_rc ks_hook_read_push(struct ks_hook_commits *out, struct ks_span text,
                             struct ks_err *err);

/* Reads "<old id> <new id> <ref>" lines (githooks(5), pre-receive). */
enum ks_rc ks_hook_read_receive(struct ks_hook_commits *out,
                                struct ks_span text, struct ks_err *err);

/* Adds the object of a hexadecimal id to the list, if it names one. */
enum ks_rc ks_hook_add(struct ks_oid_vec *out, struct ks_span hex,
                       struct ks_err *err);

void ks_hook_commits_release(struct ks_hook_commits *commits);

#endif
