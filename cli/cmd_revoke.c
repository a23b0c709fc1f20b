/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_revoke.c: keysweep revoke plan | send | status | retry | new-key */
#include "base/file.h"
#include "base/plural.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/revoke_step.h"
#include "cli/say.h"
#include "cli/session.h"
#include "revoke/seal.h"
#include "revoke/wire/json.h"
#include "revoke/wire/secret_file.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_CAP = 64 * 1024 * 1024, REPORT_CAP = 1024 * 1024 * 1024 };

static const struct ks_option own[] = {
    {0, "revocation", KS_OPTION_TEXT, "FILE",
     "configuration: channels, policy, spool", KS_FIELD(revocation)},
    {0, "history", KS_OPTION_FLAG, NULL, "plan: scan the git history at PATH",
     KS_FIELD(history)},
    {0, "report", KS_OPTION_TEXT, "FILE",
     "plan: only findings of this JSON report", KS_FIELD(report)},
    {0, "offline", KS_OPTION_FLAG, NULL, "plan: ask no service for its types",
     KS_FIELD(offline)},
    {'o', "output", KS_OPTION_TEXT, "FILE",
     "plan: keep the plan there, so that it can be sent", KS_FIELD(output)},
    {0, "plan", KS_OPTION_TEXT, "FILE", "send: the plan", KS_FIELD(plan)},
    {0, "yes-revoke", KS_OPTION_TEXT, "PLAN-ID",
     "send: confirms without asking", KS_FIELD(yes_revoke)},
    {0, "wait", KS_OPTION_FLAG, NULL, "send, retry: until nothing waits",
     KS_FIELD(wait)},
};

static void write_log(void *ctx, enum ks_log_level level, const char *line)
{
    (void)ctx;
    (void)level;
    ks_say("", line);
}

static struct ks_log log_of(const struct ks_args *args)
{
    return (struct ks_log){args->verbose ? KS_LOG_DEBUG
                           : args->quiet ? KS_LOG_ERROR
                                         : KS_LOG_WARN,
                           write_log, NULL};
}

/* Those that a report names and that the scan did not find again. */
static void add_missing(struct ks_finding *findings, size_t *count,
                        struct ks_rule *rules, const cJSON *wanted)
{
    size_t found = *count;
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, wanted)
    {
        const char *id = ks_wire_text(item, "id");
        const char *rule = ks_wire_text(item, "rule");
        size_t at = 0;

        if (id == NULL || rule == NULL || strlen(id) != KS_FINDING_ID - 1)
            continue;
        while (at < found && strcmp(findings[at].id, id) != 0)
            at++;
        if (at < found)
            continue;
        *rules = (struct ks_rule){.id = rule, .name = rule};
        findings[*count] = (struct ks_finding){.rule = rules++};
        memcpy(findings[(*count)++].id, id, KS_FINDING_ID);
    }
}

/* Findings are taken by ks_taker while the scan's memory is still there. */
struct planning {
    const struct ks_args *args;
    const struct ks_revoke_config *config;
    struct ks_log log;
    cJSON *wanted; /* findings of a report; NULL: all */
};

static bool is_wanted(const struct planning *planning, const char *id)
{
    const cJSON *item = NULL;

    if (planning->wanted == NULL)
        return true;
    cJSON_ArrayForEach(item, planning->wanted)
    {
        const char *text = ks_wire_text(item, "id");

        if (text != NULL && strcmp(text, id) == 0)
            return true;
    }
    return false;
}

static enum ks_rc write_plan(const struct ks_plan *plan,
                             const struct ks_args *args, struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc;

    if (args->output != NULL) {
        rc = ks_file_replace(args->output, ks_buf_span(&plan->json), 0600, err);
        if (rc != KS_OK)
            return rc;
    }
    if (args->quiet)
        return KS_OK;
    ks_buf_init(&text, SHOWN_CAP);
    rc = ks_plan_text(&text, plan, err);
    if (rc == KS_OK)
        rc = ks_output_text(ks_buf_span(&text), err);
    ks_buf_release(&text);
    return rc;
}

/* Only a plan that is kept can be sent: only then are secrets kept, sealed. */
static enum ks_rc plan_of(const struct planning *planning,
                          const struct ks_report *report, struct ks_err *err)
{
    bool kept = planning->args->output != NULL;
    struct ks_spool *spool = NULL;
    struct ks_plan *plan = NULL;
    enum ks_rc rc = KS_OK;

    if (planning->config->spool != NULL || kept)
        rc = ks_spool_open(&spool, planning->config, err);
    if (rc == KS_OK)
        rc = ks_revoke_make_plan(&plan, report, planning->config, spool,
                                 planning->args->offline, &planning->log, err);
    if (rc == KS_OK && kept)
        rc = ks_spool_save_plan(spool, plan, err);
    if (rc == KS_OK)
        rc = write_plan(plan, planning->args, err);
    if (rc == KS_OK && kept)
        rc = ks_spool_flush(spool, false, err);
    ks_plan_free(plan);
    ks_spool_close(spool);
    return rc;
}

