/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c: secrets and their spots, put together to findings. */
#include "base/hash.h"
#include "scanner/because.h"
#include "scanner/detect_generic.h"
#include "scanner/making.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DECODED_NAME = 64 };

/* The words for what was decoded, kept in the arena; NULL for nothing. */
static const char *decoded_name(struct ks_arena *arena, uint8_t decoded)
{
    char name[DECODED_NAME];

    if (ks_unwrap_name(name, sizeof(name), decoded) == NULL)
        return NULL;
    return ks_arena_text(arena, ks_span_str(name));
}

static struct ks_location location_of(const struct ks_making *m,
                                      const struct ks_spot *spot)
{
    const struct ks_occurrence *o = spot->occurrence;

    return (struct ks_location){
        .path = spot->path,
        .kind = spot->origin->kind,
        .start_line = o->line,
        .start_column = o->column,
        .end_line = o->end_line,
        .end_column = o->end_column,
        .offset = o->offset,
        .length = o->length,
        .commit = spot->commit,
        .blob = spot->origin->oid,
        .decoded = decoded_name(m->arena, o->decoded),
        .archive = spot->archive,
        .at_tip = spot->at_tip,
        .unreachable = spot->unreachable,
    };
}

/* What of a path tells of the file: what lies below the scanned folder. */
static const char *telling_path(const struct ks_making *m, const char *path)
{
    const struct ks_collector_options *options = &m->collector->options;

    for (size_t i = 0; path != NULL && i < options->above_count; i++) {
        size_t len = options->above[i] == NULL ? 0 : strlen(options->above[i]);

        while (len > 0 && options->above[i][len - 1] == '/')
            len--;
        if (len > 0 && strncmp(path, options->above[i], len) == 0 &&
            path[len] == '/')
            return path + len + 1;
    }
    return path;
}

static unsigned confidence_at(const struct ks_making *m,
                              const struct ks_spot *spot,
                              const struct ks_rule *rule, bool *finding)
{
    const struct ks_matcher_options *options =
        ks_matcher_options(m->collector->options.matcher);

    *finding = true;
    if (rule->kind != KS_RULE_GENERIC)
        return (unsigned)spot->occurrence->score;
    return ks_generic_confidence(finding, telling_path(m, spot->path),
                                 spot->occurrence->score, rule->generic,
                                 options);
}

/* Whether the rule is not for that path. */
static bool path_allowed(const struct ks_making *m,
                         const struct ks_ready *ready,
                         const struct ks_rule *rule, const char *path)
{
    struct ks_pattern_scratch *scratch =
        m->collector->harvests[0].scan.detector.patterns;

    for (size_t i = 0; path != NULL && i < rule->allow.paths.len; i++)
        if (ks_pattern_matches(ready->allow_paths[i], scratch,
                               ks_span_str(path)))
            return true;
    return false;
}

bool ks_making_facts(struct ks_finding *finding, struct ks_arena *arena,
                     const struct ks_proof_facts *facts)
{
    struct ks_fact *copy;

    if (facts == NULL || facts->len == 0)
        return true;
    copy = ks_arena_alloc(arena, facts->len * sizeof(*copy));
    if (copy == NULL)
        return false;
    for (size_t i = 0; i < facts->len; i++)
        copy[i] = (struct ks_fact){facts->items[i].name, facts->items[i].value};
    finding->facts = copy;
    finding->fact_count = facts->len;
    return true;
}

/* Makes a finding of a secret that has a place left; others are counted. */
static enum ks_rc make_finding(struct ks_making *m,
                               const struct ks_secret *secret,
                               struct ks_err *err)
{
    enum ks_rc rc = KS_OK;
    const struct ks_leak *leak = secret->leak;
    const struct ks_rule *rule = ks_making_rules(m)->rules[leak->rule];
    const struct ks_spot *best = NULL;
    const struct ks_ready *ready = NULL;
    struct ks_location *locations;
    struct ks_finding finding = {
        .rule = rule,
        .severity = rule->severity,
        .proof = leak->proof,
        .secret = secret->text,
        .entropy_milli = leak->entropy_milli,
    };

