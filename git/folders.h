/* SPDX-License-Identifier: Apache-2.0 */
/* folders.h: the folders of an open repository. */
#ifndef KS_GIT_FOLDERS_H
#define KS_GIT_FOLDERS_H

#include "git/internal.h"

/* Fills in the folders of `git` from its open `repo`. KS_EIO. */
enum ks_rc ks_folders_take(struct ks_git *git, struct ks_err *err);

/* Finds the folders of objects. KS_EIO, KS_ENOMEM, KS_ELIMIT. */
enum ks_rc ks_folders_find_objects(struct ks_git *git, struct ks_err *err);
void ks_folders_release(struct ks_git *git);

#endif
