/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h: which findings the user does not want to see. */
#ifndef KS_CLI_POLICY_H
#define KS_CLI_POLICY_H

#include "base/log.h"
#include "cli/config.h"
#include "report/read.h"
#include "scanner/collect.h"

struct ks_policies;

/*
 * Compiles the allow-list of the configuration, which must outlive it. Entries
 * whose day has passed are told to `log` and left out. KS_EINVAL names a
 * pattern that does not compile, and where it stands.
 */
enum ks_rc ks_policies_new(struct ks_policies **out,
                           const struct ks_config *config,
                           const struct ks_report_ids *baseline, int64_t now,
                           const struct ks_log *log, struct ks_err *err);
void ks_policies_free(struct ks_policies *policies);

/* Findings below this severity are suppressed. */
void ks_policies_severity(struct ks_policies *policies,
                          enum ks_severity severity);

/* Whether some entry looks at the bytes of secrets. */
bool ks_policies_need_secrets(const struct ks_policies *policies);

struct ks_policy ks_policies_policy(struct ks_policies *policies);

/* Whether every finding at the path would be suppressed: it need not be read. */
bool ks_policies_excludes(void *policies, const char *path);

#endif
