/* SPDX-License-Identifier: Apache-2.0 */
/* hooks_dir.h: where git looks for a repository's hooks. */
#ifndef KS_GIT_HOOKS_DIR_H
#define KS_GIT_HOOKS_DIR_H

#include "base/buf.h"
#include "git/history.h"

/*
 * Appends the folder, as core.hooksPath or git's default name it, without a
 * slash at its end. It may not exist yet. KS_EIO, KS_ENOMEM.
 */
enum ks_rc ks_git_hooks_dir(struct ks_buf *out, struct ks_git *git,
                            struct ks_err *err);

#endif