static enum ks_rc take(void *ctx, const struct ks_report *report,
                       struct ks_err *err)
{
    const struct planning *planning = ctx;
    struct ks_report chosen = *report;
    size_t named = planning->wanted == NULL
                       ? 0
                       : (size_t)cJSON_GetArraySize(planning->wanted);
    struct ks_finding *findings =
        calloc(report->finding_count + named + 1, sizeof(*findings));
    struct ks_rule *rules = calloc(named + 1, sizeof(*rules));
    enum ks_rc rc;

    if (findings == NULL || rules == NULL) {
        free(findings);
        free(rules);
        return ks_fail_memory(err);
    }
    chosen.findings = findings;
    chosen.finding_count = 0;
    for (size_t i = 0; i < report->finding_count; i++)
        if (is_wanted(planning, report->findings[i].id))
            findings[chosen.finding_count++] = report->findings[i];
    add_missing(findings, &chosen.finding_count, rules, planning->wanted);
    rc = plan_of(planning, &chosen, err);
    free(findings);
    free(rules);
    return rc;
}

static enum ks_rc read_wanted(cJSON **out, const char *path, struct ks_err *err)
{
    cJSON *root = NULL;
    struct ks_buf text;
    enum ks_rc rc;

    if (path == NULL)
        return KS_OK;
    ks_buf_init(&text, REPORT_CAP);
    rc = ks_file_read(&text, path, err);
    if (rc == KS_OK) {
        rc = ks_json_parse(&root, ks_buf_span(&text), err);
        if (rc == KS_OK)
            *out = cJSON_DetachItemFromObjectCaseSensitive(root, "findings");
        if (rc == KS_OK && !cJSON_IsArray(*out))
            rc = ks_fail(err, KS_EFORMAT, "no keysweep JSON report");
        if (rc != KS_OK)
            rc = ks_fail_within(err, rc, "%s", path);
    }
    cJSON_Delete(root);
    ks_buf_release(&text);
    return rc;
}

static int plan(const struct ks_args *args, struct ks_err *err)
{
    struct ks_revoke_config *config = NULL;
    struct planning planning = {.args = args, .log = log_of(args)};
    const struct ks_taker taker = {take, &planning};
    const struct ks_command *scan = args->history ? &ks_cmd_git : &ks_cmd_scan;
    struct ks_args scanning = *args;
    int status = KS_EXIT_ERROR;
    enum ks_rc rc = ks_revoke_read_config(&config, args, err);

    if (rc == KS_OK)
        rc = read_wanted(&planning.wanted, args->report, err);
    if (rc == KS_OK) {
        planning.config = config;
        scanning.taker = &taker;
        scanning.format = NULL;
        scanning.operands.items++;
        scanning.operands.len--;
        status = scan->run(scan, &scanning, err);
        if (status == KS_EXIT_FINDINGS)
            status = KS_EXIT_CLEAN;
    }
    cJSON_Delete(planning.wanted);
    ks_revoke_config_free(config);
    return status;
}

/* Counts of a plan's actions by channel, for the question. */
static void print_counts(const cJSON *actions)
{
    const cJSON *a = NULL;

    (void)fprintf(stderr, "This revokes %d secret%s:\n",
                  cJSON_GetArraySize(actions),
                  ks_plural((uint64_t)cJSON_GetArraySize(actions)));
    cJSON_ArrayForEach(a, actions)
    {
        const char *channel = ks_wire_text(a, "channel");
        const cJSON *b = NULL;
        int count = 0, before = 0;
        bool passed = false;

        cJSON_ArrayForEach(b, actions)
        {
            const char *other = ks_wire_text(b, "channel");

            passed = passed || b == a;
            if (channel == NULL || other == NULL || strcmp(channel, other) != 0)
                continue;
            count++;
            before += passed ? 0 : 1;
        }
        if (before == 0 && channel != NULL)
            (void)fprintf(
                stderr, "  %s: %d%s\n", channel, count,
                cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(a, "reversible"))
                    ? ""
                    : " (cannot be undone)");
    }
}

