/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON array that gitleaks 8 writes: an object a place. Its end column is
 * inclusive. "Match" holds the redacted secret, as "Secret" does.
 */
#include "report/formats.h"
#include "report/json_write.h"

#include <stdio.h>

static void commit(struct ks_json *json, const struct ks_commit *commit)
{
    char hex[KS_OID_HEX] = "", date[KS_DATE] = "";

    if (commit != NULL) {
        ks_oid_hex(hex, &commit->oid);
        ks_date_utc(date, commit->time);
    }
    ks_json_str(json, "Commit", hex);
    ks_json_str(json, "Author", commit != NULL ? commit->author.name : "");
    ks_json_str(json, "Email", commit != NULL ? commit->author.email : "");
    ks_json_str(json, "Date", date);
    ks_json_str(json, "Message", commit != NULL ? commit->message : "");
}

/* [commit:]file:rule:line, the form of .gitleaksignore. */
static void fingerprint(struct ks_json *json, const struct ks_finding *finding,
                        const struct ks_location *location)
{
    struct ks_span place = ks_sheet_place(json->sheet, location);
    char hex[KS_OID_HEX] = "";
    struct ks_buf text;

    ks_buf_init(&text, place.len + 1024);
    if (location->commit != NULL)
        ks_oid_hex(hex, &location->commit->oid);
    ks_pen_fail(&json->sheet->pen,
                ks_buf_printf(&text, "%s%s", hex, hex[0] != '\0' ? ":" : ""));
    ks_pen_fail(&json->sheet->pen, ks_buf_add(&text, place));
    ks_pen_fail(&json->sheet->pen,
                ks_buf_printf(&text, ":%.256s:%zu", finding->rule->id,
                              location->start_line));
    ks_json_key(json, "Fingerprint");
    ks_json_text(json, ks_buf_span(&text));
    ks_buf_release(&text);
}

static void secret(struct ks_json *json, const char *name,
                   const struct ks_finding *finding)
{
    ks_json_key(json, name);
    ks_json_text(json, ks_sheet_secret(json->sheet, finding));
}

static void entry(struct ks_json *json, const struct ks_finding *finding,
                  const struct ks_location *location)
{
    const struct ks_rule *rule = finding->rule;

    ks_json_begin(json, '{');
    ks_json_str(json, "RuleID", rule->id);
    ks_json_str(json, "Description",
                rule->description != NULL ? rule->description : rule->name);
    ks_json_number(json, "StartLine", location->start_line);
    ks_json_number(json, "EndLine", location->end_line);
    ks_json_number(json, "StartColumn", location->start_column);
    ks_json_number(json, "EndColumn",
                   location->end_column > 1 ? location->end_column - 1 : 1);
    secret(json, "Match", finding);
    secret(json, "Secret", finding);
    ks_json_key(json, "File");
    ks_json_text(json, ks_sheet_place(json->sheet, location));
    ks_json_str(json, "SymlinkFile", "");
    ks_json_key(json, "Entropy");
    ks_json_milli(json, finding->entropy_milli);
    commit(json, location->commit);
    ks_json_texts(json, "Tags", rule->tags);
    fingerprint(json, finding, location);
    ks_json_end(json, '}');
}

KS_REPORT_WRITER(ks_report_gitleaks)
{
    struct ks_sheet sheet;
    struct ks_json json = {.sheet = &sheet};

    ks_sheet_init(&sheet, report, style, out, err);
    ks_json_begin(&json, '[');
    for (size_t i = 0; i < report->finding_count; i++)
        for (size_t j = 0; j < report->findings[i].location_count; j++)
            entry(&json, &report->findings[i],
                  &report->findings[i].locations[j]);
    ks_json_end(&json, ']');
    ks_pen_byte(&sheet.pen, '\n');
    return ks_sheet_finish(&sheet);
}
