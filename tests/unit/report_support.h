/* SPDX-License-Identifier: Apache-2.0 */
/* report_support.h: a report with everything in it, and where to write it. */
#ifndef KS_TESTS_REPORT_SUPPORT_H
#define KS_TESTS_REPORT_SUPPORT_H

#include "base/blob.h"
#include "base/file.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define TEXTS(array)                                                           \
    {                                                                          \
        array, COUNT(array)                                                    \
    }

static const char *const sample_tags[] = {"cloud", "token"};
static const char *const sample_steps[] = {
    "Revoke the token in the account's settings", "Read the audit log"};
static const char *const sample_links[] = {"https://example.org/tokens"};
static const char *const sample_reasons[] = {"the checksum holds",
                                             "beside the word \"token\""};

static const struct ks_rule sample_rules[] = {
    {.id = "acme-token",
     .name = "Acme token",
     .description = "Full access to an <Acme> account & its \"projects\"",
     .severity = KS_SEVERITY_CRITICAL,
     .tags = TEXTS(sample_tags),
     .remediation = TEXTS(sample_steps),
     .references = TEXTS(sample_links)},
    {.id = "generic-password",
     .name = "Generic phrase",
     .severity = KS_SEVERITY_LOW,
     .kind = KS_RULE_GENERIC},
    {.id = "zeta-key", .name = "Zeta key", .severity = KS_SEVERITY_HIGH},
};

static const struct ks_rule *const sample_rule_list[] = {
    &sample_rules[0], &sample_rules[1], &sample_rules[2]};
static const struct ks_ruleset sample_ruleset = {sample_rule_list, 3};

static const struct ks_commit sample_commit = {
    .oid = {{0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}, 20},
    .author = {"Ann \xff Example", "ann@example.org"},
    .time = 1714564800,
    .offset = -150,
    .message = "Add \"config\"\twith \033[31mcolour",
};

static const struct ks_location sample_places[] = {
    {.path = "src/config.py",
     .kind = KS_BLOB_GIT_BLOB,
     .start_line = 12,
     .start_column = 5,
     .end_line = 12,
     .end_column = 45,
     .offset = 300,
     .length = 40,
     .commit = &sample_commit,
     .blob = {{0xab, 0xcd}, 20},
     .at_tip = true},
    {.path = "odd\n\xfe\033]0;x\007 name",
     .kind = KS_BLOB_GIT_BLOB,
     .start_line = 1,
     .start_column = 1,
     .end_line = 3,
     .end_column = 2,
     .offset = 0,
     .length = 60,
     .decoded = "base64",
     .archive = "inner/a.txt"},
};

static const struct ks_location sample_message[] = {
    {.kind = KS_BLOB_COMMIT_MESSAGE,
     .start_line = 2,
     .start_column = 8,
     .end_line = 2,
     .end_column = 18,
     .offset = 20,
     .length = 10,
     .commit = &sample_commit},
};

/* The secret "swordfish!" stands in the name of the file itself. */
static const struct ks_location sample_name[] = {
    {.path = "=keys/swordfish!.txt",
     .kind = KS_BLOB_PATH_NAME,
     .start_line = 1,
     .start_column = 7,
     .end_line = 1,
     .end_column = 17,
     .offset = 6,
     .length = 10},
};

static const struct ks_fact sample_facts[] = {{"account", "1234"}};

static const struct ks_finding sample_part = {
    .id = "33333333333333333333333333333333",
    .rule = &sample_rules[2],
    .severity = KS_SEVERITY_HIGH,
    .secret = {(const uint8_t *)"part-secret", 11},
};
static const struct ks_finding *const sample_parts[] = {&sample_part, NULL};

static const struct ks_finding sample_findings[] = {
    {.id = "00000000000000000000000000000001",
     .rule = &sample_rules[0],
     .severity = KS_SEVERITY_CRITICAL,
     .confidence = 995,
     .proof = KS_PROOF_CHECKSUM,
     .secret = {(const uint8_t *)"plain-secret-of-acme-0123456789-abcdefgh",
                40},
     .entropy_milli = 4210,
     .reasons = TEXTS(sample_reasons),
     .facts = sample_facts,
     .fact_count = 1,
     .parts = sample_parts,
     .part_count = 2,
     .locations = sample_places,
     .location_count = 2,
     .present_at_tip = true},
    {.id = "00000000000000000000000000000002",
     .rule = &sample_rules[1],
     .severity = KS_SEVERITY_LOW,
     .confidence = 400,
     .secret = {(const uint8_t *)"hunter2-pw", 10},
     .entropy_milli = 3000,
     .locations = sample_message,
     .location_count = 1},
    {.id = "00000000000000000000000000000003",
     .rule = &sample_rules[2],
     .severity = KS_SEVERITY_HIGH,
     .confidence = 800,
     .proof = KS_PROOF_STRUCTURE,
     .secret = {(const uint8_t *)"swordfish!", 10},
     .entropy_milli = 3122,
     .locations = sample_name,
     .location_count = 1},
};

/* Every plain text that no report may hold. */
static const char *const sample_secrets[] = {
    "plain-secret-of-acme", "hunter2-pw", "swordfish!", "part-secret"};

/* Complete and empty, or with the findings above. Free the coverage. */
static inline struct ks_report sample_report(bool full)
{
    struct ks_coverage *coverage;
    struct ks_report report = {
        .kind = full ? KS_SCAN_GIT : KS_SCAN_FILES,
        .target = full ? "/srv/repo \xff" : "src",
        .started = 1767225600,
        .finished = 1767225605,
        .ruleset = &sample_ruleset,
        .ruleset_hash = "0123456789abcdef0123456789abcdef"
                        "0123456789abcdef0123456789abcdef",
    };

    assert_int_equal(ks_coverage_new(&coverage, NULL), KS_OK);
    ks_coverage_add(coverage, (struct ks_amounts){.blobs = 1234,
                                                  .bytes = 5678901,
                                                  .commits = full ? 42 : 0});
    report.coverage = coverage;
    if (!full)
        return report;
    ks_coverage_skip(coverage, KS_SKIP_CORRUPT, "objects/1\033[2Jx.pack");
    ks_coverage_skip(coverage, KS_SKIP_CORRUPT, "objects/swordfish!");
    ks_coverage_skip(coverage, KS_SKIP_LIMIT, "a.zip!b");
    report.findings = sample_findings;
    report.finding_count = COUNT(sample_findings);
    report.suppressed = 3;
    return report;
}

static inline void sample_free(struct ks_report *report)
{
    struct ks_coverage *coverage = NULL;

    memcpy(&coverage, &report->coverage, sizeof(coverage));
    ks_coverage_free(coverage);
}

static inline enum ks_rc into_buf(void *ctx, struct ks_span bytes,
                                  struct ks_err *err)
{
    (void)err;
    return ks_buf_add(ctx, bytes);
}

/* Writes the report into a buffer, which the caller releases. */
static inline void render(struct ks_buf *out, const char *format,
                          const struct ks_report *report,
                          struct ks_report_style style)
{
    const struct ks_report_format *found = ks_report_format_find(format);
    struct ks_report_out to = {into_buf, out};
    struct ks_err err = {0};

    assert_non_null(found);
    ks_buf_init(out, (size_t)1 << 30);
    assert_int_equal(found->write(report, &style, &to, &err), KS_OK);
}

static inline bool holds(const struct ks_buf *buf, const char *text)
{
    return ks_span_find(ks_buf_span(buf), 0, ks_span_str(text)) != SIZE_MAX;
}

#endif