static enum ks_rc ask(const struct ks_plan_file *file, struct ks_err *err)
{
    char answer[32] = "";
    cJSON *root = NULL;
    enum ks_rc rc;

    if (isatty(STDIN_FILENO) == 0)
        return ks_fail(err, KS_EINVAL,
                       "nobody is here to confirm; --yes-revoke=%s would",
                       file->id);
    rc = ks_json_parse(&root, ks_buf_span(&file->json), err);
    if (rc != KS_OK)
        return rc;
    print_counts(cJSON_GetObjectItemCaseSensitive(root, "actions"));
    cJSON_Delete(root);
    (void)fprintf(stderr, "Type the word revoke to go on: ");
    if (fgets(answer, sizeof(answer), stdin) == NULL ||
        strcmp(answer, "revoke\n") != 0)
        return ks_fail(err, KS_ECANCELED, "not confirmed: nothing was sent");
    return KS_OK;
}

static enum ks_rc confirm(struct ks_spool *spool, const struct ks_args *args,
                          const struct ks_plan_file *file, struct ks_err *err)
{
    if (args->yes_revoke == NULL) {
        enum ks_rc rc = ask(file, err);

        return rc != KS_OK ? rc
                           : ks_spool_confirm(spool, file, "terminal", err);
    }
    if (strcmp(args->yes_revoke, file->id) != 0)
        return ks_fail(err, KS_EINVAL,
                       "--yes-revoke names %s, but the plan is %s",
                       args->yes_revoke, file->id);
    return ks_spool_confirm(spool, file, "option", err);
}

static enum ks_rc read_plan(struct ks_plan_file *out, const char *path,
                            struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc;

    if (path == NULL)
        return ks_fail(err, KS_EINVAL, "revoke send needs --plan=FILE");
    ks_buf_init(&text, KS_PLAN_CAP);
    rc = ks_file_read(&text, path, err);
    if (rc == KS_OK) {
        rc = ks_plan_read(out, ks_buf_span(&text), err);
        if (rc != KS_OK)
            rc = ks_fail_within(err, rc, "%s", path);
    }
    ks_buf_release(&text);
    return rc;
}

/* What the commands that work on the spool share. */
typedef enum ks_rc (*spool_fn)(int *status, struct ks_spool *spool,
                               const struct ks_revoke_config *config,
                               const struct ks_args *args, struct ks_err *err);

static int with_spool(const struct ks_args *args, spool_fn work,
                      struct ks_err *err)
{
    struct ks_revoke_config *config = NULL;
    struct ks_spool *spool = NULL;
    int status = KS_EXIT_CLEAN;
    enum ks_rc rc = ks_revoke_read_config(&config, args, err);

    if (rc == KS_OK)
        rc = ks_spool_open(&spool, config, err);
    if (rc == KS_OK)
        rc = work(&status, spool, config, args, err);
    ks_spool_close(spool);
    ks_revoke_config_free(config);
    return rc == KS_OK ? status : KS_EXIT_ERROR;
}

static enum ks_rc send_plan(int *status, struct ks_spool *spool,
                            const struct ks_revoke_config *config,
                            const struct ks_args *args, struct ks_err *err)
{
    struct ks_plan_file file = {0};
    struct ks_log log = log_of(args);
    enum ks_rc rc = read_plan(&file, args->plan, err);

    if (rc == KS_OK)
        rc = confirm(spool, args, &file, err);
    if (rc == KS_OK)
        rc = ks_revoke_deliver(status, spool, config, args, &log, err);
    ks_buf_release(&file.json);
    return rc;
}

static void print_row(void *ctx, const struct ks_spool_row *row)
{
    int64_t left = (row->due - ks_spool_now()) / 1000;

    (void)ctx;
    (void)printf("%s  %s  %s  %" PRId64 " secret%s  attempts %" PRId64, row->id,
                 row->state, row->channel, row->findings,
                 ks_plural((uint64_t)row->findings), row->attempts);
    if (strcmp(row->state, "pending") == 0 && left > 0)
        (void)printf("  due in %" PRId64 " s", left);
    (void)printf("%s%s\n", row->reason[0] == '\0' ? "" : "  ", row->reason);
}

static enum ks_rc show_status(int *status, struct ks_spool *spool,
                              const struct ks_revoke_config *config,
                              const struct ks_args *args, struct ks_err *err)
{
    struct ks_spool_counts counts = {0};
    enum ks_rc rc = ks_spool_count(&counts, spool, err);

    (void)config;
    (void)args;
    if (rc != KS_OK)
        return rc;
    (void)printf("%" PRId64 " arrived, %" PRId64 " wait, %" PRId64
                 " will not arrive, %" PRId64 " planned\n",
                 counts.done, counts.pending, counts.dead, counts.planned);
    *status = counts.dead > 0      ? KS_EXIT_FINDINGS
              : counts.pending > 0 ? KS_EXIT_INCOMPLETE
                                   : KS_EXIT_CLEAN;
    return ks_spool_list(spool, print_row, NULL, err);
}

