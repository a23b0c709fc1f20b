/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

enum { COLUMN = 28, LEFT = 64 };

static const char exits[] =
    "Exit codes: 0 nothing found, 1 findings, 2 error, 3 incomplete and nothing "
    "found.\n";

enum ks_rc ks_help_overview(struct ks_buf *out)
{
    size_t count;
    const struct ks_command *const *commands = ks_commands(&count);
    enum ks_rc rc = ks_buf_add_str(
        out, "keysweep " KS_VERSION
             ": finds leaked secrets, proves them offline\n\n"
             "usage: keysweep COMMAND [OPTION…] [ARGUMENT…]\n\n");

    for (size_t i = 0; i < count && rc == KS_OK; i++)
        if (!commands[i]->hidden)
            rc = ks_buf_printf(out, "  %-10s %s\n", commands[i]->name,
                               commands[i]->summary);
    if (rc == KS_OK)
        rc = ks_buf_printf(out,
                           "\n'keysweep COMMAND --help' says more.\n%s"
                           "Example: keysweep git .\n",
                           exits);
    return rc;
}

static void option_left(char *out, size_t room, const struct ks_option *row)
{
    char letter[5] = "    ";

    if (row->letter != 0)
        (void)snprintf(letter, sizeof(letter), "-%c, ", row->letter);
    (void)snprintf(out, room, "%s--%s%s%s%s", letter, row->name,
                   row->value == NULL ? "" :
                   row->kind == KS_OPTION_OPTIONAL ? "[=" : " ",
                   row->value == NULL ? "" : row->value,
                   row->kind == KS_OPTION_OPTIONAL ? "]" : "");
}

enum ks_rc ks_help_command(struct ks_buf *out, const struct ks_command *command)
{
    enum ks_rc rc =
        ks_buf_printf(out, "usage: keysweep %s [OPTION…] %s\n\n%s\n\n",
                      command->name, command->operands, command->about);

    for (size_t g = 0; g < KS_COMMAND_GROUPS && rc == KS_OK; g++)
        for (size_t i = 0; i < command->options[g].len && rc == KS_OK; i++) {
            const struct ks_option *row = &command->options[g].items[i];
            char left[LEFT];

            option_left(left, sizeof(left), row);
            rc = ks_buf_printf(out, "  %-*s %s\n", COLUMN, left, row->help);
        }
    if (rc == KS_OK)
        rc = ks_buf_printf(out, "\n%sExample: %s\n", exits, command->example);
    return rc;
}

/* Text with what troff would take as its own escaped. */
static enum ks_rc add_troff(struct ks_buf *out, const char *text)
{
    enum ks_rc rc = KS_OK;

    for (const char *c = text; *c != '\0' && rc == KS_OK; c++) {
        bool line_start = c == text || c[-1] == '\n';

        if (*c == '\\')
            rc = ks_buf_add_str(out, "\\e");
        else if (*c == '-')
            rc = ks_buf_add_str(out, "\\-");
        else if (line_start && (*c == '.' || *c == '\''))
            rc = ks_buf_printf(out, "\\&%c", *c);
        else
            rc = ks_buf_add_byte(out, (uint8_t)*c);
    }
    return rc;
}

static enum ks_rc add_troff_line(struct ks_buf *out, const char *macro,
                                 const char *text)
{
    enum ks_rc rc = ks_buf_printf(out, "%s\n", macro);

    if (rc == KS_OK)
        rc = add_troff(out, text);
    return rc == KS_OK ? ks_buf_add_byte(out, '\n') : rc;
}

static enum ks_rc man_command(struct ks_buf *out,
                              const struct ks_command *command)
{
    enum ks_rc rc = ks_buf_printf(out, ".SS keysweep %s\n.nf\nkeysweep %s "
                                  "[OPTION...] ", command->name, command->name);

    if (rc == KS_OK)
        rc = add_troff_line(out, "", command->operands);
    if (rc == KS_OK)
        rc = add_troff_line(out, ".fi\n.PP", command->about);
    for (size_t g = 0; g < KS_COMMAND_GROUPS && rc == KS_OK; g++)
        for (size_t i = 0; i < command->options[g].len && rc == KS_OK; i++) {
            const struct ks_option *row = &command->options[g].items[i];
            char left[LEFT];

            option_left(left, sizeof(left), row);
            rc = add_troff_line(out, ".TP", left + strspn(left, " "));
            if (rc == KS_OK)
                rc = add_troff(out, row->help);
            if (rc == KS_OK)
                rc = ks_buf_add_byte(out, '\n');
        }
    if (rc == KS_OK)
        rc = add_troff_line(out, ".PP\nExample:\n.RS", command->example);
    return rc == KS_OK ? ks_buf_add_str(out, ".RE\n") : rc;
}

enum ks_rc ks_help_man(struct ks_buf *out)
{
    size_t count;
    const struct ks_command *const *commands = ks_commands(&count);
    enum ks_rc rc = ks_buf_add_str(
        out, ".TH KEYSWEEP 1 \"\" \"keysweep " KS_VERSION "\" \"User Commands\"\n"
             ".SH NAME\nkeysweep \\- find leaked secrets in files and git "
             "history, prove them offline\n"
             ".SH SYNOPSIS\n.B keysweep\nCOMMAND [OPTION...] [ARGUMENT...]\n"
             ".SH COMMANDS\n");

    for (size_t i = 0; i < count && rc == KS_OK; i++)
        if (!commands[i]->hidden)
            rc = man_command(out, commands[i]);
    if (rc == KS_OK)
        rc = ks_buf_printf(out,
                           ".SH EXIT STATUS\n%s.SH FILES\n.TP\n"
                           "\\&.keysweep.yml\nconfiguration at the root of the "
                           "scanned tree\n",
                           exits);
    return rc;
}
