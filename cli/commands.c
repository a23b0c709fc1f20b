/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

static const struct ks_command *const commands[] = {
    &ks_cmd_scan,    &ks_cmd_git,    &ks_cmd_hook,  &ks_cmd_rules,
    &ks_cmd_explain, &ks_cmd_report, &ks_cmd_revoke, &ks_cmd_audit, &ks_cmd_document,
};

const struct ks_command *const *ks_commands(size_t *count)
{
    *count = sizeof(commands) / sizeof(*commands);
    return commands;
}
