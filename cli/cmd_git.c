/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_git.c: keysweep git [REPO] */
#include "cli/history.h"
#include "cli/options.h"

#include "base/hash.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct ks_option own[] = {
    {0, "staged", KS_OPTION_FLAG, NULL, "what the index adds to HEAD",
     KS_FIELD(staged)},
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
         args->state != NULL || args->branches.len > 0))
        rc = ks_fail(err, KS_EINVAL,
                     "--staged looks at the index, not at "
                     "history: leave --range, --since, --branch, --state and "
                     "--all-objects out");
    return rc;
}

/* Stands for all that decides in which objects something is found. */
static enum ks_rc state_key(uint8_t out[KS_GIT_STATE_KEY],
                            const struct ks_session *s, struct ks_err *err)
{
    const char *confidence =
        s->args->confidence == NULL ? "" : s->args->confidence;
    uint8_t rules[KS_SHA256_LEN];
    struct ks_sha256 *hash = NULL;
    enum ks_rc rc = ks_ruleset_hash(rules, s->ruleset, err);

    if (rc == KS_OK)
        rc = ks_sha256_new(&hash, err);
    if (rc != KS_OK)
        return rc;
    ks_sha256_add_field(hash, ks_span_str(KS_VERSION));
    ks_sha256_add_field(hash, (struct ks_span){rules, sizeof(rules)});
    ks_sha256_add_field(hash, ks_span_str(confidence));
    ks_sha256_add_field(hash,
                        ks_span_str(s->args->all_rules ? "all" : "usual"));
    ks_sha256_add_field(
        hash, ks_span_str(s->args->no_allow_comments ? "all" : "allowed"));
    ks_sha256_finish(hash, out);
    ks_sha256_free(hash);
    return KS_OK;
}

/* Scans all of history, or what its state does not know. */
static enum ks_rc scan_history(struct ks_session *s, struct ks_git *git,
                               const struct ks_blob_sink *sink,
                               struct ks_err *err)
{
    uint8_t key[KS_GIT_STATE_KEY];
    enum ks_rc rc = KS_OK;

    if (s->args->state != NULL) {
        rc = state_key(key, s, err);
        if (rc == KS_OK)
            ks_git_use_state(git, s->args->state, key);
    }
    if (rc == KS_OK)
        rc = ks_git_scan(git, sink, err);
    if (rc != KS_OK && rc != KS_ECANCELED)
        return rc;
    rc = ks_history_locate(git, s->collector, err);
    return rc == KS_OK ? ks_git_remember(git, err) : rc;
}

static int scan(struct ks_session *s, struct ks_git *git, const char *target,
                struct ks_err *err)
{
    bool staged = s->args->staged;
    struct ks_blob_sink sink;
    enum ks_rc rc =
        ks_session_collect(s, staged ? 1 : ks_git_jobs(git), !staged, err);

    if (rc != KS_OK)
        return KS_EXIT_ERROR;
    sink = ks_collector_sink(s->collector);
    rc = staged ? ks_git_staged(git, &sink, err)
                : scan_history(s, git, &sink, err);
    if (staged && rc == KS_ECANCELED)
        rc = KS_OK;
    if (rc != KS_OK)
        return KS_EXIT_ERROR;
    return ks_session_report(s, staged ? KS_SCAN_STAGED : KS_SCAN_GIT, target,
                             err);
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
        status = scan(&session, git, target, err);
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
             "brought each secret.",
    .example = "keysweep git --range origin/main..HEAD",
    .options = {KS_OPTIONS(own),
                {ks_options_revoke, KS_OPTIONS_REVOKE},
                {ks_options_rules, KS_OPTIONS_RULES},
                {ks_options_report, KS_OPTIONS_REPORT},
                {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
