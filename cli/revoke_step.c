/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/revoke_step.h"

#include "base/file.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/stop.h"
#include "revoke/deliver.h"
#include "revoke/notify.h"
#include "revoke/types.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN_CAP = 64 * 1024 * 1024 };

static enum ks_rc default_path(char out[PATH_MAX], struct ks_err *err)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    int used = -1;

    if (config != NULL && config[0] == '/')
        used = snprintf(out, PATH_MAX, "%s/keysweep/revocation.yml", config);
    else if (home != NULL)
        used = snprintf(out, PATH_MAX, "%s/.config/keysweep/revocation.yml",
                        home);
    if (used < 0 || used >= PATH_MAX)
        return ks_fail(err, KS_EINVAL,
                       "no configuration of revocation: name one by "
                       "--revocation=FILE");
    return KS_OK;
}

enum ks_rc ks_revoke_read_config(struct ks_revoke_config **out,
                                 const struct ks_args *args, struct ks_err *err)
{
    char path[PATH_MAX];
    enum ks_rc rc;

    if (args->revocation != NULL)
        return ks_revoke_config_load(out, args->revocation, err);
    rc = default_path(path, err);
    return rc != KS_OK ? rc : ks_revoke_config_load(out, path, err);
}

struct facts {
    struct ks_types *types;
    struct ks_spool *spool;
    enum ks_rc rc;
    struct ks_err *err;
};

static bool type_supported(void *ctx, const struct ks_channel *channel,
                           const char *type)
{
    struct facts *facts = ctx;

    return ks_types_hold(facts->types, channel, type);
}

/* What cannot be looked up counts as sent: the plan fails anyway. */
static bool already_sent(void *ctx, const struct ks_channel *channel,
                         const char *finding)
{
    struct facts *facts = ctx;
    bool sent = true;

    if (facts->spool == NULL)
        return false;
    if (facts->rc == KS_OK)
        facts->rc = ks_spool_sent(&sent, facts->spool, channel->name, finding,
                                  facts->err);
    return sent;
}

enum ks_rc ks_revoke_make_plan(struct ks_plan **out,
                               const struct ks_report *report,
                               const struct ks_revoke_config *config,
                               struct ks_spool *spool, bool offline,
                               const struct ks_log *log, struct ks_err *err)
{
    struct facts facts = {.spool = spool, .err = err};
    const struct ks_plan_facts asked = {&facts, type_supported, already_sent};
    struct ks_plan *plan = NULL;
    enum ks_rc rc = ks_types_new(&facts.types, config, spool, offline, err);

    if (rc != KS_OK)
        return rc;
    rc = ks_revoke_plan(&plan, report, config, &asked, (int64_t)time(NULL),
                        err);
    if (ks_types_trouble(facts.types) != NULL)
        ks_log(log, KS_LOG_WARN, "the types of a key service are not known: %s",
               ks_types_trouble(facts.types));
    ks_types_free(facts.types);
    if (rc == KS_OK && facts.rc != KS_OK) {
        ks_plan_free(plan);
        return facts.rc;
    }
    if (rc == KS_OK && plan->locked.unlocked)
        ks_log(log, KS_LOG_WARN,
               "not all secrets are in locked memory (see ulimit -l)");
    if (rc == KS_OK)
        *out = plan;
    return rc;
}

enum ks_rc ks_revoke_deliver(int *status, struct ks_spool *spool,
                             const struct ks_revoke_config *config,
                             const struct ks_args *args,
                             const struct ks_log *log, struct ks_err *err)
{
    const struct ks_deliver_options options = {
        .wait = args->wait, .stop = ks_stop_on_signals(), .log = log};
    struct ks_deliver_result result = {0};
    struct ks_spool_counts counts;
    enum ks_rc rc = ks_deliver(&result, spool, config, &options, err);

    if (rc == KS_OK)
        rc = ks_spool_count(&counts, spool, err);
    if (rc != KS_OK)
        return rc;
    if (!args->quiet)
        (void)printf("%" PRIu64 " arrived now, %" PRId64 " wait, %" PRId64
                     " will not arrive\n",
                     result.done, counts.pending, counts.dead);
    if (counts.dead > 0)
        *status = KS_EXIT_FINDINGS;
    else if (counts.pending > 0)
        *status = KS_EXIT_INCOMPLETE;
    else
        *status = KS_EXIT_CLEAN;
    return KS_OK;
}

