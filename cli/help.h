/* SPDX-License-Identifier: Apache-2.0 */
/* help.h: help, man page and completions, all from the tables of commands. */
#ifndef KS_CLI_HELP_H
#define KS_CLI_HELP_H

#include "base/buf.h"
#include "cli/command.h"

/* The overview, or the help of one command; KS_ENOMEM. */
enum ks_rc ks_help_overview(struct ks_buf *out);
enum ks_rc ks_help_command(struct ks_buf *out, const struct ks_command *command);

/* keysweep(1) in man(7) macros. */
enum ks_rc ks_help_man(struct ks_buf *out);

/* Completion scripts. */
enum ks_rc ks_help_bash(struct ks_buf *out);
enum ks_rc ks_help_zsh(struct ks_buf *out);
enum ks_rc ks_help_fish(struct ks_buf *out);

#endif
