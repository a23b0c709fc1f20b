/* SPDX-License-Identifier: Apache-2.0 */
/* command.h: the commands, one file and one table entry each. */
#ifndef KS_CLI_COMMAND_H
#define KS_CLI_COMMAND_H

#include "cli/args.h"

enum ks_exit {
    KS_EXIT_CLEAN = 0,      /* scanned all, found nothing */
    KS_EXIT_FINDINGS = 1,   /* something was found */
    KS_EXIT_ERROR = 2,      /* usage, configuration, or a failure */
    KS_EXIT_INCOMPLETE = 3, /* nothing found, but not all was scanned */
};

enum { KS_COMMAND_GROUPS = 6 };

struct ks_command {
    const char *name;
    const char *operands; /* behind the options, for help */
    const char *summary;  /* one line */
    const char *about;    /* a few lines for --help and the man page */
    const char *example;  /* the command line that --help ends with */
    struct ks_options options[KS_COMMAND_GROUPS]; /* ends with len 0 */
    /* Returns an enum ks_exit; says in `err` what went wrong. */
    int (*run)(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err);
    bool hidden; /* not in help */
};

/* Every command, in the order of help. */
const struct ks_command *const *ks_commands(size_t *count);

extern const struct ks_command ks_cmd_scan, ks_cmd_git, ks_cmd_hook,
    ks_cmd_rules, ks_cmd_explain, ks_cmd_report, ks_cmd_revoke, ks_cmd_audit,
    ks_cmd_document;

#endif
