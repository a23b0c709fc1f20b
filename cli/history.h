/* SPDX-License-Identifier: Apache-2.0 */
/* history.h: what the commands that scan a repository share. */
#ifndef KS_CLI_HISTORY_H
#define KS_CLI_HISTORY_H

#include "cli/session.h"
#include "git/history.h"

/*
 * Opens the repository with the session's threads, coverage, progress and log
 * put into `options`, and configures the session for its work tree.
 */
enum ks_rc ks_history_open(struct ks_git **out, struct ks_session *session,
                           const char *path, struct ks_git_options *options,
                           enum ks_trust trust, struct ks_err *err);

/*
 * Scans the chosen history, or what is staged, says where what was found came
 * from, and reports it as of `target`. Uses the state that the arguments name.
 * Returns the exit code; KS_EXIT_ERROR with words in `err`.
 */
int ks_history_scan(struct ks_session *session, struct ks_git *git,
                    const char *target, bool staged, struct ks_err *err);

#endif