    if (secret->spot_count == 0)
        return KS_OK;
    if (rule->allow.paths.len > 0)
        rc = ks_matcher_ready(&ready, m->collector->options.matcher, leak->rule,
                              err);
    if (rc != KS_OK)
        return rc;
    locations =
        ks_arena_alloc(m->arena, secret->spot_count * sizeof(*locations));
    if (locations == NULL || !ks_making_facts(&finding, m->arena, leak->facts))
        return ks_fail_memory(err);
    if (leak->facts != NULL && leak->facts->expired)
        finding.severity = KS_SEVERITY_LOW;
    ks_hex(finding.id, secret->id, KS_LEAK_ID);
    for (size_t i = 0; i < secret->spot_count; i++) {
        const struct ks_spot *spot = &m->spots.items[secret->first_spot + i];
        struct ks_location location = location_of(m, spot);
        bool is_finding;
        unsigned confidence = confidence_at(m, spot, rule, &is_finding);

        if (!is_finding || path_allowed(m, ready, rule, spot->path))
            continue;
        if (m->policy != NULL &&
            m->policy->suppress(m->policy->ctx, &finding, &location)) {
            m->suppressed++;
            continue;
        }
        if (best == NULL || confidence > finding.confidence) {
            finding.confidence = confidence;
            best = spot;
        }
        finding.present_at_tip |= location.at_tip;
        locations[finding.location_count++] = location;
    }
    finding.locations = locations;
    if (best != NULL &&
        (!ks_because(&finding.reasons, m->arena, rule, leak, best->occurrence,
                     telling_path(m, best->path)) ||
         !KS_VEC_PUSH(&m->findings, finding)))
        return ks_fail_memory(err);
    return KS_OK;
}

/* Adds what the workers scanned to the coverage, once. */
static void tell_amounts(struct ks_collector *c)
{
    for (unsigned w = 0; w < c->options.workers; w++) {
        struct ks_amounts *amounts = &c->harvests[w].scan.amounts;

        ks_coverage_add(c->options.coverage, *amounts);
        *amounts = (struct ks_amounts){0};
    }
}

static enum ks_rc make_all(struct ks_making *m, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    if (!ks_making_unite(m) || !ks_making_gather(m))
        return ks_fail_memory(err);
    ks_making_keep_first(m, m->collector->options.history);
    for (size_t i = 0; i < m->secrets.len && rc == KS_OK; i++)
        rc = make_finding(m, &m->secrets.items[i], err);
    if (rc == KS_OK && !ks_making_join(m))
        rc = ks_fail_memory(err);
    return rc;
}

enum ks_rc ks_collector_report(struct ks_report *report,
                               struct ks_collector *collector,
                               const struct ks_policy *policy,
                               struct ks_err *err)
{
    struct ks_making m = {
        .collector = collector, .policy = policy, .arena = &collector->arena};
    enum ks_rc rc = make_all(&m, err);
    struct ks_finding *findings = NULL;

    tell_amounts(collector);
    for (unsigned w = 0; w < collector->options.workers; w++) {
        const struct ks_harvest *harvest = &collector->harvests[w];

        m.suppressed += harvest->allowed_alone + harvest->allowed_beside +
                        harvest->allowed_elsewhere;
        if (m.secret_of != NULL)
            free(m.secret_of[w]);
    }
    free(m.secret_of);
    if (rc == KS_OK) {
        findings =
            ks_arena_alloc(m.arena, (m.findings.len + 1) * sizeof(*findings));
        if (findings == NULL)
            rc = ks_fail_memory(err);
    }
    if (rc == KS_OK && m.findings.len > 0)
        memcpy(findings, m.findings.items, m.findings.len * sizeof(*findings));
    report->findings = findings;
    report->finding_count = rc == KS_OK ? m.findings.len : 0;
    report->suppressed = m.suppressed;
    KS_VEC_RELEASE(&m.secrets);
    KS_VEC_RELEASE(&m.spots);
    KS_VEC_RELEASE(&m.findings);
    return rc;
}
