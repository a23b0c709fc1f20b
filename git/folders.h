/* SPDX-License-Identifier: Apache-2.0 */
/* folders.h: the folders of an open repository. */
#ifndef KS_GIT_FOLDERS_H
#define KS_GIT_FOLDERS_H

#include "git/internal.h"

/* Fills in the folders of `git`, whose `repo` is open. KS_ENOMEM, KS_ELIMIT. */
enum ks_rc ks_folders_find(struct ks_git *git, struct ks_err *err);
void ks_folders_release(struct ks_git *git);

#endif
