/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/habits.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/say.h"
#include "rules/read.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { HELP_CAP = 1 << 20, FIRST_OPERAND = 2, MOST_COMMANDS = 32 };

static const struct ks_command *find(const char *name)
{
    size_t count;
    const struct ks_command *const *commands = ks_commands(&count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int print_help(const struct ks_command *command, struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc;

    ks_buf_init(&text, HELP_CAP);
    rc = command == NULL ? ks_help_overview(&text)
                         : ks_help_command(&text, command);
    if (rc == KS_OK)
        rc = ks_output_text(ks_buf_span(&text), err);
    else
        (void)ks_fail_memory(err);
    ks_buf_release(&text);
    return rc == KS_OK ? KS_EXIT_CLEAN : KS_EXIT_ERROR;
}

static size_t groups_of(const struct ks_command *command)
{
    size_t count = 0;

    while (count < KS_COMMAND_GROUPS && command->options[count].len > 0)
        count++;
    return count;
}

static int run(const struct ks_command *command, int argc, char **argv,
               struct ks_err *err)
{
    struct ks_args args = {0};
    int status = KS_EXIT_ERROR;

    if (ks_args_parse(&args, argc, argv, command->options, groups_of(command),
                      err) == KS_OK)
        status = args.help ? print_help(command, err)
                           : command->run(command, &args, err);
    ks_args_release(&args);
    return status;
}

static void unknown(const char *name, struct ks_err *err)
{
    const char *names[MOST_COMMANDS];
    const char *here = ks_habit_command(name);
    size_t count, len = 0;
    const struct ks_command *const *commands = ks_commands(&count);
    const char *near;

    for (size_t i = 0; i < count && len < MOST_COMMANDS; i++)
        if (!commands[i]->hidden)
            names[len++] = commands[i]->name;
    near = ks_read_nearest(name, names, len);
    if (name[0] == '-')
        (void)ks_fail(err, KS_EINVAL,
                      "options stand behind the command, as in keysweep scan "
                      "%s",
                      name);
    else if (here != NULL)
        (void)ks_fail(err, KS_EINVAL, "there is no command '%s' (here: %s)",
                      name, here);
    else if (near != NULL)
        (void)ks_fail(err, KS_EINVAL,
                      "there is no command '%s' (did you mean %s?)", name,
                      near);
    else
        (void)ks_fail(err, KS_EINVAL,
                      "there is no command '%s' (keysweep --help lists them)",
                      name);
}

/* The overview if `name` is NULL. */
static int help_on(const char *name, struct ks_err *err)
{
    const struct ks_command *command = name == NULL ? NULL : find(name);

    if (name == NULL || command != NULL)
        return print_help(command, err);
    unknown(name, err);
    return KS_EXIT_ERROR;
}

static int dispatch(int argc, char **argv, struct ks_err *err)
{
    const struct ks_command *command;

    if (argc < FIRST_OPERAND) {
        (void)print_help(NULL, err);
        (void)ks_fail(err, KS_EINVAL,
                      "which command? (keysweep git . scans a "
                      "repository)");
        return KS_EXIT_ERROR;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help(NULL, err);
    if (strcmp(argv[1], "help") == 0)
        return help_on(argc > FIRST_OPERAND ? argv[2] : NULL, err);
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0)
        return ks_output_text(ks_span_str("keysweep " KS_VERSION "\n"), err) ==
                       KS_OK
                   ? KS_EXIT_CLEAN
                   : KS_EXIT_ERROR;
    command = find(argv[1]);
    if (command == NULL) {
        unknown(argv[1], err);
        return KS_EXIT_ERROR;
    }
    return run(command, argc - 1, argv + 1, err);
}

/*
 * If a standard file is closed, the next that is opened would be taken for it.
 * What stands in for it can be neither read nor written, as it should be.
 */
static void hold_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    struct ks_err err = {{0}};
    int status;

    hold_standard_files();
    status = dispatch(argc, argv, &err);
    if (err.text[0] != '\0' && status == KS_EXIT_ERROR)
        ks_say("", err.text);
    return status;
}
