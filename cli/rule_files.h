/* SPDX-License-Identifier: Apache-2.0 */
/* rule_files.h: which rules the rules command speaks of. */
#ifndef KS_CLI_RULE_FILES_H
#define KS_CLI_RULE_FILES_H

#include "cli/args.h"
#include "rules/load.h"

struct ks_rule_files {
    struct ks_rules *rules; /* NULL: only built-in ones */
    const struct ks_ruleset *set;
};

/*
 * With `from_files` reads the files and directories that the operands from the
 * second on name, or the installed ones, with their samples; else takes the
 * built-in rules and those of --rules.
 */
enum ks_rc ks_rule_files_open(struct ks_rule_files *files,
                              const struct ks_args *args, bool from_files,
                              struct ks_err *err);
void ks_rule_files_close(struct ks_rule_files *files);

#endif
