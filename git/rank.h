/* SPDX-License-Identifier: Apache-2.0 */
/* rank.h: one order of commits for everybody. */
#ifndef KS_GIT_RANK_H
#define KS_GIT_RANK_H

#include "git/queue.h"

/*
 * Ranks the commits: parents before children, then the older before the
 * younger, then by id. Fills in `chosen` in that order, and spreads
 * KS_COMMIT_LIVE from children to parents. KS_ENOMEM.
 */
enum ks_rc ks_rank(struct ks_commits *commits, struct ks_err *err);

#endif
