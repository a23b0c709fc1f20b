/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0 (OASIS), within what GitHub code scanning takes: one location a
 * result, at most 25,000 results, of which the gravest are kept. Suppressed
 * findings are never in a report, so that no platform opens them again.
 */
#include "base/hash.h"
#include "base/plural.h"
#include "report/formats.h"
#include "report/json_write.h"
#include "report/uri.h"

#include <stdio.h>
#include <string.h>

/* Stands for each secret; declared as a redaction token. */
#define MASK "[redacted]"

enum {
    RESULTS_MAX = 25000,
    TAGS_MAX = 20,
    TEXT_MAX = 1024,
    SEVERITIES = KS_SEVERITY_CRITICAL + 1,
    HELP_MAX = 64 * 1024,
    PRINT = 32, /* hex digits of a fingerprint */
};

static const struct {
    const char *level;
    const char *security; /* GitHub's scale: >9 critical, ≥7 high, ≥4 medium */
} grades[SEVERITIES] = {
    [KS_SEVERITY_LOW] = {"note", "3.0"},
    [KS_SEVERITY_MEDIUM] = {"warning", "5.5"},
    [KS_SEVERITY_HIGH] = {"error", "8.0"},
    [KS_SEVERITY_CRITICAL] = {"error", "9.5"},
};

/* How many results of each severity may still be written. */
struct quota {
    size_t left[SEVERITIES];
    size_t dropped;
};

static struct quota quota_of(const struct ks_report *report)
{
    struct quota quota = {0};
    size_t places[SEVERITIES] = {0};
    size_t left = RESULTS_MAX;

    for (size_t i = 0; i < report->finding_count; i++)
        places[report->findings[i].severity] +=
            report->findings[i].location_count;
    for (size_t grade = SEVERITIES; grade-- > 0;) {
        quota.left[grade] = places[grade] < left ? places[grade] : left;
        left -= quota.left[grade];
        quota.dropped += places[grade] - quota.left[grade];
    }
    return quota;
}

/* {"text": …}, cut at TEXT_MAX bytes between characters. */
static void message(struct ks_json *json, const char *name, const char *text)
{
    struct ks_span clean = ks_sheet_clean(json->sheet, text);
    size_t len = clean.len;

    if (len > TEXT_MAX) {
        len = TEXT_MAX;
        while (len > 0 && (clean.ptr[len] & 0xc0) == 0x80)
            len--;
    }
    ks_json_key(json, name);
    ks_json_begin(json, '{');
    ks_json_key(json, "text");
    ks_json_text(json, ks_span_slice(clean, 0, len));
    ks_json_end(json, '}');
}

static void add_steps(struct ks_pen *pen, struct ks_buf *out,
                      const struct ks_rule *rule, const char *bullet)
{
    ks_pen_fail(pen, ks_buf_printf(out, "%s",
                                   rule->description != NULL ? rule->description
                                                             : rule->name));
    for (size_t i = 0; i < rule->remediation.len; i++)
        ks_pen_fail(pen, ks_buf_printf(out, "\n%s%s", bullet,
                                       rule->remediation.items[i]));
}

static void help(struct ks_json *json, const struct ks_rule *rule)
{
    static const struct {
        const char *key, *bullet;
    } kinds[] = {{"text", "- "}, {"markdown", "\n* "}};
    struct ks_buf text;

    ks_buf_init(&text, HELP_MAX);
    ks_json_key(json, "help");
    ks_json_begin(json, '{');
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        ks_buf_clear(&text);
        add_steps(&json->sheet->pen, &text, rule, kinds[i].bullet);
        ks_json_key(json, kinds[i].key);
        ks_json_text(json, ks_buf_span(&text));
    }
    ks_json_end(json, '}');
    ks_buf_release(&text);
}

