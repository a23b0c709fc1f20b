/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/session.h"

#include "base/hash.h"
#include "cli/baseline.h"
#include "cli/before.h"
#include "cli/cache_dir.h"
#include "cli/clock.h"
#include "cli/display.h"
#include "cli/output.h"
#include "cli/revoke_step.h"
#include "cli/say.h"
#include "cli/stop.h"
#include "report/mask.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_JOBS = 255, HIDE_ALL = 100 };

static const char config_name[] = ".keysweep.yml";
static const char ignore_name[] = ".gitleaksignore";

static void write_log(void *ctx, enum ks_log_level level, const char *line)
{
    static const char *const words[] = {"error: ", "warning: ", "", "debug: "};

    (void)ctx;
    ks_say(words[level], line);
}

/* Whether the current directory is the tree or lies below it. */
static bool stand_inside(const char *root)
{
    char here[PATH_MAX], there[PATH_MAX];
    size_t len;

    if (getcwd(here, sizeof(here)) == NULL || realpath(root, there) == NULL)
        return false;
    len = strlen(there);
    return strncmp(here, there, len) == 0 &&
           (here[len] == '\0' || here[len] == '/' || len == 1);
}

static bool trusted(const struct ks_args *args, const char *root,
                    enum ks_trust trust)
{
    if (args->trust_repo_config)
        return true;
    if (args->no_trust_repo_config)
        return false;
    switch (trust) {
    case KS_TRUST_ALWAYS:
        return true;
    case KS_TRUST_NEVER:
        return false;
    case KS_TRUST_OWN:
        return stand_inside(root);
    }
    return false;
}

static bool beside(char *path, size_t room, const char *root, const char *name)
{
    size_t len = strlen(root);
    int used = snprintf(path, room, "%s%s%s", root,
                        len > 0 && root[len - 1] == '/' ? "" : "/", name);

    return used > 0 && (size_t)used < room &&
           faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static enum ks_rc read_tree_config(struct ks_session *s, const char *root,
                                   enum ks_trust trust, struct ks_err *err)
{
    char path[PATH_MAX];
    bool found = beside(path, sizeof(path), root, config_name);
    enum ks_rc rc = KS_OK;

    if (found && !trusted(s->args, root, trust)) {
        ks_log(&s->log, KS_LOG_WARN,
               "%s is not used, for it belongs to what is scanned "
               "(--trust-repo-config uses it)",
               path);
        return KS_OK;
    }
    if (found)
        rc = ks_config_read(&s->config, path, root, err);
    if (rc == KS_OK && beside(path, sizeof(path), root, ignore_name) &&
        trusted(s->args, root, trust))
        rc = ks_config_read_ignore(&s->config, path, err);
    return rc;
}

static enum ks_rc read_configs(struct ks_session *s, const char *root,
                               enum ks_trust trust, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < s->args->configs.len && rc == KS_OK; i++)
        rc = ks_config_read(&s->config, s->args->configs.items[i], NULL, err);
    if (rc == KS_OK && s->args->configs.len == 0 && root != NULL)
        rc = read_tree_config(s, root, trust, err);
    return rc;
}

/*
 * Leaves out the built-in ones of the rules that are named, before files are
 * read, so that these may have rules of the same ids; or, afterwards, others.
 */
static enum ks_rc disable(struct ks_session *s, bool built_in,
                          struct ks_err *err)
{
    size_t of_config = s->config.disabled.len;
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < of_config + s->args->disabled.len && rc == KS_OK;
         i++) {
        const char *id = i < of_config ? s->config.disabled.items[i]
                                       : s->args->disabled.items[i - of_config];

        if ((ks_ruleset_find(ks_rules_builtin(), id) != NULL) == built_in)
            rc = ks_rules_disable(s->rules, id, err);
    }
    return rc;
}

/* Built-in rules and those of files; stays with the built-in set if it can. */
static enum ks_rc load_rules(struct ks_session *s, struct ks_err *err)
{
    const struct ks_config *c = &s->config;
    const struct ks_args *a = s->args;
    enum ks_rc rc;

