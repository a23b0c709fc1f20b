/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4180, a place a row. A field that a spreadsheet would take for a formula
 * gets an apostrophe in front.
 */
#include "report/formats.h"
#include "report/sheet.h"

#include <string.h>

static void field(struct ks_pen *pen, struct ks_span text)
{
    ks_pen_byte(pen, '"');
    if (text.len > 0 && memchr("=+-@", text.ptr[0], 4) != NULL)
        ks_pen_byte(pen, '\'');
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] == '"')
            ks_pen_byte(pen, '"');
        ks_pen_byte(pen, text.ptr[at]);
    }
    ks_pen_str(pen, "\",");
}

static void commit_fields(struct ks_sheet *sheet,
                          const struct ks_commit *commit)
{
    char hex[KS_OID_HEX], date[KS_DATE];

    if (commit == NULL) {
        ks_pen_str(&sheet->pen, ",,,,");
        return;
    }
    ks_oid_hex(hex, &commit->oid);
    ks_date_local(date, commit->time, commit->offset);
    ks_pen_printf(&sheet->pen, "%s,", hex);
    field(&sheet->pen, ks_sheet_shown(sheet, commit->author.name));
    field(&sheet->pen, ks_sheet_shown(sheet, commit->author.email));
    ks_pen_printf(&sheet->pen, "%s,", date);
}

static void row(struct ks_sheet *sheet, const struct ks_finding *finding,
                const struct ks_location *location)
{
    struct ks_pen *pen = &sheet->pen;

    ks_pen_printf(pen, "%s,%s,%s,%u.%03u,%s,", finding->id, finding->rule->id,
                  ks_severity_name(finding->severity),
                  finding->confidence / 1000, finding->confidence % 1000,
                  ks_proof_name(finding->proof));
    field(pen, ks_sheet_secret(sheet, finding));
    field(pen, ks_sheet_place_shown(sheet, location));
    ks_pen_printf(pen, "%zu,%zu,%zu,%zu,", location->start_line,
                  location->start_column, location->end_line,
                  location->end_column);
    commit_fields(sheet, location->commit);
    ks_pen_str(pen, location->at_tip ? "true\r\n" : "false\r\n");
}

KS_REPORT_WRITER(ks_report_csv)
{
    struct ks_sheet sheet;

    ks_sheet_init(&sheet, report, style, out, err);
    ks_pen_str(&sheet.pen,
               "id,rule,severity,confidence,proof,secret,place,start_line,"
               "start_column,end_line,end_column,commit,author,email,date,"
               "at_tip\r\n");
    for (size_t i = 0; i < report->finding_count; i++)
        for (size_t j = 0; j < report->findings[i].location_count; j++)
            row(&sheet, &report->findings[i],
                &report->findings[i].locations[j]);
    return ks_sheet_finish(&sheet);
}
