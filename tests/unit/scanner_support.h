/* SPDX-License-Identifier: Apache-2.0 */
/* scanner_support.h: matchers, scans and texts for tests of scanner/. */
#ifndef KS_TESTS_SCANNER_SUPPORT_H
#define KS_TESTS_SCANNER_SUPPORT_H

#include "rules/load.h"
#include "scanner/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const int64_t day_of_samples = 1700000000;

/* A rule set of its own, from YAML without the head that all share. */
struct own_rules {
    struct ks_rules *rules;
    const struct ks_ruleset *set;
};

static inline struct own_rules own_rules(const char *yaml)
{
    struct own_rules own = {NULL, NULL};
    struct ks_err err = {{0}};
    enum ks_rc rc = ks_rules_new(&own.rules, &err);

    if (rc == KS_OK)
        rc = ks_rules_add_text(own.rules, ks_span_str(yaml), "own.yml", &err);
    if (rc != KS_OK)
        fail_msg("%s", err.text);
    own.set = ks_rules_set(own.rules);
    return own;
}

static inline struct ks_matcher *matcher_of(const struct ks_ruleset *set,
                                            struct ks_prefilter_cache cache)
{
    struct ks_matcher_options options = {
        .cache = cache, .identifiers = true, .now = day_of_samples};
    struct ks_matcher *matcher = NULL;
    struct ks_err err = {{0}};

    if (ks_matcher_new(&matcher, set, &options, &err) != KS_OK)
        fail_msg("%s", err.text);
    return matcher;
}

/* A scanner with all that it stands on. */
struct scanning {
    struct ks_matcher *matcher;
    struct ks_coverage *coverage;
    struct ks_scan scan;
};

static inline void scanning_init(struct scanning *s,
                                 const struct ks_ruleset *set)
{
    struct ks_err err = {{0}};

    s->matcher = matcher_of(set, (struct ks_prefilter_cache){NULL, NULL});
    assert_int_equal(ks_coverage_new(&s->coverage, &err), KS_OK);
    assert_int_equal(
        ks_scan_init(&s->scan, s->matcher, 0, s->coverage, &err), KS_OK);
}

static inline void scanning_release(struct scanning *s)
{
    ks_scan_release(&s->scan);
    ks_coverage_free(s->coverage);
    ks_matcher_free(s->matcher);
}

static inline struct ks_blob blob_of(const void *bytes, size_t len)
{
    return ks_blob_whole((struct ks_span){bytes, len}, KS_BLOB_FILE, "f");
}

/* The matches of a text, valid until the next scan. */
static inline const struct ks_matches *matches_of(struct scanning *s,
                                                  const void *bytes, size_t len)
{
    struct ks_blob blob = blob_of(bytes, len);
    struct ks_err err = {{0}};

    if (ks_scan_blob(&s->scan, &blob, NULL, &err) != KS_OK)
        fail_msg("%s", err.text);
    return &s->scan.all;
}

/* Numbers that are the same in every run. */
static inline uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*seed >> 33) % below;
}

/* What every rule must say, as YAML. */
#define RULE_HEAD(id)                                                          \
    "  - id: " id "\n    provider: Test\n    name: Test\n"                      \
    "    description: For a test.\n    severity: high\n"                       \
    "    severity_reason: It is for a test.\n"

#endif
