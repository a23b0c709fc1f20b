/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_git.c: keysweep git [REPO] */
#include "cli/history.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct ks_option own[] = {
    {0, "staged", KS_OPTION_FLAG, NULL, "what the index adds to HEAD",
     KS_FIELD(staged)},
    {0, "whole-files", KS_OPTION_FLAG, NULL,
     "with --staged or --range: also what these files held before",
     KS_FIELD(whole_files)},
    {0, "range", KS_OPTION_TEXT, "A..B", "what these commits add",
     KS_FIELD(range)},
    {0, "branch", KS_OPTION_LIST, "NAME", "only this branch or ref; repeatable",
     KS_FIELD(branches)},
    {0, "since", KS_OPTION_TEXT, "DAY", "commits since YYYY-MM-DD",
     KS_FIELD(since)},
    {0, "all-objects", KS_OPTION_FLAG, NULL,
     "every object, unreachable ones included", KS_FIELD(all_objects)},
    {0, "unreachable", KS_OPTION_FLAG, NULL, "the same as --all-objects",
     KS_FIELD(all_objects)},
    {0, "verify-objects", KS_OPTION_FLAG, NULL,
     "check that every object has the hash it is named by",
     KS_FIELD(verify_objects)},
    {0, "engine", KS_OPTION_TEXT, "NAME", "delta (default) or whole",
     KS_FIELD(engine)},
    {0, "state", KS_OPTION_TEXT, "FILE",
     "remember this scan; the next one looks at what is new", KS_FIELD(state)},
    {0, "allow-foreign-owner", KS_OPTION_FLAG, NULL,
     "open a repository of another user", KS_FIELD(allow_foreign_owner)},
};

static enum ks_rc read_since(int64_t *out, const char *text, struct ks_err *err)
{
    struct tm day = {0};
    const char *end = strptime(text, "%Y-%m-%d", &day);

    if (end == NULL || *end != '\0')
        return ks_fail(err, KS_EINVAL,
                       "--since takes a day as 2030-12-31, not '%s'", text);
    *out = (int64_t)timegm(&day);
    return KS_OK;
}

static enum ks_rc read_options(struct ks_git_options *options,
                               const struct ks_args *args, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    *options = (struct ks_git_options){
        .range = args->range,
        .branches = args->branches.items,
        .branch_count = args->branches.len,
        .all_objects = args->all_objects,
        .verify_objects = args->verify_objects,
        .allow_foreign_owner = args->allow_foreign_owner,
    };
    if (args->since != NULL)
        rc = read_since(&options->since, args->since, err);
    if (rc == KS_OK && args->engine != NULL) {
        if (strcmp(args->engine, "whole") == 0)
            options->engine = KS_ENGINE_WHOLE;
        else if (strcmp(args->engine, "delta") != 0)
            rc = ks_fail(err, KS_EINVAL,
                         "--engine takes delta or whole, not '%s'",
                         args->engine);
    }
    if (rc == KS_OK && args->staged &&
        (args->range != NULL || args->since != NULL || args->all_objects ||
         args->state != NULL || args->verify_objects || args->branches.len > 0))
        rc = ks_fail(err, KS_EINVAL,
                     "--staged looks at the index, not at "
                     "history: leave --range, --since, --branch, --state, "
                     "--all-objects and --verify-objects out");
    if (rc == KS_OK && args->whole_files && !args->staged &&
        args->range == NULL)
        rc = ks_fail(err, KS_EINVAL,
                     "--whole-files goes with --staged or --range");
    if (rc == KS_OK && args->state != NULL &&
        (args->range != NULL || args->since != NULL || args->all_objects ||
         args->branches.len > 0))
        rc = ks_fail(err, KS_EINVAL,
                     "--state serves scans of all of history: leave --range, "
                     "--since, --branch and --all-objects out");
    return rc;
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    const char *target =
        args->operands.len == 0 ? "." : args->operands.items[0];
    struct ks_git_options options;
    struct ks_session session = {0};
    struct ks_git *git = NULL;
    int status = KS_EXIT_ERROR;
    enum ks_rc rc;

    (void)command;
    if (args->operands.len > 1) {
        (void)ks_fail(err, KS_EINVAL, "one repository at a time");
        return KS_EXIT_ERROR;
    }
    rc = read_options(&options, args, err);
    if (rc == KS_OK)
        rc = ks_session_open(&session, args, err);
    if (rc == KS_OK)
        rc = ks_history_open(&git, &session, target, &options, KS_TRUST_OWN,
                             err);
    if (rc == KS_OK)
        status = ks_history_scan(&session, git, target,
                                 args->staged          ? KS_HISTORY_STAGED
                                 : args->range != NULL ? KS_HISTORY_ADDED
                                                       : KS_HISTORY_CHOSEN,
                                 err);
    ks_git_free(git);
    ks_session_close(&session);
    return status;
}

const struct ks_command ks_cmd_git = {
    .name = "git",
    .operands = "[REPO]",
    .summary = "scan the history of a git repository, or what is staged",
    .about = "Scans all refs, reflogs, stashes and worktrees of REPO (default: "
             "the repository of\nthe current directory), and says which commit "
             "brought each secret. Messages of\ncommits and tags and names of "
             "files are scanned, too; members of archives, names of\nauthors "
             "and of refs are not.",
    .example = "keysweep git --range origin/main..HEAD",
    .options = {KS_OPTIONS(own),
                {ks_options_revoke, KS_OPTIONS_REVOKE},
                {ks_options_rules, KS_OPTIONS_RULES},
                {ks_options_report, KS_OPTIONS_REPORT},
                {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
