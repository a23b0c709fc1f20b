/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/plan.h"

#include "base/vec.h"
#include "revoke/channel.h"
#include "revoke/plan_json.h"
#include "revoke/wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOCATION_CAP = 4096 };

static const char *const reasons[KS_SKIP_REASONS] = {
    "no-type",          "no-channel",   "type-not-supported", "no-secret",
    "rule-not-allowed", "notify-only",  "low-confidence",     "low-proof",
    "environment",      "already-sent",
};

const char *ks_skip_reason_name(enum ks_skip_reason reason)
{
    return reasons[reason];
}

/* One finding on its way into the plan. */
struct candidate {
    const struct ks_finding *finding;
    const struct ks_channel *channel;
    struct ks_span secret;
    const char *detail;
};

/* "test", "sandbox" … as a proof or the rule's tags tell; else production. */
static const char *environment(const struct ks_finding *finding)
{
    static const char *const names[] = {"test", "sandbox", "staging",
                                        "development"};

    for (size_t i = 0; i < finding->fact_count; i++)
        if (strcmp(finding->facts[i].name, "environment") == 0)
            return strcmp(finding->facts[i].value, "live") == 0
                       ? "production"
                       : finding->facts[i].value;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        for (size_t k = 0; k < finding->rule->tags.len; k++)
            if (strcmp(finding->rule->tags.items[k], names[i]) == 0)
                return names[i];
    return "production";
}

static bool environment_fits(const struct ks_revoke_policy *policy,
                             const char *name)
{
    if (policy->environments.len == 0)
        return strcmp(name, "production") == 0;
    return ks_texts_hold(policy->environments, name);
}

static bool rule_forbids(enum ks_skip_reason *why,
                         const struct ks_revoke_policy *policy,
                         struct candidate *c)
{
    const struct ks_finding *finding = c->finding;

    if (policy->rules.len > 0 &&
        !ks_texts_hold(policy->rules, finding->rule->id))
        *why = KS_RULE_NOT_ALLOWED;
    else if (ks_texts_hold(policy->notify_only, finding->rule->id))
        *why = KS_NOTIFY_ONLY;
    else if (finding->confidence < policy->min_confidence)
        *why = KS_LOW_CONFIDENCE;
    else if (finding->proof < policy->min_proof)
        *why = KS_LOW_PROOF;
    else if (!environment_fits(policy, environment(finding)))
        *why = KS_OTHER_ENVIRONMENT, c->detail = environment(finding);
    else
        return false;
    return true;
}

/* Whether the finding stays out, and why; fills the candidate. */
static bool stays_out(enum ks_skip_reason *why, struct candidate *c,
                      const struct ks_revoke_config *config,
                      const struct ks_plan_facts *facts)
{
    const struct ks_rule *rule = c->finding->rule;

    if (c->finding->location_count == 0) {
        *why = KS_NO_SECRET;
        c->detail = "not found again where the plan looked";
        return true;
    }
    c->channel = ks_revoke_config_route(config, rule->id, rule->revocation);
    if (c->channel == NULL) {
        *why = rule->revocation == NULL ? KS_NO_TYPE : KS_NO_CHANNEL;
        return true;
    }
    c->detail = c->channel->name;
    if (rule->revocation != NULL && facts->type_supported != NULL &&
        !facts->type_supported(facts->ctx, c->channel, rule->revocation)) {
        *why = KS_TYPE_UNSUPPORTED;
        c->detail = rule->revocation;
        return true;
    }
    if (rule_forbids(why, &config->policy, c))
        return true;
    c->secret = c->channel->kind->pick == NULL
                    ? c->finding->secret
                    : c->channel->kind->pick(c->finding);
    if (c->secret.len == 0) {
        *why = KS_NO_SECRET;
        return true;
    }
    if (facts->already_sent == NULL ||
        !facts->already_sent(facts->ctx, c->channel, c->finding->id))
        return false;
    *why = KS_ALREADY_SENT;
    return true;
}

static const char *copy(struct ks_plan *plan, const char *text)
{
    return text == NULL ? NULL : ks_arena_text(&plan->arena, ks_span_str(text));
}

static const char *location_text(struct ks_plan *plan,
                                 const struct ks_finding *finding)
{
    const struct ks_location *location = finding->locations;
    const char *text = NULL;
    struct ks_buf out;

    if (finding->location_count == 0)
        return copy(plan, "");
    ks_buf_init(&out, LOCATION_CAP);
    if (ks_json_clean(
            &out, ks_span_str(location->path == NULL ? "" : location->path)) ==
            KS_OK &&
        ks_buf_printf(&out, ":%zu", location->start_line) == KS_OK)
        text = ks_arena_text(&plan->arena, ks_buf_span(&out));
    ks_buf_release(&out);
    return text;
}

static const char *commit_text(struct ks_plan *plan,
                               const struct ks_finding *finding)
{
    char hex[KS_OID_HEX];

    if (finding->location_count == 0 || finding->locations[0].commit == NULL)
        return NULL;
    ks_oid_hex(hex, &finding->locations[0].commit->oid);
    return copy(plan, hex);
}

static enum ks_rc add_action(struct ks_plan *plan, const struct candidate *c,
                             struct ks_err *err)
{
    const struct ks_finding *finding = c->finding;
    struct ks_action *action = &plan->actions[plan->action_count];
    enum ks_rc rc;

