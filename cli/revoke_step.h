/* SPDX-License-Identifier: Apache-2.0 */
/* revoke_step.h: from findings to plans, messages and notifications. */
#ifndef KS_CLI_REVOKE_STEP_H
#define KS_CLI_REVOKE_STEP_H

#include "base/log.h"
#include "cli/args.h"
#include "revoke/plan.h"
#include "revoke/spool.h"
#include "scanner/finding.h"

/* The configuration that --revocation names, or the user's own. */
enum ks_rc ks_revoke_read_config(struct ks_revoke_config **out,
                                 const struct ks_args *args,
                                 struct ks_err *err);

/*
 * Makes a plan of the report. `spool` may be NULL. With `offline` no service is
 * asked which types it knows.
 */
enum ks_rc ks_revoke_make_plan(struct ks_plan **out,
                               const struct ks_report *report,
                               const struct ks_revoke_config *config,
                               struct ks_spool *spool, bool offline,
                               const struct ks_log *log, struct ks_err *err);

/*
 * Sends what the spool holds; says on standard output how many arrived, wait or
 * are dead. `*status` is the exit code: 0 if all arrived, 1 if some never will,
 * 3 if some wait.
 */
enum ks_rc ks_revoke_deliver(int *status, struct ks_spool *spool,
                             const struct ks_revoke_config *config,
                             const struct ks_args *args,
                             const struct ks_log *log, struct ks_err *err);

/*
 * Whether what --revoke and --notify ask for could be done, to be told before
 * a long scan; then no core dumps from here on.
 */
enum ks_rc ks_revoke_check(const struct ks_args *args, struct ks_err *err);

/*
 * What --revoke and --notify ask for behind a scan; nothing without them.
 * --revoke=send needs --yes-revoke=policy: the user states that the policy of
 * the configuration decides alone.
 */
enum ks_rc ks_revoke_step(const struct ks_report *report,
                          const struct ks_args *args, const struct ks_log *log,
                          struct ks_err *err);

#endif
