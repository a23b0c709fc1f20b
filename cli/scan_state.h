/* SPDX-License-Identifier: Apache-2.0 */
/* scan_state.h: what a scan of history leaves for the next one. */
#ifndef KS_CLI_SCAN_STATE_H
#define KS_CLI_SCAN_STATE_H

#include "cli/session.h"
#include "git/history.h"

/*
 * Has the scan use the state that the arguments name. The session must have
 * its collector; `notes` is filled in, and must live as long as `git`.
 */
enum ks_rc ks_scan_state_use(struct ks_git_notes *notes,
                             struct ks_session *session, struct ks_git *git,
                             struct ks_err *err);

#endif
