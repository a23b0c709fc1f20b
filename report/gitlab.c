/* SPDX-License-Identifier: Apache-2.0 */
/* GitLab's secret detection report, schema 15.1: a vulnerability a place. */
#include "base/hash.h"
#include "report/formats.h"
#include "report/json_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LEN = 255, UUID = 37 };

static const char *const severities[] = {
    [KS_SEVERITY_LOW] = "Low",
    [KS_SEVERITY_MEDIUM] = "Medium",
    [KS_SEVERITY_HIGH] = "High",
    [KS_SEVERITY_CRITICAL] = "Critical",
};

static void product(struct ks_json *json, const char *role)
{
    ks_json_key(json, role);
    ks_json_begin(json, '{');
    ks_json_str(json, "id", "keysweep");
    ks_json_str(json, "name", "keysweep");
    ks_json_str(json, "version", KS_VERSION);
    ks_json_key(json, "vendor");
    ks_json_begin(json, '{');
    ks_json_str(json, "name", "keysweep");
    ks_json_end(json, '}');
    ks_json_end(json, '}');
}

/* Times in this schema have no zone. */
static void zoneless(struct ks_json *json, const char *name, int64_t time)
{
    char date[KS_DATE];

    ks_date_utc(date, time);
    date[strlen(date) - 1] = '\0';
    ks_json_str(json, name, date);
}

static void messages(struct ks_json *json)
{
    char text[512];

    ks_json_key(json, "messages");
    ks_json_begin(json, '[');
    for (unsigned i = 0; i < KS_SKIP_COUNT; i++) {
        const struct ks_skipped *skip =
            ks_coverage_skipped(json->sheet->report->coverage, (enum ks_skip)i);

        if (skip->count == 0)
            continue;
        (void)snprintf(text, sizeof(text), "not scanned (%s): %" PRIu64 "; %s",
                       ks_skip_name((enum ks_skip)i), skip->count,
                       ks_skip_advice((enum ks_skip)i));
        ks_json_begin(json, '{');
        ks_json_str(json, "level", "warn");
        ks_json_str(json, "value", text);
        ks_json_end(json, '}');
    }
    ks_json_end(json, ']');
}

static void scan(struct ks_json *json)
{
    const struct ks_report *report = json->sheet->report;

    ks_json_key(json, "scan");
    ks_json_begin(json, '{');
    product(json, "analyzer");
    product(json, "scanner");
    zoneless(json, "start_time", report->started);
    zoneless(json, "end_time", report->finished);
    ks_json_str(json, "status",
                ks_coverage_complete(report->coverage) ? "success" : "failure");
    ks_json_str(json, "type", "secret_detection");
    messages(json);
    ks_json_end(json, '}');
}

/* A version 8 UUID (RFC 9562) over the finding and its place. */
static void uuid(struct ks_json *json, char out[UUID],
                 const struct ks_finding *finding,
                 const struct ks_location *location)
{
    struct ks_span place = ks_sheet_place(json->sheet, location);
    uint8_t digest[KS_SHA256_LEN];
    char hex[KS_SHA256_HEX];
    char at[128];
    char commit[KS_OID_HEX] = "";
    struct ks_sha256 *hash;

    if (ks_sha256_new(&hash, NULL) != KS_OK) {
        ks_pen_fail(&json->sheet->pen, KS_ENOMEM);
        out[0] = '\0';
        return;
    }
    if (location->commit != NULL)
        ks_oid_hex(commit, &location->commit->oid);
    (void)snprintf(at, sizeof(at), "%s %" PRIu64 " %s", commit,
                   location->offset, finding->id);
    ks_sha256_add_field(hash, ks_span_str(at));
    ks_sha256_add_field(hash, place);
    ks_sha256_finish(hash, digest);
    ks_sha256_free(hash);
    digest[6] = (uint8_t)((digest[6] & 0x0f) | 0x80);
    digest[8] = (uint8_t)((digest[8] & 0x3f) | 0x80);
    ks_hex(hex, digest, KS_SHA256_LEN);
    (void)snprintf(out, UUID, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
                   hex + 12, hex + 16, hex + 20);
}

static void identifiers(struct ks_json *json, const struct ks_rule *rule)
{
    ks_json_key(json, "identifiers");
    ks_json_begin(json, '[');
    ks_json_begin(json, '{');
    ks_json_str(json, "type", "keysweep_rule_id");
    ks_json_str(json, "name", rule->name);
    ks_json_str(json, "value", rule->id);
    ks_json_end(json, '}');
    ks_json_end(json, ']');
}

/* The schema wants a commit; its own analyzer writes zeros where none is. */
static void place(struct ks_json *json, const struct ks_location *location)
{
    char oid[KS_OID_HEX] = "0000000";

    if (location->commit != NULL)
        ks_oid_hex(oid, &location->commit->oid);
    ks_json_key(json, "location");
    ks_json_begin(json, '{');
    ks_json_key(json, "file");
    ks_json_text(json, ks_sheet_place(json->sheet, location));
    ks_json_number(json, "start_line", location->start_line);
    ks_json_number(json, "end_line", location->end_line);
    ks_json_key(json, "commit");
    ks_json_begin(json, '{');
    ks_json_str(json, "sha", oid);
    ks_json_end(json, '}');
    ks_json_end(json, '}');
}

static void vulnerability(struct ks_json *json,
                          const struct ks_finding *finding,
                          const struct ks_location *location)
{
    char id[UUID];

    uuid(json, id, finding, location);
    ks_json_begin(json, '{');
    ks_json_str(json, "id", id);
    ks_json_key(json, "name");
    ks_json_text(json,
                 ks_span_slice(ks_sheet_clean(json->sheet, finding->rule->name),
                               0, NAME_MAX_LEN));
    ks_json_str(json, "description", finding->rule->description);
    ks_json_str(json, "severity", severities[finding->severity]);
    identifiers(json, finding->rule);
    place(json, location);
    ks_json_key(json, "raw_source_code_extract");
    ks_json_text(json, ks_sheet_secret(json->sheet, finding));
    if (finding->rule->remediation.len > 0)
        ks_json_str(json, "solution", finding->rule->remediation.items[0]);
    ks_json_end(json, '}');
}

KS_REPORT_WRITER(ks_report_gitlab)
{
    struct ks_sheet sheet;
    struct ks_json json = {.sheet = &sheet};

    ks_sheet_init(&sheet, report, style, out, err);
    ks_json_begin(&json, '{');
    ks_json_str(&json, "version", "15.1.0");
    scan(&json);
    ks_json_key(&json, "vulnerabilities");
    ks_json_begin(&json, '[');
    for (size_t i = 0; i < report->finding_count; i++)
        for (size_t j = 0; j < report->findings[i].location_count; j++)
            vulnerability(&json, &report->findings[i],
                          &report->findings[i].locations[j]);
    ks_json_end(&json, ']');
    ks_json_end(&json, '}');
    ks_pen_byte(&sheet.pen, '\n');
    return ks_sheet_finish(&sheet);
}
