/* SPDX-License-Identifier: Apache-2.0 */
/* completion.c: completion scripts of three shells. */
#include "cli/help.h"
#include "cli/shell.h"

#include <string.h>

static enum ks_rc add_option_names(struct ks_buf *out,
                                   const struct ks_command *command)
{
    enum ks_rc rc = KS_OK;

    for (size_t g = 0; g < KS_COMMAND_GROUPS && rc == KS_OK; g++)
        for (size_t i = 0; i < command->options[g].len && rc == KS_OK; i++)
            rc = ks_buf_printf(out, "--%s ", command->options[g].items[i].name);
    return rc;
}

enum ks_rc ks_help_bash(struct ks_buf *out)
{
    size_t count;
    const struct ks_command *const *commands = ks_commands(&count);
    enum ks_rc rc = ks_buf_add_str(
        out, "# bash completion of keysweep\n_keysweep() {\n"
             "    local cur=${COMP_WORDS[COMP_CWORD]} words=\n"
             "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words=\"");

    for (size_t i = 0; i < count && rc == KS_OK; i++)
        if (!commands[i]->hidden)
            rc = ks_buf_printf(out, "%s ", commands[i]->name);
    if (rc == KS_OK)
        rc = ks_buf_add_str(out, "\"\n    else\n        case "
                                 "${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        if (commands[i]->hidden)
            continue;
        rc = ks_buf_printf(out, "        %s) words=\"", commands[i]->name);
        if (rc == KS_OK)
            rc = add_option_names(out, commands[i]);
        if (rc == KS_OK)
            rc = ks_buf_add_str(out, "\" ;;\n");
    }
    if (rc == KS_OK)
        rc = ks_buf_add_str(
            out, "        esac\n    fi\n"
                 "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                 "}\ncomplete -o default -F _keysweep keysweep\n");
    return rc;
}

/* A row of zsh's _arguments: brackets and colons have a meaning there. */
static enum ks_rc add_zsh_row(struct ks_buf *out, const struct ks_option *row)
{
    struct ks_buf text;
    enum ks_rc rc;

    ks_buf_init(&text, 1 << 16);
    rc = ks_buf_printf(&text, "--%s%s[", row->name,
                       row->kind == KS_OPTION_FLAG       ? ""
                       : row->kind == KS_OPTION_OPTIONAL ? "=-"
                                                         : "=");
    for (const char *c = row->help; *c != '\0' && rc == KS_OK; c++)
        rc = strchr("[]:", *c) != NULL ? ks_buf_printf(&text, "\\%c", *c)
                                       : ks_buf_add_byte(&text, (uint8_t)*c);
    if (rc == KS_OK)
        rc = row->value == NULL
                 ? ks_buf_add_str(&text, "]")
                 : ks_buf_printf(&text, "]:%s:%s", row->value,
                                 strcmp(row->value, "FILE") == 0 ? "_files"
                                                                 : "");
    if (rc == KS_OK && ks_buf_text(&text) != NULL)
        rc = ks_shell_quote(out, (const char *)text.ptr);
    ks_buf_release(&text);
    return rc;
}

enum ks_rc ks_help_zsh(struct ks_buf *out)
{
    size_t count;
    const struct ks_command *const *commands = ks_commands(&count);
    enum ks_rc rc = ks_buf_add_str(
        out, "#compdef keysweep\nif (( CURRENT == 2 )); then\n"
             "  local -a commands=(\n");

    for (size_t i = 0; i < count && rc == KS_OK; i++)
        if (!commands[i]->hidden)
            rc = ks_buf_printf(out, "    '%s:%s'\n", commands[i]->name,
                               commands[i]->summary);
    if (rc == KS_OK)
        rc = ks_buf_add_str(out, "  )\n  _describe command commands\n  return\n"
                                 "fi\ncase $words[2] in\n");
    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        if (commands[i]->hidden)
            continue;
        rc = ks_buf_printf(out, "%s) _arguments ", commands[i]->name);
        for (size_t g = 0; g < KS_COMMAND_GROUPS && rc == KS_OK; g++)
            for (size_t j = 0; j < commands[i]->options[g].len && rc == KS_OK;
                 j++) {
                rc = add_zsh_row(out, &commands[i]->options[g].items[j]);
                if (rc == KS_OK)
                    rc = ks_buf_add_byte(out, ' ');
            }
        if (rc == KS_OK)
            rc = ks_buf_add_str(out, "'*:file:_files' ;;\n");
    }
    return rc == KS_OK ? ks_buf_add_str(out, "esac\n") : rc;
}

enum ks_rc ks_help_fish(struct ks_buf *out)
{
    size_t count;
    const struct ks_command *const *commands = ks_commands(&count);
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        const struct ks_command *command = commands[i];

        if (command->hidden)
            continue;
        rc = ks_buf_printf(out, "complete -c keysweep -n __fish_use_subcommand "
                           "-a %s -d ", command->name);
        if (rc == KS_OK)
            rc = ks_shell_quote(out, command->summary);
        for (size_t g = 0; g < KS_COMMAND_GROUPS && rc == KS_OK; g++)
            for (size_t j = 0; j < command->options[g].len && rc == KS_OK;
                 j++) {
                const struct ks_option *row = &command->options[g].items[j];

                rc = ks_buf_printf(out, "\ncomplete -c keysweep -n "
                                   "'__fish_seen_subcommand_from %s' -l %s%s "
                                   "-d ", command->name, row->name,
                                   row->kind == KS_OPTION_FLAG ? "" : " -r");
                if (rc == KS_OK)
                    rc = ks_shell_quote(out, row->help);
            }
        if (rc == KS_OK)
            rc = ks_buf_add_byte(out, '\n');
    }
    return rc;
}
