/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rule_test.h"

#include "base/plural.h"
#include "scanner/collect.h"
#include "scanner/scan.h"

#include <string.h>

/* A day on which every sample with a time of its own is still good. */
static const int64_t day_of_samples = 1700000000;

struct testing {
    const struct ks_ruleset *set;
    struct ks_matcher *matcher;
    struct ks_coverage *coverage;
    struct ks_scan scan;
    struct ks_buf *out;
    size_t samples, wrong;
};

/* Whether the rule is among the findings in the text, as a part as well. */
static bool reports(const struct ks_report *report, const struct ks_rule *rule)
{
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct ks_finding *finding = &report->findings[i];

        if (finding->rule == rule)
            return true;
        for (size_t j = 0; j < finding->part_count; j++)
            if (finding->parts[j]->rule == rule)
                return true;
    }
    return false;
}

/* Whether the rule matches in the text, whatever becomes of overlaps. */
static enum ks_rc matches(bool *found, struct testing *t,
                          const struct ks_rule *rule,
                          const struct ks_blob *blob, struct ks_err *err)
{
    enum ks_rc rc = ks_scan_blob(&t->scan, blob, NULL, err);

    *found = false;
    for (size_t i = 0; rc == KS_OK && i < t->scan.all.len; i++)
        *found |= t->set->rules[t->scan.all.items[i].rule] == rule;
    return rc;
}

/*
 * Several rules may know one secret: a provider's name beside it and the form
 * that it has itself. Then the rule is right if it matches and any reports.
 */
static enum ks_rc scan_sample(bool *found, struct testing *t,
                              const struct ks_rule *rule, const char *sample,
                              bool wanted, struct ks_err *err)
{
    struct ks_collector_options options = {
        .matcher = t->matcher, .coverage = t->coverage, .workers = 1};
    struct ks_blob blob =
        ks_blob_whole(ks_span_str(sample), KS_BLOB_STDIN, "sample");
    struct ks_collector *collector = NULL;
    struct ks_report report = {0};
    struct ks_blob_sink sink;
    enum ks_rc rc = ks_collector_new(&collector, &options, err);

    if (rc != KS_OK)
        return rc;
    sink = ks_collector_sink(collector);
    rc = sink.take(sink.ctx, 0, &blob, NULL, err);
    if (rc == KS_OK)
        rc = ks_collector_report(&report, collector, NULL, err);
    *found = rc == KS_OK && reports(&report, rule);
    if (rc == KS_OK && wanted && !*found && report.finding_count > 0)
        rc = matches(found, t, rule, &blob, err);
    ks_collector_free(collector);
    return rc;
}

static enum ks_rc test_samples(struct testing *t, const struct ks_rule *rule,
                               const struct ks_texts *samples, bool wanted,
                               struct ks_err *err)
{
    for (size_t i = 0; i < samples->len; i++) {
        bool found = false;
        enum ks_rc rc =
            scan_sample(&found, t, rule, samples->items[i], wanted, err);

        if (rc != KS_OK)
            return rc;
        t->samples++;
        if (found == wanted)
            continue;
        t->wrong++;
        if (ks_buf_printf(t->out, "%s:%u: %s: %s %zu is %s\n",
                          rule->file == NULL ? "built in" : rule->file,
                          rule->at.line, rule->id,
                          wanted ? "example" : "counterexample", i + 1,
                          wanted ? "not found" : "found") != KS_OK)
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static enum ks_rc test_all(struct testing *t, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < t->set->len && rc == KS_OK; i++) {
        const struct ks_rule *rule = t->set->rules[i];

        if (rule->part_only)
            continue;
        rc = test_samples(t, rule, &rule->examples, true, err);
        if (rc == KS_OK)
            rc = test_samples(t, rule, &rule->counterexamples, false, err);
    }
    if (rc != KS_OK)
        return rc;
    if (ks_buf_printf(t->out, "%zu sample%s of %zu rule%s, %zu wrong\n",
                      t->samples, ks_plural(t->samples), t->set->len,
                      ks_plural(t->set->len), t->wrong) != KS_OK)
        return ks_fail_memory(err);
    if (t->wrong > 0)
        return ks_fail(err, KS_EINVAL, "%zu sample%s wrong", t->wrong,
                       ks_plural(t->wrong));
    return KS_OK;
}

enum ks_rc ks_rule_test(struct ks_buf *out, const struct ks_ruleset *set,
                        struct ks_err *err)
{
    struct ks_matcher_options options = {.now = day_of_samples,
                                         .identifiers = true};
    struct testing t = {.set = set, .out = out};
    enum ks_rc rc = ks_coverage_new(&t.coverage, err);

    if (rc == KS_OK)
        rc = ks_matcher_new(&t.matcher, set, &options, err);
    if (rc == KS_OK)
        rc = ks_matcher_check(t.matcher, err);
    if (rc == KS_OK)
        rc = ks_scan_init(&t.scan, t.matcher, 0, t.coverage, err);
    if (rc == KS_OK)
        rc = test_all(&t, err);
    ks_scan_release(&t.scan);
    ks_matcher_free(t.matcher);
    ks_coverage_free(t.coverage);
    return rc;
}
