/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_finding.h"

static void tool(struct ks_json *json)
{
    const struct ks_report *report = json->sheet->report;

    ks_json_key(json, "tool");
    ks_json_begin(json, '{');
    ks_json_str(json, "name", "keysweep");
    ks_json_str(json, "version", KS_VERSION);
    ks_json_key(json, "rules");
    ks_json_begin(json, '{');
    ks_json_number(json, "count", report->ruleset->len);
    ks_json_str(json, "hash", report->ruleset_hash);
    ks_json_end(json, '}');
    ks_json_end(json, '}');
}

static void skipped(struct ks_json *json)
{
    ks_json_key(json, "skipped");
    ks_json_begin(json, '[');
    for (unsigned i = 0; i < KS_SKIP_COUNT; i++) {
        const struct ks_skipped *skip =
            ks_coverage_skipped(json->sheet->report->coverage, (enum ks_skip)i);
        struct ks_texts examples = {(const char *const *)skip->examples, 0};

        if (skip->count == 0)
            continue;
        while (examples.len < KS_SKIP_EXAMPLES &&
               skip->examples[examples.len] != NULL)
            examples.len++;
        ks_json_begin(json, '{');
        ks_json_str(json, "reason", ks_skip_name((enum ks_skip)i));
        ks_json_number(json, "count", skip->count);
        ks_json_texts(json, "examples", examples);
        ks_json_str(json, "advice", ks_skip_advice((enum ks_skip)i));
        ks_json_end(json, '}');
    }
    ks_json_end(json, ']');
}

static void coverage(struct ks_json *json)
{
    struct ks_amounts amounts =
        ks_coverage_amounts(json->sheet->report->coverage);

    ks_json_key(json, "coverage");
    ks_json_begin(json, '{');
    ks_json_number(json, "blobs", amounts.blobs);
    ks_json_number(json, "bytes", amounts.bytes);
    ks_json_number(json, "commits", amounts.commits);
    skipped(json);
    ks_json_end(json, '}');
}

void ks_json_scan(struct ks_json *json)
{
    const struct ks_report *report = json->sheet->report;
    char started[KS_DATE], finished[KS_DATE];

    ks_date_utc(started, report->started);
    ks_date_utc(finished, report->finished);
    ks_json_str(json, "schema", KS_REPORT_SCHEMA);
    tool(json);
    ks_json_key(json, "scan");
    ks_json_begin(json, '{');
    ks_json_str(json, "kind", ks_scan_kind_name(report->kind));
    ks_json_path(json, "target", report->target);
    ks_json_str(json, "started", started);
    ks_json_str(json, "finished", finished);
    ks_json_truth(json, "complete", ks_coverage_complete(report->coverage));
    coverage(json);
    ks_json_number(json, "suppressed", report->suppressed);
    ks_json_end(json, '}');
}

static void commit(struct ks_json *json, const struct ks_commit *commit)
{
    char hex[KS_OID_HEX], date[KS_DATE];

    if (commit == NULL)
        return;
    ks_oid_hex(hex, &commit->oid);
    ks_date_local(date, commit->time, commit->offset);
    ks_json_str(json, "commit", hex);
    ks_json_key(json, "author");
    ks_json_begin(json, '{');
    ks_json_str(json, "name", commit->author.name);
    ks_json_str(json, "email", commit->author.email);
    ks_json_end(json, '}');
    ks_json_str(json, "date", date);
    ks_json_str(json, "message", commit->message);
}

static void location(struct ks_json *json, const struct ks_location *location)
{
    char hex[KS_OID_HEX];

    ks_json_begin(json, '{');
    ks_json_str(json, "kind", ks_location_kind_name(location));
    ks_json_path(json, "path", location->path);
    ks_json_path(json, "archive", location->archive);
    ks_json_number(json, "start_line", location->start_line);
    ks_json_number(json, "start_column", location->start_column);
    ks_json_number(json, "end_line", location->end_line);
    ks_json_number(json, "end_column", location->end_column);
    ks_json_number(json, "offset", location->offset);
    ks_json_number(json, "length", location->length);
    ks_json_str(json, "decoded", location->decoded);
    commit(json, location->commit);
    if (location->blob.len > 0) {
        ks_oid_hex(hex, &location->blob);
        ks_json_str(json, "blob", hex);
    }
    ks_json_truth(json, "at_tip", location->at_tip);
    if (location->unreachable)
        ks_json_truth(json, "unreachable", true);
    ks_json_end(json, '}');
}

static void secret(struct ks_json *json, const struct ks_finding *finding)
{
    ks_json_key(json, "secret");
    ks_json_text(json, ks_sheet_secret(json->sheet, finding));
}

static void facts(struct ks_json *json, const struct ks_finding *finding)
{
    if (finding->fact_count == 0)
        return;
    ks_json_key(json, "facts");
    ks_json_begin(json, '[');
    for (size_t i = 0; i < finding->fact_count; i++) {
        ks_json_begin(json, '{');
        ks_json_str(json, "name", finding->facts[i].name);
        ks_json_str(json, "value", finding->facts[i].value);
        ks_json_end(json, '}');
    }
    ks_json_end(json, ']');
}

/* Parts that were not found are NULL and are left out. */
static void parts(struct ks_json *json, const struct ks_finding *finding)
{
    if (finding->part_count == 0)
        return;
    ks_json_key(json, "parts");
    ks_json_begin(json, '[');
    for (size_t i = 0; i < finding->part_count; i++) {
        const struct ks_finding *part = finding->parts[i];

        if (part == NULL)
            continue;
        ks_json_begin(json, '{');
        ks_json_str(json, "id", part->id);
        ks_json_str(json, "rule", part->rule->id);
        ks_json_str(json, "name", part->rule->name);
        secret(json, part);
        ks_json_end(json, '}');
    }
    ks_json_end(json, ']');
}

void ks_json_finding(struct ks_json *json, const struct ks_finding *finding)
{
    const struct ks_rule *rule = finding->rule;

    ks_json_begin(json, '{');
    ks_json_str(json, "id", finding->id);
    ks_json_str(json, "rule", rule->id);
    ks_json_str(json, "name", rule->name);
    ks_json_str(json, "description", rule->description);
    ks_json_str(json, "severity", ks_severity_name(finding->severity));
    if (finding->severity != rule->severity)
        ks_json_str(json, "rule_severity", ks_severity_name(rule->severity));
    ks_json_str(json, "precision", ks_precision_name(ks_rule_precision(rule)));
    ks_json_key(json, "confidence");
    ks_json_milli(json, finding->confidence);
    ks_json_str(json, "proof", ks_proof_name(finding->proof));
    secret(json, finding);
    ks_json_key(json, "entropy");
    ks_json_milli(json, finding->entropy_milli);
    facts(json, finding);
    parts(json, finding);
    ks_json_key(json, "locations");
    ks_json_begin(json, '[');
    for (size_t i = 0; i < finding->location_count; i++)
        location(json, &finding->locations[i]);
    ks_json_end(json, ']');
    ks_json_truth(json, "present_at_tip", finding->present_at_tip);
    ks_json_texts(json, "tags", rule->tags);
    ks_json_texts(json, "reasons", finding->reasons);
    ks_json_texts(json, "remediation", rule->remediation);
    ks_json_texts(json, "references", rule->references);
    ks_json_end(json, '}');
}
