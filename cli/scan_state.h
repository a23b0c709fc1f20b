/* SPDX-License-Identifier: Apache-2.0 */
/* scan_state.h: what a scan of history leaves for the next one. */
#ifndef KS_CLI_SCAN_STATE_H
#define KS_CLI_SCAN_STATE_H

#include "cli/session.h"
#include "git/history.h"
#include "report/mask.h"

/* What a scan with a state needs. A zeroed one is released. */
struct ks_scan_state {
    struct ks_session *session;
    struct ks_git_notes notes;
    /* Of all secrets, and of those of messages; made when first asked about. */
    struct ks_mask all, messages;
    bool masked;
};

/*
 * Has the scan use the state that the arguments name. The session must have
 * its collector; `out` is filled in, and must live as long as `git` is used.
 */
enum ks_rc ks_scan_state_use(struct ks_scan_state *out,
                             struct ks_session *session, struct ks_git *git,
                             struct ks_err *err);
void ks_scan_state_release(struct ks_scan_state *state);

#endif
