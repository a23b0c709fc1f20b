/* SPDX-License-Identifier: Apache-2.0 */
/* choice.h: which tips the options choose. */
#ifndef KS_GIT_CHOICE_H
#define KS_GIT_CHOICE_H

#include "git/tips.h"

/*
 * The tips that the options name, those to leave out marked KS_TIP_HIDDEN;
 * without any, all of the repository. KS_EINVAL for a revision that is not
 * there.
 */
enum ks_rc ks_choice_tips(struct ks_tips *tips, const struct ks_git *git,
                          struct ks_err *err);

/*
 * Whether only what commits add is wanted, because some history is left out;
 * else everything that the tips reach is.
 */
bool ks_choice_is_part(const struct ks_git *git);

#endif