static enum ks_rc retry(int *status, struct ks_spool *spool,
                        const struct ks_revoke_config *config,
                        const struct ks_args *args, struct ks_err *err)
{
    struct ks_log log = log_of(args);
    int64_t count = 0;
    enum ks_rc rc = ks_spool_retry(
        &count, spool, args->operands.len > 1 ? args->operands.items[1] : NULL,
        err);

    if (rc == KS_OK && args->operands.len > 1 && count == 0)
        rc = ks_fail(err, KS_ENOENT, "no message %s waits or is dead",
                     args->operands.items[1]);
    return rc != KS_OK
               ? rc
               : ks_revoke_deliver(status, spool, config, args, &log, err);
}

static int new_key(const struct ks_args *args, struct ks_err *err)
{
    const char *kind = args->operands.len == 3 ? args->operands.items[1] : "";
    const char *path = args->operands.len == 3 ? args->operands.items[2] : "";
    struct ks_sign_key key;
    struct ks_buf text;
    enum ks_rc rc;

    if (strcmp(kind, "spool") == 0)
        return ks_seal_create_key(path, err) == KS_OK ? KS_EXIT_CLEAN
                                                      : KS_EXIT_ERROR;
    if (strcmp(kind, "hmac") != 0 && strcmp(kind, "ed25519") != 0) {
        (void)ks_fail(err, KS_EINVAL,
                      "revoke new-key takes spool, hmac or ed25519, and a "
                      "file");
        return KS_EXIT_ERROR;
    }
    ks_buf_init(&text, 512);
    rc = ks_sign_key_generate(
        &text, kind[0] == 'h' ? KS_SIGN_HMAC : KS_SIGN_ED25519_SECRET, err);
    if (rc == KS_OK)
        rc = ks_secret_file_create(path, ks_buf_span(&text), err);
    if (rc == KS_OK && kind[0] == 'e') {
        rc = ks_sign_key_parse(&key, ks_buf_span(&text), err);
        ks_buf_wipe(&text);
        if (rc == KS_OK)
            rc = ks_sign_key_public(&text, &key, err);
        ks_sign_key_wipe(&key);
        if (rc == KS_OK)
            (void)printf("%.*s\n", (int)text.len, (const char *)text.ptr);
    }
    ks_buf_wipe(&text);
    return rc == KS_OK ? KS_EXIT_CLEAN : KS_EXIT_ERROR;
}

static int send_command(const struct ks_args *args, struct ks_err *err)
{
    return with_spool(args, send_plan, err);
}

static int status_command(const struct ks_args *args, struct ks_err *err)
{
    return with_spool(args, show_status, err);
}

static int retry_command(const struct ks_args *args, struct ks_err *err)
{
    return with_spool(args, retry, err);
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    static const struct {
        const char *name;
        int (*run)(const struct ks_args *args, struct ks_err *err);
    } verbs[] = {
        {"plan", plan},
        {"send", send_command},
        {"status", status_command},
        {"retry", retry_command},
        {"new-key", new_key},
    };
    const char *verb = args->operands.len == 0 ? "" : args->operands.items[0];

    (void)command;
    ks_locked_harden();
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(verbs[i].name, verb) == 0)
            return verbs[i].run(args, err);
    (void)ks_fail(err, KS_EINVAL,
                  "revoke takes plan, send, status, retry or new-key, not '%s'",
                  verb);
    return KS_EXIT_ERROR;
}

const struct ks_command ks_cmd_revoke = {
    .name = "revoke",
    .operands =
        "plan [PATH] | send | status | retry [MESSAGE] | new-key KIND FILE",
    .summary = "have found secrets revoked: plan, confirm, deliver",
    .about =
        "plan scans PATH and says what would be revoked where, and why the "
        "rest would not.\nsend delivers a plan after confirmation; status "
        "and retry look after what waits.\nnew-key makes a key file: spool, "
        "hmac or ed25519.",
    .example =
        "keysweep revoke plan --history --output=plan.json . && keysweep "
        "revoke send --plan=plan.json",
    .options = {KS_OPTIONS(own),
                {ks_options_rules, KS_OPTIONS_RULES},
                {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
