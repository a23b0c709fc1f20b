/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discover.h: finds an ordinary repository without libgit2, whose start costs
 * as much as the rest of a hook. What is not ordinary is left to libgit2.
 */
#ifndef KS_GIT_DISCOVER_H
#define KS_GIT_DISCOVER_H

#include "git/internal.h"

/*
 * Fills in git_dir, common_dir, workdir and oid_len of `git` and returns true,
 * if at or above `path` there is a repository whose format and settings are
 * all understood and whose owner is trusted. Else false, with nothing filled
 * in: libgit2 decides, and finds the words.
 */
bool ks_discover(struct ks_git *git, const char *path);

#endif
