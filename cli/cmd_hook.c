/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_hook.c: keysweep hook install|pre-commit|pre-push|pre-receive */
#include "cli/history.h"
#include "cli/hook_install.h"
#include "cli/hook_lines.h"
#include "cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INPUT_CAP = 64 << 20, READ_STEP = 1 << 16, REF_NAME = 512 };

/* What to do next, for the person whose commit or push has stopped. */
static void advise(int status)
{
    if (status == KS_EXIT_FINDINGS)
        (void)fputs(
            "\nkeysweep stopped this. Take the secret out (and revoke it if it "
            "has left this\nmachine), or, if it is none, end its line with the "
            "comment\n    keysweep:allow and why\nor list its id with a reason "
            "under 'allow' in .keysweep.yml.\n",
            stderr);
    else if (status == KS_EXIT_INCOMPLETE)
        (void)fputs("\nkeysweep stopped this: not everything could be scanned "
                    "(see above), and unscanned is\nnot clean.\n",
                    stderr);
    else if (status == KS_EXIT_ERROR)
        (void)fputs("\nkeysweep stopped this, for it could not scan:\n",
                    stderr);
}

static int scan(struct ks_git_options *options, const struct ks_args *args,
                enum ks_history_what what, struct ks_err *err)
{
    struct ks_session session = {0};
    struct ks_git *git = NULL;
    int status = KS_EXIT_ERROR;
    enum ks_rc rc = ks_session_open(&session, args, err);

    options->from_environment = true;
    if (rc == KS_OK)
        rc =
            ks_history_open(&git, &session, ".", options, KS_TRUST_ALWAYS, err);
    if (rc == KS_OK)
        status = ks_history_scan(&session, git, ".", what, err);
    ks_git_free(git);
    ks_session_close(&session);
    return status;
}

static int pre_commit(const struct ks_args *args, struct ks_err *err)
{
    struct ks_git_options options = {0};

    return scan(&options, args, KS_HISTORY_STAGED, err);
}

static enum ks_rc read_input(struct ks_buf *out, struct ks_err *err)
{
    for (;;) {
        ssize_t got = ks_buf_read(out, STDIN_FILENO, READ_STEP);

        if (got == 0)
            return KS_OK;
        if (got < 0 && errno != EINTR)
            return ks_fail(err, KS_EIO, "read standard input: %s",
                           strerror(errno));
    }
}

static int scan_commits(const struct ks_hook_commits *commits,
                        const char *known_refs, const struct ks_args *args,
                        struct ks_err *err)
{
    struct ks_git_options options = {
        .include = commits->include.items,
        .include_count = commits->include.len,
        .exclude = commits->exclude.items,
        .exclude_count = commits->exclude.len,
        .exclude_refs = known_refs,
    };

    if (commits->include.len == 0)
        return KS_EXIT_CLEAN;
    return scan(&options, args, KS_HISTORY_ADDED, err);
}

/* Under the pre-commit framework the range is told by the environment. */
static bool framework_range(char *out, size_t room)
{
    const char *from = getenv("PRE_COMMIT_FROM_REF");
    const char *to = getenv("PRE_COMMIT_TO_REF");
    int used;

    if (from == NULL || to == NULL || *from == '\0' || *to == '\0')
        return false;
    used = snprintf(out, room, "%s..%s", from, to);
    return used > 0 && (size_t)used < room;
}

/* A new branch without a common ancestor: all of it that no remote has. */
static int push_of_framework(const struct ks_args *args, struct ks_err *err)
{
    char range[REF_NAME];
    struct ks_git_options options = {.exclude_refs = "refs/remotes/"};

    options.range = framework_range(range, sizeof(range)) ? range : "HEAD";
    return scan(&options, args, KS_HISTORY_ADDED, err);
}

static int pre_push(const struct ks_args *args, struct ks_err *err)
{
    struct ks_hook_commits commits = {0};
    char known[REF_NAME] = "refs/remotes/";
    struct ks_buf input;
    int status = KS_EXIT_ERROR;

    if (args->operands.len > 1 && strchr(args->operands.items[1], '/') == NULL)
        (void)snprintf(known, sizeof(known), "refs/remotes/%s/",
                       args->operands.items[1]);
    ks_buf_init(&input, INPUT_CAP);
    if (read_input(&input, err) == KS_OK &&
        ks_hook_read_push(&commits, ks_buf_span(&input), err) == KS_OK)
        status = scan_commits(&commits, known, args, err);
    ks_buf_release(&input);
    ks_hook_commits_release(&commits);
    return status;
}

static int pre_receive(const struct ks_args *args, struct ks_err *err)
{
    struct ks_hook_commits commits = {0};
    struct ks_buf input;
    int status = KS_EXIT_ERROR;

    ks_buf_init(&input, INPUT_CAP);
    if (read_input(&input, err) == KS_OK &&
        ks_hook_read_receive(&commits, ks_buf_span(&input), err) == KS_OK)
        status = scan_commits(&commits, "refs/", args, err);
    ks_buf_release(&input);
    ks_hook_commits_release(&commits);
    return status;
}

/* As the pre-commit framework calls it, whatever the stage. */
static int run_by_framework(const struct ks_args *args, struct ks_err *err)
{
    char range[REF_NAME];

    if (getenv("PRE_COMMIT_REMOTE_NAME") != NULL ||
        framework_range(range, sizeof(range)))
        return push_of_framework(args, err);
    return pre_commit(args, err);
}

static int install(const struct ks_args *args, struct ks_err *err)
{
    return ks_hook_install(args, err) == KS_OK ? KS_EXIT_CLEAN : KS_EXIT_ERROR;
}

static int uninstall(const struct ks_args *args, struct ks_err *err)
{
    return ks_hook_uninstall(args, err) == KS_OK ? KS_EXIT_CLEAN
                                                 : KS_EXIT_ERROR;
}

static const struct {
    const char *name;
    bool blocks; /* stops what git is about to do */
    int (*run)(const struct ks_args *args, struct ks_err *err);
} verbs[] = {
    {"install", false, install},        {"uninstall", false, uninstall},
    {"pre-commit", true, pre_commit},   {"pre-push", true, pre_push},
    {"pre-receive", true, pre_receive}, {"run", true, run_by_framework},
};

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    const char *verb = args->operands.len == 0 ? "" : args->operands.items[0];

    (void)command;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        int status;

        if (strcmp(verbs[i].name, verb) != 0)
            continue;
        status = verbs[i].run(args, err);
        if (verbs[i].blocks)
            advise(status);
        return status;
    }
    (void)ks_fail(err, KS_EINVAL,
                  "hook install, uninstall, pre-commit, pre-push, "
                  "pre-receive or run, not '%s'",
                  verb);
    return KS_EXIT_ERROR;
}

static const struct ks_option own[] = {
    {0, "allow-foreign-owner", KS_OPTION_FLAG, NULL,
     "open a repository of another user", KS_FIELD(allow_foreign_owner)},
};

const struct ks_command ks_cmd_hook = {
    .name = "hook",
    .operands = "install [NAME…] | uninstall [NAME…] | pre-commit | pre-push | "
                "pre-receive | run",
    .summary = "install git hooks, or be one",
    .about = "install puts keysweep before commits (pre-commit), pushes "
             "(pre-push) or, on a server,\nreceived pushes (pre-receive); a "
             "hook that is there already runs first. run is "
             "what the pre-commit framework calls.",
    .example = "keysweep hook install pre-commit pre-push",
    .options = {KS_OPTIONS(own),
                {ks_options_rules, KS_OPTIONS_RULES},
                {ks_options_report, KS_OPTIONS_REPORT},
                {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