static void rule_properties(struct ks_json *json, const struct ks_rule *rule)
{
    ks_json_key(json, "properties");
    ks_json_begin(json, '{');
    ks_json_key(json, "tags");
    ks_json_begin(json, '[');
    ks_json_text(json, ks_span_str("security"));
    for (size_t i = 0; i < rule->tags.len && i + 1 < TAGS_MAX; i++)
        if (strcmp(rule->tags.items[i], "security") != 0)
            ks_json_text(json, ks_span_str(rule->tags.items[i]));
    ks_json_end(json, ']');
    ks_json_str(json, "precision", ks_precision_name(ks_rule_precision(rule)));
    ks_json_str(json, "security-severity", grades[rule->severity].security);
    ks_json_end(json, '}');
}

static void rule(struct ks_json *json, const struct ks_rule *rule)
{
    ks_json_begin(json, '{');
    ks_json_str(json, "id", rule->id);
    message(json, "shortDescription", rule->name);
    message(json, "fullDescription",
            rule->description != NULL ? rule->description : rule->name);
    help(json, rule);
    if (rule->references.len > 0)
        ks_json_str(json, "helpUri", rule->references.items[0]);
    ks_json_key(json, "defaultConfiguration");
    ks_json_begin(json, '{');
    ks_json_str(json, "level", grades[rule->severity].level);
    ks_json_end(json, '}');
    rule_properties(json, rule);
    ks_json_end(json, '}');
}

/* The rules that have findings, in their order: a result's ruleIndex counts
 * them. */
static void driver(struct ks_json *json)
{
    const struct ks_report *report = json->sheet->report;

    ks_json_key(json, "tool");
    ks_json_begin(json, '{');
    ks_json_key(json, "driver");
    ks_json_begin(json, '{');
    ks_json_str(json, "name", "keysweep");
    ks_json_str(json, "semanticVersion", KS_VERSION);
    ks_json_key(json, "rules");
    ks_json_begin(json, '[');
    for (size_t i = 0; i < report->finding_count; i++)
        if (i == 0 || report->findings[i].rule != report->findings[i - 1].rule)
            rule(json, report->findings[i].rule);
    ks_json_end(json, ']');
    ks_json_end(json, '}');
    ks_json_end(json, '}');
}

static void notification(struct ks_json *json, const char *level,
                         const char *text)
{
    ks_json_begin(json, '{');
    ks_json_str(json, "level", level);
    message(json, "message", text);
    ks_json_end(json, '}');
}

static void notify_skips(struct ks_json *json)
{
    char text[TEXT_MAX];

    for (unsigned i = 0; i < KS_SKIP_COUNT; i++) {
        const struct ks_skipped *skip =
            ks_coverage_skipped(json->sheet->report->coverage, (enum ks_skip)i);

        if (skip->count == 0)
            continue;
        (void)snprintf(
            text, sizeof(text), "not scanned (%s): %llu, such as %s; %s",
            ks_skip_name((enum ks_skip)i), (unsigned long long)skip->count,
            skip->examples[0] != NULL ? skip->examples[0] : "?",
            ks_skip_advice((enum ks_skip)i));
        notification(json, "error", text);
    }
}

static void invocation(struct ks_json *json, const struct quota *quota)
{
    const struct ks_report *report = json->sheet->report;
    char text[KS_DATE + 128];

    ks_json_key(json, "invocations");
    ks_json_begin(json, '[');
    ks_json_begin(json, '{');
    ks_date_utc(text, report->started);
    ks_json_str(json, "startTimeUtc", text);
    ks_date_utc(text, report->finished);
    ks_json_str(json, "endTimeUtc", text);
    ks_json_truth(json, "executionSuccessful",
                  ks_coverage_complete(report->coverage));
    ks_json_key(json, "toolExecutionNotifications");
    ks_json_begin(json, '[');
    notify_skips(json);
    if (quota->dropped > 0) {
        (void)snprintf(text, sizeof(text),
                       "%zu result%s of the lowest severities left out: "
                       "more than %d; the json format has them all",
                       quota->dropped, ks_plural(quota->dropped), RESULTS_MAX);
        notification(json, "warning", text);
    }
    ks_json_end(json, ']');
    ks_json_end(json, '}');
    ks_json_end(json, ']');
}

