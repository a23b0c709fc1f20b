/* SPDX-License-Identifier: Apache-2.0 */
/* present.h: what the live tips hold now under given paths. */
#ifndef KS_GIT_PRESENT_H
#define KS_GIT_PRESENT_H

#include "git/object.h"

/* For one thread. */
struct ks_present;

/* Of the live tips of `git`, whose commits are loaded. */
enum ks_rc ks_present_new(struct ks_present **out, const struct ks_git *git,
                          struct ks_err *err);
void ks_present_free(struct ks_present *present);

/* Asks about a path; it is copied. KS_ENOMEM. */
enum ks_rc ks_present_want(struct ks_present *present, const char *path,
                           struct ks_err *err);

/* Looks all paths up in all live tips; equal trees are opened once. */
enum ks_rc ks_present_look(struct ks_present *present,
                           struct ks_objects *objects, struct ks_err *err);

/*
 * Whether some tip has the blob under the path, or anything at all if `oid` is
 * NULL. The path must have been asked about.
 */
bool ks_present_has(const struct ks_present *present, const char *path,
                    const struct ks_oid *oid);

#endif
