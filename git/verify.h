/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h: whether objects have the names that their bytes give them. */
#ifndef KS_GIT_VERIFY_H
#define KS_GIT_VERIFY_H

#include "git/internal.h"

/*
 * Reads every object of the packs and every loose one, reachable or not, on
 * the repository's threads. One whose name is not its hash, or that does not
 * parse, is counted in the coverage as corrupt. KS_ECANCELED, KS_ENOMEM.
 */
enum ks_rc ks_verify(const struct ks_git *git, struct ks_err *err);

#endif