    s->ruleset = ks_rules_builtin();
    if (c->rule_files.len + a->rule_files.len + c->disabled.len +
            a->disabled.len ==
        0)
        return KS_OK;
    rc = ks_rules_new(&s->rules, err);
    if (rc == KS_OK)
        rc = ks_rules_add_set(s->rules, ks_rules_builtin(), err);
    if (rc == KS_OK)
        rc = disable(s, true, err);
    for (size_t i = 0; i < c->rule_files.len && rc == KS_OK; i++)
        rc = ks_rules_add_file(s->rules, c->rule_files.items[i], err);
    for (size_t i = 0; i < a->rule_files.len && rc == KS_OK; i++)
        rc = ks_rules_add_file(s->rules, a->rule_files.items[i], err);
    if (rc == KS_OK)
        rc = disable(s, false, err);
    if (rc == KS_OK)
        s->ruleset = ks_rules_set(s->rules);
    return rc;
}

static bool named(const struct ks_words *names, const char *name)
{
    for (size_t i = 0; i < names->len; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

static bool tagged(const struct ks_words *tags, const struct ks_rule *rule)
{
    for (size_t i = 0; i < rule->tags.len; i++)
        if (named(tags, rule->tags.items[i]))
            return true;
    return false;
}

/* Whether a chosen rule needs this one as a part. */
static bool is_part(const struct ks_session *s, const struct ks_rule *rule)
{
    for (size_t i = 0; i < s->args->rules.len; i++) {
        const struct ks_rule *owner =
            ks_ruleset_find(s->ruleset, s->args->rules.items[i]);

        for (size_t j = 0; owner != NULL && j < owner->parts.len; j++)
            if (strcmp(owner->parts.items[j].rule, rule->id) == 0)
                return true;
    }
    return false;
}

static const struct ks_override *override_of(const struct ks_session *s,
                                             const char *id)
{
    for (size_t i = 0; i < s->config.overrides.len; i++)
        if (strcmp(s->config.overrides.items[i].rule, id) == 0)
            return &s->config.overrides.items[i];
    return NULL;
}

static bool some_rule_has(const struct ks_session *s, const char *tag)
{
    const struct ks_words one = {.items = &tag, .len = 1};

    for (size_t i = 0; i < s->ruleset->len; i++)
        if (tagged(&one, s->ruleset->rules[i]))
            return true;
    return false;
}

static enum ks_rc check_names(const struct ks_session *s, struct ks_err *err)
{
    for (size_t i = 0; i < s->args->rules.len; i++)
        if (ks_ruleset_find(s->ruleset, s->args->rules.items[i]) == NULL &&
            named(&s->args->disabled, s->args->rules.items[i]))
            return ks_fail(err, KS_EINVAL,
                           "rule '%s' is chosen by --rule and disabled: drop "
                           "one of the two",
                           s->args->rules.items[i]);
        else if (ks_ruleset_find(s->ruleset, s->args->rules.items[i]) == NULL)
            return ks_fail(err, KS_EINVAL,
                           "there is no rule '%s' (keysweep rules list shows "
                           "them all)",
                           s->args->rules.items[i]);
    for (size_t i = 0; i < s->args->tags.len; i++)
        if (!some_rule_has(s, s->args->tags.items[i]))
            return ks_fail(err, KS_EINVAL,
                           "no rule has the tag '%s' (keysweep rules list "
                           "shows the tags of all)",
                           s->args->tags.items[i]);
    for (size_t i = 0; i < s->config.overrides.len; i++)
        if (ks_ruleset_find(s->ruleset, s->config.overrides.items[i].rule) ==
            NULL)
            return ks_fail(err, KS_EINVAL,
                           "configuration: there is no rule '%s' (keysweep "
                           "rules list shows them all)",
                           s->config.overrides.items[i].rule);
    return KS_OK;
}

/* An entry of a rule that is not there allows nothing: somebody mistyped. */
static void warn_of_names(const struct ks_session *s)
{
    for (size_t i = 0; i < s->config.allow.len; i++) {
        const struct ks_allow_entry *entry = &s->config.allow.items[i];

        for (size_t j = 0; j < entry->rules.len; j++) {
            const char *id = entry->rules.items[j];

            if (ks_ruleset_find(s->ruleset, id) == NULL &&
                ks_ruleset_find(ks_rules_builtin(), id) == NULL)
                ks_log(&s->log, KS_LOG_WARN, "%s:%u:%u: there is no rule '%s'",
                       entry->file, entry->at.line, entry->at.column, id);
        }
    }
}

/* Leaves the rules that options ask for, with the severities of the user. */
static enum ks_rc choose_rules(struct ks_session *s, struct ks_err *err)
{
    const struct ks_args *a = s->args;
    enum ks_rc rc = check_names(s, err);
    size_t len = 0, changes = 0;

    if (rc != KS_OK ||
        a->rules.len + a->tags.len + s->config.overrides.len == 0)
        return rc;
    s->chosen = calloc(s->ruleset->len + 1, sizeof(*s->chosen));
    s->changed = calloc(s->config.overrides.len + 1, sizeof(*s->changed));
    if (s->chosen == NULL || s->changed == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < s->ruleset->len; i++) {
        const struct ks_rule *rule = s->ruleset->rules[i];
        const struct ks_override *override = override_of(s, rule->id);

        if (a->rules.len > 0 && !named(&a->rules, rule->id) &&
            !is_part(s, rule))
            continue;
        if (a->tags.len > 0 && !tagged(&a->tags, rule))
            continue;
        if (override != NULL && changes < s->config.overrides.len) {
            s->changed[changes] = *rule;
            s->changed[changes].severity = override->severity;
            rule = &s->changed[changes++];
        }
        s->chosen[len++] = rule;
    }
    s->chosen_set = (struct ks_ruleset){s->chosen, len};
    s->ruleset = &s->chosen_set;
    return KS_OK;
}

const char *ks_session_confidence(const struct ks_session *session)
{
    return session->args->confidence != NULL ? session->args->confidence
                                             : session->config.confidence;
}

/* Whoever names rules, or their tag, means them. */
static bool asks_identifiers(const struct ks_session *s)
{
    return s->args->rules.len > 0 || named(&s->args->tags, KS_TAG_IDENTIFIER);
}

static enum ks_rc make_matcher(struct ks_session *s, struct ks_err *err)
{
    static const char *const levels[] = {"medium", "low", "high"};
    const char *wanted = ks_session_confidence(s);
    struct ks_matcher_options options = {.now = s->started,
                                         .all = s->args->all_rules,
                                         .identifiers = asks_identifiers(s)};
    char shipped[PATH_MAX], user[PATH_MAX];
    enum ks_rc rc;

    if (ks_cache_dir_shipped(shipped, sizeof(shipped)))
        options.cache.shipped = shipped;
    if (ks_cache_dir_user(user, sizeof(user)))
        options.cache.user = user;
    if (wanted != NULL) {
        size_t level = 0;

        while (level < 3 && strcmp(wanted, levels[level]) != 0)
            level++;
        if (level == 3)
            return ks_fail(err, KS_EINVAL,
                           "--confidence takes low, medium or high, not '%s'",
                           wanted);
        options.confidence = (enum ks_confidence_level)level;
    }
    rc = ks_matcher_new(&s->matcher, s->ruleset, &options, err);
    if (rc == KS_OK)
        ks_log(&s->log, KS_LOG_DEBUG, "rules: %zu, %s", s->ruleset->len,
               ks_prefilter_origin(ks_matcher_prefilter(s->matcher)));
    if (rc == KS_OK && s->rules != NULL)
        rc = ks_matcher_check(s->matcher, err);
    return rc;
}

static enum ks_rc read_report_options(struct ks_session *s, struct ks_err *err)
{
    const struct ks_args *a = s->args;
    const char *format = a->format == NULL ? "text" : a->format;
    enum ks_rc rc = KS_OK;

    s->format = ks_report_format_find(format);
    if (s->format == NULL)
        return ks_fail(err, KS_EINVAL,
                       "there is no format '%s' (text, json, jsonl, sarif, "
                       "gitlab, gitleaks, junit, csv)",
                       format);
    s->redaction = (struct ks_redaction){a->show_secrets, HIDE_ALL};
    if (a->redact != NULL && *a->redact != '\0')
        rc = ks_args_number(&s->redaction.percent, a->redact, "redact", 0,
                            HIDE_ALL, err);
    s->redaction.show |= s->redaction.percent == 0;
    if (rc == KS_OK && a->redact != NULL && a->show_secrets)
        rc = ks_fail(err, KS_EINVAL,
                     "--redact and --show-secrets exclude each other");
    if (rc == KS_OK && a->jobs != NULL)
        rc = ks_args_number(&s->jobs, a->jobs, "jobs", 1, MOST_JOBS, err);
    return rc;
}

static enum ks_rc make_policies(struct ks_session *s, struct ks_err *err)
{
    enum ks_severity severity = KS_SEVERITY_LOW;
    enum ks_rc rc = KS_OK;

    if (s->args->severity != NULL &&
        !ks_severity_parse(&severity, s->args->severity))
        return ks_fail(err, KS_EINVAL,
                       "--severity takes low, medium, high or critical, not "
                       "'%s'",
                       s->args->severity);
    for (size_t i = 0; i < s->args->baselines.len && rc == KS_OK; i++)
        rc = ks_baseline_add(&s->baseline, s->args->baselines.items[i], err);
    if (rc == KS_OK)
        rc = ks_policies_new(&s->policies, &s->config, &s->baseline, s->started,
                             &s->log, err);
    if (rc == KS_OK)
        ks_policies_severity(s->policies, severity);
    return rc;
}

static void begin(struct ks_session *s, const struct ks_args *args)
{
    *s = (struct ks_session){.args = args};
    s->log = (struct ks_log){args->verbose ? KS_LOG_DEBUG
                             : args->quiet ? KS_LOG_ERROR
                                           : KS_LOG_WARN,
                             write_log, NULL};
    s->stop = ks_stop_on_signals();
}

enum ks_rc ks_session_open(struct ks_session *session,
                           const struct ks_args *args, struct ks_err *err)
{
    enum ks_rc rc;

    begin(session, args);
    rc = ks_clock_now(&session->started, err);
    if (rc == KS_OK)
        rc = read_report_options(session, err);
    if (rc == KS_OK)
        rc = ks_output_check(args, err);
    if (rc == KS_OK)
        rc = ks_revoke_check(args, err);
    if (rc == KS_OK)
        rc = ks_coverage_new(&session->coverage, err);
    return rc;
}

enum ks_rc ks_session_configure(struct ks_session *session, const char *root,
                                enum ks_trust trust, struct ks_err *err)
{
    enum ks_rc rc = read_configs(session, root, trust, err);

    if (rc == KS_OK)
        rc = load_rules(session, err);
    if (rc == KS_OK) {
        warn_of_names(session);
        rc = choose_rules(session, err);
    }
    if (rc == KS_OK && session->ruleset->len == 0)
        rc = ks_fail(err, KS_EINVAL,
                     "--rule, --tag and --disable-rule together leave no rule "
                     "to scan with");
    if (rc == KS_OK)
        rc = make_policies(session, err);
    if (rc == KS_OK)
        rc = make_matcher(session, err);
    return rc;
}

/* One line for a candidate that came to nothing; never its bytes. */
static void tell_drop(void *ctx, const struct ks_dropped *dropped)
{
    const struct ks_session *s = ctx;
    struct ks_log asked = {KS_LOG_INFO, s->log.write, s->log.ctx};
    struct ks_span text = dropped->blob->bytes;
    char hex[KS_OID_HEX];
    const char *where = dropped->blob->path;

    if (where == NULL) {
        ks_oid_hex(hex, &dropped->blob->oid);
        where = hex;
    }
    ks_log(&asked, KS_LOG_INFO, "%s:%zu: %s: dropped: %s", where,
           (size_t)dropped->blob->line_at + 1 +
               ks_span_count_lines(text, 0, dropped->start),
           dropped->rule->id, dropped->why);
}

enum ks_rc ks_session_collect(struct ks_session *session, unsigned workers,
                              bool history, struct ks_err *err)
{
    struct ks_collector_options options = {
        .matcher = session->matcher,
        .coverage = session->coverage,
        .progress = &session->progress,
        .workers = workers,
        .history = history,
        .no_allow_comments = session->args->no_allow_comments,
        .above = session->above,
        .above_count = session->above_count,
    };
    enum ks_rc rc;

    if (session->args->explain_drops) {
        options.dropped = tell_drop;
        options.dropped_ctx = session;
    }
    rc = ks_collector_new(&session->collector, &options, err);
    if (rc == KS_OK && !session->args->quiet)
        ks_display_start(&session->display, &session->progress);
    return rc;
}

enum ks_rc ks_session_hash_rules(uint8_t out[32], struct ks_session *session,
                                 struct ks_err *err)
{
    if (!session->hashed) {
        enum ks_rc rc =
            ks_ruleset_hash(session->ruleset_hash, session->ruleset, err);

        if (rc != KS_OK)
            return rc;
        session->hashed = true;
    }
    memcpy(out, session->ruleset_hash, sizeof(session->ruleset_hash));
    return KS_OK;
}

static void hash_rules(struct ks_report *report, struct ks_session *session)
{
    uint8_t digest[KS_SHA256_LEN] = {0};

    (void)ks_session_hash_rules(digest, session, NULL);
    ks_hex(report->ruleset_hash, digest, sizeof(digest));
}

/* The work that was done: what deltas copy is not looked at again. */
static void log_amounts(const struct ks_session *session)
{
    struct ks_amounts amounts = ks_coverage_amounts(session->coverage);

    ks_log(&session->log, KS_LOG_DEBUG,
           "prefilter: %.1f MB looked at, %.1f MB known from delta bases",
           (double)amounts.scanned / 1e6, (double)amounts.carried / 1e6);
}

/* Whoever takes findings to others gets them without secrets in paths. */
static enum ks_rc pass_on(const struct ks_session *session,
                          const struct ks_report *report, struct ks_err *err)
{
    const struct ks_args *args = session->args;
    struct ks_arena arena = {0};
    struct ks_report masked;
    enum ks_rc rc;

    if (args->taker == NULL && args->revoke == NULL && !args->notify)
        return KS_OK;
    rc = ks_mask_report(&masked, &arena, report);
    if (rc != KS_OK)
        (void)ks_fail(err, rc, "paths of findings: %s",
                      rc == KS_ELIMIT ? "too long" : "no memory");
    else if (args->taker != NULL)
        rc = args->taker->take(args->taker->ctx, &masked, err);
    else
        rc = ks_revoke_step(&masked, args, &session->log, err);
    ks_arena_release(&arena);
    return rc;
}

int ks_session_report(struct ks_session *session, enum ks_scan_kind kind,
                      const char *target, struct ks_err *err)
{
    struct ks_policy policy = ks_policies_policy(session->policies);
    struct ks_report report = {
        .kind = kind,
        .target = target,
        .started = session->started,
        .coverage = session->coverage,
        .ruleset = session->ruleset,
    };
    struct ks_report_style style = {.redaction = session->redaction,
                                    .explain = session->args->explain,
                                    .quiet = session->args->quiet};
    bool interrupted = atomic_load(&session->stop->wanted);
    enum ks_rc rc;

    if (interrupted)
        ks_coverage_skip(session->coverage, KS_SKIP_INTERRUPTED, target);
    rc = ks_collector_report(&report, session->collector, &policy, err);
    if (rc == KS_OK && session->before != NULL)
        rc = ks_before_subtract(&report, session->before, err);
    ks_display_stop(session->display);
    session->display = NULL;
    if (rc != KS_OK)
        return KS_EXIT_ERROR;
    hash_rules(&report, session);
    log_amounts(session);
    rc = ks_clock_now(&report.finished, err);
    if (rc != KS_OK)
        return KS_EXIT_ERROR;
    if (session->args->taker == NULL)
        rc = ks_output_report(&report, session->format, &style, session->args,
                              err);
    if (rc == KS_OK)
        rc = pass_on(session, &report, err);
    if (rc != KS_OK)
        return KS_EXIT_ERROR;
    if (report.finding_count > 0)
        return KS_EXIT_FINDINGS;
    return ks_coverage_complete(session->coverage) ? KS_EXIT_CLEAN
                                                   : KS_EXIT_INCOMPLETE;
}

void ks_session_close(struct ks_session *session)
{
    ks_display_stop(session->display);
    ks_collector_free(session->collector);
    ks_coverage_free(session->coverage);
    ks_matcher_free(session->matcher);
    ks_policies_free(session->policies);
    free(session->baseline.items);
    free(session->chosen);
    free(session->changed);
    ks_rules_free(session->rules);
    ks_config_release(&session->config);
    *session = (struct ks_session){0};
}