/* The artifact: a place without a path gets a name that no file has. */
static void artifact(struct ks_json *json, const struct ks_location *location)
{
    struct ks_sheet *sheet = json->sheet;
    struct ks_span path = location->path != NULL
                              ? ks_sheet_clean(sheet, location->path)
                              : ks_sheet_place(sheet, location);
    struct ks_buf uri;

    ks_buf_init(&uri, 4 * path.len + 64);
    ks_pen_fail(&sheet->pen, ks_uri_from_path(&uri, path));
    ks_json_key(json, "artifactLocation");
    ks_json_begin(json, '{');
    ks_json_key(json, "uri");
    ks_json_text(json, ks_buf_span(&uri));
    if (path.len > 0 && path.ptr[0] != '/')
        ks_json_str(json, "uriBaseId", "%SRCROOT%");
    ks_json_end(json, '}');
    ks_buf_release(&uri);
}

static void region(struct ks_json *json, const struct ks_location *location)
{
    ks_json_key(json, "region");
    ks_json_begin(json, '{');
    ks_json_number(json, "startLine", location->start_line);
    ks_json_number(json, "startColumn", location->start_column);
    ks_json_number(json, "endLine", location->end_line);
    ks_json_number(json, "endColumn", location->end_column);
    ks_json_number(json, "byteOffset", location->offset);
    ks_json_number(json, "byteLength", location->length);
    ks_json_end(json, '}');
}

static void locations(struct ks_json *json, const struct ks_location *location)
{
    ks_json_key(json, "locations");
    ks_json_begin(json, '[');
    ks_json_begin(json, '{');
    ks_json_key(json, "physicalLocation");
    ks_json_begin(json, '{');
    artifact(json, location);
    region(json, location);
    ks_json_end(json, '}');
    ks_json_end(json, '}');
    ks_json_end(json, ']');
}

static bool same_file(const struct ks_location *a, const struct ks_location *b)
{
    return (a->path == NULL) == (b->path == NULL) &&
           (a->path == NULL || strcmp(a->path, b->path) == 0);
}

/*
 * Over the secret's id, its file, as it is shown, and how many of it came
 * before in that file: a secret that moves within its file stays the same
 * result.
 */
static void fingerprint(struct ks_json *json, const struct ks_finding *finding,
                        const struct ks_location *location, size_t nth)
{
    uint8_t digest[KS_SHA256_LEN];
    char hex[KS_SHA256_HEX];
    struct ks_sha256 *hash;

    if (ks_sha256_new(&hash, NULL) != KS_OK) {
        ks_pen_fail(&json->sheet->pen, KS_ENOMEM);
        return;
    }
    ks_sha256_add_field(hash, ks_span_str(finding->id));
    ks_sha256_add_field(hash, ks_sheet_clean(json->sheet, location->path));
    ks_sha256_add_field(hash, ks_sheet_clean(json->sheet, location->archive));
    (void)snprintf(hex, sizeof(hex), "%zu", nth);
    ks_sha256_add_field(hash, ks_span_str(hex));
    ks_sha256_finish(hash, digest);
    ks_sha256_free(hash);
    ks_hex(hex, digest, KS_SHA256_LEN);
    hex[PRINT] = '\0';
    ks_json_key(json, "partialFingerprints");
    ks_json_begin(json, '{');
    ks_json_str(json, "keysweep/v1", hex);
    ks_json_end(json, '}');
}

static void result_message(struct ks_json *json,
                           const struct ks_finding *finding,
                           const struct ks_location *location)
{
    struct ks_sheet *sheet = json->sheet;
    struct ks_span secret = sheet->style->redaction.show
                                ? ks_sheet_secret(sheet, finding)
                                : ks_span_str(MASK);
    char oid[KS_OID_HEX] = "";
    struct ks_buf text;

    ks_buf_init(&text, 4 * secret.len + TEXT_MAX);
    if (location->commit != NULL)
        ks_oid_hex(oid, &location->commit->oid);
    ks_pen_fail(&sheet->pen,
                ks_buf_printf(&text, "%.*s: %.*s%s%s", TEXT_MAX / 2,
                              finding->rule->name, (int)secret.len,
                              (const char *)secret.ptr,
                              oid[0] != '\0' ? ", since commit " : "", oid));
    ks_json_key(json, "message");
    ks_json_begin(json, '{');
    ks_json_key(json, "text");
    ks_json_text(json, ks_buf_span(&text));
    ks_json_end(json, '}');
    ks_buf_wipe(&text);
}