    *action = (struct ks_action){
        .channel = c->channel,
        .finding = copy(plan, finding->id),
        .rule = copy(plan, finding->rule->id),
        .type = copy(plan, finding->rule->revocation == NULL
                               ? ""
                               : finding->rule->revocation),
        .location = location_text(plan, finding),
        .commit = commit_text(plan, finding),
        .confidence = finding->confidence,
        .proof = finding->proof,
    };
    if (action->finding == NULL || action->rule == NULL || action->type == NULL)
        return ks_fail_memory(err);
    if (action->location == NULL)
        action->location = "(a path too long to show)";
    rc = ks_locked_copy(&action->secret, &plan->locked, c->secret, err);
    if (rc == KS_OK)
        plan->action_count++;
    return rc;
}

static enum ks_rc add_skipped(struct ks_plan *plan, const struct candidate *c,
                              enum ks_skip_reason why, struct ks_err *err)
{
    struct ks_skipped_finding *skipped = &plan->skipped[plan->skipped_count];

    *skipped = (struct ks_skipped_finding){
        .finding = copy(plan, c->finding->id),
        .rule = copy(plan, c->finding->rule->id),
        .reason = why,
        .detail = copy(plan, c->detail),
    };
    if (skipped->finding == NULL || skipped->rule == NULL)
        return ks_fail_memory(err);
    plan->skipped_count++;
    return KS_OK;
}

static enum ks_rc sort_out(struct ks_plan *plan, const struct ks_report *report,
                           const struct ks_revoke_config *config,
                           const struct ks_plan_facts *facts,
                           struct ks_err *err)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        struct candidate c = {.finding = &report->findings[i]};
        enum ks_skip_reason why = KS_NO_TYPE;
        enum ks_rc rc;

        if (stays_out(&why, &c, config, facts))
            rc = add_skipped(plan, &c, why, err);
        else
            rc = add_action(plan, &c, err);
        if (rc != KS_OK)
            return rc;
    }
    plan->sendable = plan->action_count <= config->policy.max_per_run;
    return KS_OK;
}

enum ks_rc ks_revoke_plan(struct ks_plan **out, const struct ks_report *report,
                          const struct ks_revoke_config *config,
                          const struct ks_plan_facts *facts, int64_t now,
                          struct ks_err *err)
{
    static const struct ks_plan_facts none = {0};
    struct ks_plan *plan = calloc(1, sizeof(*plan));
    size_t room = report->finding_count + 1;
    enum ks_rc rc;

    if (plan == NULL)
        return ks_fail_memory(err);
    ks_buf_init(&plan->json, KS_PLAN_CAP);
    plan->created = now;
    plan->expires = now + config->plan_ttl_ms / 1000;
    plan->actions = calloc(room, sizeof(*plan->actions));
    plan->skipped = calloc(room, sizeof(*plan->skipped));
    if (plan->actions == NULL || plan->skipped == NULL)
        rc = ks_fail_memory(err);
    else
        rc = sort_out(plan, report, config, facts == NULL ? &none : facts, err);
    if (rc == KS_OK)
        rc = ks_plan_seal_json(plan, report, config, err);
    if (rc != KS_OK) {
        ks_plan_free(plan);
        return rc;
    }
    *out = plan;
    return KS_OK;
}

void ks_plan_free(struct ks_plan *plan)
{
    if (plan == NULL)
        return;
    ks_locked_release(&plan->locked);
    ks_arena_release(&plan->arena);
    ks_buf_release(&plan->json);
    free(plan->actions);
    free(plan->skipped);
    free(plan);
}

static enum ks_rc add_counts(struct ks_buf *out, const struct ks_plan *plan)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < plan->action_count && rc == KS_OK; i++) {
        const struct ks_channel *channel = plan->actions[i].channel;
        size_t count = 0;
        bool first = true;

        for (size_t k = 0; k < plan->action_count; k++) {
            if (plan->actions[k].channel != channel)
                continue;
            first = first && (count > 0 || k == i);
            count++;
        }
        if (first)
            rc = ks_buf_printf(out, "  %s: %zu %s (%s, %s)\n", channel->name,
                               count, count == 1 ? "secret" : "secrets",
                               channel->url,
                               channel->kind->reversible ? "can be undone"
                                                         : "cannot be undone");
    }
    return rc;
}

enum ks_rc ks_plan_text(struct ks_buf *out, const struct ks_plan *plan,
                        struct ks_err *err)
{
    enum ks_rc rc =
        ks_buf_printf(out, "Plan %s: %zu to revoke, %zu not\n", plan->id,
                      plan->action_count, plan->skipped_count);

    if (rc == KS_OK)
        rc = add_counts(out, plan);
    for (size_t i = 0; i < plan->action_count && rc == KS_OK; i++)
        rc = ks_buf_printf(out, "revoke  %s  %s  %s  -> %s\n",
                           plan->actions[i].finding, plan->actions[i].rule,
                           plan->actions[i].location,
                           plan->actions[i].channel->name);
    for (size_t i = 0; i < plan->skipped_count && rc == KS_OK; i++) {
        const struct ks_skipped_finding *s = &plan->skipped[i];

        rc = ks_buf_printf(
            out, "leave   %s  %s  %s%s%s%s\n", s->finding, s->rule,
            ks_skip_reason_name(s->reason), s->detail == NULL ? "" : " (",
            s->detail == NULL ? "" : s->detail, s->detail == NULL ? "" : ")");
    }
    if (rc == KS_OK && !plan->sendable)
        rc = ks_buf_add_str(out, "This plan cannot be sent: it revokes more "
                                 "than policy.max_per_run allows.\n");
    return rc != KS_OK ? ks_fail(err, rc, "no room for the plan") : KS_OK;
}