static enum ks_rc show(const struct ks_plan *plan, struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc;

    ks_buf_init(&text, SHOWN_CAP);
    rc = ks_plan_text(&text, plan, err);
    if (rc == KS_OK)
        rc = ks_file_write_all(STDERR_FILENO, ks_buf_span(&text),
                               "standard error", err);
    ks_buf_release(&text);
    return rc;
}

static enum ks_rc confirm(struct ks_spool *spool, const struct ks_plan *plan,
                          struct ks_err *err)
{
    struct ks_plan_file file = {.json = plan->json};
    enum ks_rc rc = ks_spool_save_plan(spool, plan, err);

    memcpy(file.id, plan->id, sizeof(file.id));
    return rc != KS_OK ? rc : ks_spool_confirm(spool, &file, "policy", err);
}

static enum ks_rc plan_and_confirm(const struct ks_report *report,
                         const struct ks_revoke_config *config,
                         struct ks_spool *spool, const struct ks_args *args,
                         const struct ks_log *log, struct ks_err *err)
{
    struct ks_plan *plan = NULL;
    enum ks_rc rc =
        ks_revoke_make_plan(&plan, report, config, spool, false, log, err);

    if (rc == KS_OK && !args->quiet)
        rc = show(plan, err);
    if (rc == KS_OK && strcmp(args->revoke, "send") == 0 &&
        plan->action_count > 0)
        rc = confirm(spool, plan, err);
    ks_plan_free(plan);
    return rc;
}

static enum ks_rc check_words(const struct ks_args *args, struct ks_err *err)
{
    if (args->revoke == NULL)
        return KS_OK;
    if (strcmp(args->revoke, "plan") != 0 && strcmp(args->revoke, "send") != 0)
        return ks_fail(err, KS_EINVAL, "--revoke takes plan or send, not '%s'",
                       args->revoke);
    if (strcmp(args->revoke, "send") == 0 &&
        (args->yes_revoke == NULL || strcmp(args->yes_revoke, "policy") != 0))
        return ks_fail(err, KS_EINVAL,
                       "--revoke=send revokes what the policy allows, without "
                       "asking: confirm it by --yes-revoke=policy");
    return KS_OK;
}

enum ks_rc ks_revoke_check(const struct ks_args *args, struct ks_err *err)
{
    struct ks_revoke_config *config = NULL;
    struct ks_spool *spool = NULL;
    enum ks_rc rc;

    if (args->taker != NULL || (args->revoke == NULL && !args->notify))
        return KS_OK;
    ks_locked_harden();
    rc = check_words(args, err);
    if (rc == KS_OK)
        rc = ks_revoke_read_config(&config, args, err);
    if (rc == KS_OK && (args->notify || args->revoke[0] == 's'))
        rc = ks_spool_open(&spool, config, err);
    ks_spool_close(spool);
    ks_revoke_config_free(config);
    return rc;
}

enum ks_rc ks_revoke_step(const struct ks_report *report,
                          const struct ks_args *args, const struct ks_log *log,
                          struct ks_err *err)
{
    struct ks_revoke_config *config = NULL;
    struct ks_spool *spool = NULL;
    bool sends = args->notify;
    int status = 0;
    enum ks_rc rc;

    if (args->taker != NULL || (args->revoke == NULL && !args->notify))
        return KS_OK;
    rc = ks_revoke_read_config(&config, args, err);
    sends = sends || (args->revoke != NULL && args->revoke[0] == 's');
    if (rc == KS_OK && (sends || config->spool != NULL))
        rc = ks_spool_open(&spool, config, err);
    if (rc == KS_OK && args->notify)
        rc = ks_notify_findings(spool, report, err);
    if (rc == KS_OK && args->revoke != NULL)
        rc = plan_and_confirm(report, config, spool, args, log, err);
    if (rc == KS_OK && sends) {
        struct ks_args quiet = *args;

        quiet.quiet = true; /* standard output is the report's */
        rc = ks_revoke_deliver(&status, spool, config, &quiet, log, err);
    }
    ks_spool_close(spool);
    ks_revoke_config_free(config);
    return rc;
}