static void result_properties(struct ks_json *json,
                              const struct ks_finding *finding,
                              const struct ks_location *location)
{
    char oid[KS_OID_HEX];

    ks_json_key(json, "properties");
    ks_json_begin(json, '{');
    ks_json_str(json, "finding", finding->id);
    ks_json_str(json, "severity", ks_severity_name(finding->severity));
    ks_json_key(json, "confidence");
    ks_json_milli(json, finding->confidence);
    ks_json_str(json, "proof", ks_proof_name(finding->proof));
    ks_json_path(json, "archive", location->archive);
    ks_json_str(json, "decoded", location->decoded);
    if (location->commit != NULL) {
        ks_oid_hex(oid, &location->commit->oid);
        ks_json_str(json, "commit", oid);
    }
    ks_json_truth(json, "presentAtTip", finding->present_at_tip);
    ks_json_end(json, '}');
}

static void results_of(struct ks_json *json, const struct ks_finding *finding,
                       size_t rule_index, struct quota *quota)
{
    size_t nth = 0;

    for (size_t i = 0; i < finding->location_count; i++) {
        const struct ks_location *location = &finding->locations[i];

        if (quota->left[finding->severity] == 0)
            return;
        quota->left[finding->severity]--;
        nth = i > 0 && same_file(location, location - 1) ? nth + 1 : 0;
        ks_json_begin(json, '{');
        ks_json_str(json, "ruleId", finding->rule->id);
        ks_json_number(json, "ruleIndex", rule_index);
        ks_json_str(json, "level", grades[finding->severity].level);
        result_message(json, finding, location);
        locations(json, location);
        fingerprint(json, finding, location, nth);
        result_properties(json, finding, location);
        ks_json_end(json, '}');
    }
}

static void results(struct ks_json *json, struct quota *quota)
{
    const struct ks_report *report = json->sheet->report;
    size_t rule_index = 0;

    ks_json_key(json, "results");
    ks_json_begin(json, '[');
    for (size_t i = 0; i < report->finding_count; i++) {
        if (i > 0 && report->findings[i].rule != report->findings[i - 1].rule)
            rule_index++;
        results_of(json, &report->findings[i], rule_index, quota);
    }
    ks_json_end(json, ']');
}

static void run(struct ks_json *json)
{
    const struct ks_report *report = json->sheet->report;
    struct quota quota = quota_of(report);

    ks_json_begin(json, '{');
    driver(json);
    ks_json_key(json, "automationDetails");
    ks_json_begin(json, '{');
    ks_json_key(json, "id");
    ks_json_text(json, ks_span_str("keysweep/"));
    ks_json_end(json, '}');
    ks_json_key(json, "originalUriBaseIds");
    ks_json_begin(json, '{');
    ks_json_key(json, "%SRCROOT%");
    ks_json_begin(json, '{');
    message(json, "description", "What was scanned");
    ks_json_end(json, '}');
    ks_json_end(json, '}');
    ks_json_str(json, "columnKind", "unicodeCodePoints");
    ks_json_key(json, "redactionTokens");
    ks_json_begin(json, '[');
    ks_json_text(json, ks_span_str(MASK));
    ks_json_end(json, ']');
    invocation(json, &quota);
    results(json, &quota);
    ks_json_end(json, '}');
}

KS_REPORT_WRITER(ks_report_sarif)
{
    struct ks_sheet sheet;
    struct ks_json json = {.sheet = &sheet};

    ks_sheet_init(&sheet, report, style, out, err);
    ks_json_begin(&json, '{');
    ks_json_str(&json, "$schema",
                "https://json.schemastore.org/sarif-2.1.0.json");
    ks_json_str(&json, "version", "2.1.0");
    ks_json_key(&json, "runs");
    ks_json_begin(&json, '[');
    run(&json);
    ks_json_end(&json, ']');
    ks_json_end(&json, '}');
    ks_pen_byte(&sheet.pen, '\n');
    return ks_sheet_finish(&sheet);
}
