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

enum ks_history_what {
    KS_HISTORY_CHOSEN, /* all that the options choose */
    KS_HISTORY_ADDED,  /* of that, what its commits add to files */
    KS_HISTORY_STAGED, /* what the index adds to files */
};

/*
 * Scans, says where what was found came from, and reports it as of `target`.
 * Uses the state that the arguments name; with --whole-files, what files held
 * before is told as well. Returns the exit code; KS_EXIT_ERROR with words in
 * `err`.
 */
int ks_history_scan(struct ks_session *session, struct ks_git *git,
                    const char *target, enum ks_history_what what,
                    struct ks_err *err);

#endif
