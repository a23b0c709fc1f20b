/* SPDX-License-Identifier: Apache-2.0 */
/* commit_facts.h: how commits that are being loaded learn what they say. */
#ifndef KS_GIT_COMMIT_FACTS_H
#define KS_GIT_COMMIT_FACTS_H

#include "git/commit_log.h"
#include "git/commits.h"

/* The number of a commit, which is added; KS_OIDS_NONE without memory. */
uint32_t ks_commits_number(struct ks_commits *commits, const uint8_t *oid);

/*
 * Takes down what the log says of a commit, adding its parents; those of
 * shallow ones are left out. False without memory.
 */
bool ks_commits_note_known(struct ks_commits *commits,
                           const struct ks_oids *shallow_ones, uint32_t number,
                           const struct ks_commit_facts *known);

/* The same from a commit's bytes. KS_EFORMAT if they are none; KS_ENOMEM. */
enum ks_rc ks_commits_note(struct ks_commits *commits,
                           const struct ks_oids *shallow_ones, uint32_t number,
                           struct ks_span bytes, struct ks_err *err);

/*
 * Adds the commits whose parents were left behind by `git clone --depth`.
 * KS_EFORMAT if the list of them does not parse; KS_EIO, KS_ENOMEM.
 */
enum ks_rc ks_commits_shallow(struct ks_oids *out, const struct ks_git *git,
                              struct ks_err *err);

#endif
