/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commit_log.h: what commits say of each other, noted while they are read for
 * another reason, so that nobody need read them again.
 */
#ifndef KS_GIT_COMMIT_LOG_H
#define KS_GIT_COMMIT_LOG_H

#include "git/object.h"

struct ks_commit_log;

enum ks_rc ks_commit_log_new(struct ks_commit_log **out, unsigned workers,
                             size_t oid_len, struct ks_err *err);
void ks_commit_log_free(struct ks_commit_log *log);

/* What a commit says, borrowed from the log until it notes another. */
struct ks_commit_facts {
    const uint8_t *tree;
    const uint8_t *parents; /* names, one behind the other */
    uint32_t parent_count;
    int64_t time; /* committer's */
};

/* Notes a commit, and what it says in `out`. One call at a time for each
 * worker. KS_ENOMEM. */
enum ks_rc ks_commit_log_note(struct ks_commit_facts *out,
                              struct ks_commit_log *log, unsigned worker,
                              const struct ks_oid *oid,
                              const struct ks_commit_view *commit,
                              struct ks_err *err);

/* Makes the log ready for look-ups; nothing is noted afterwards. KS_ENOMEM. */
enum ks_rc ks_commit_log_finish(struct ks_commit_log *log, struct ks_err *err);

/* False if the commit was not noted. */
bool ks_commit_log_find(struct ks_commit_facts *out,
                        const struct ks_commit_log *log, const uint8_t *oid);

#endif
