/* SPDX-License-Identifier: Apache-2.0 */
/* keysweep.report/1 as one document; docs/schema/report-1.schema.json. */
#include "report/formats.h"
#include "report/json_finding.h"

KS_REPORT_WRITER(ks_report_json)
{
    struct ks_sheet sheet;
    struct ks_json json = {.sheet = &sheet};

    ks_sheet_init(&sheet, report, style, out, err);
    ks_json_begin(&json, '{');
    ks_json_scan(&json);
    ks_json_key(&json, "findings");
    ks_json_begin(&json, '[');
    for (size_t i = 0; i < report->finding_count; i++)
        ks_json_finding(&json, &report->findings[i]);
    ks_json_end(&json, ']');
    ks_json_end(&json, '}');
    ks_pen_byte(&sheet.pen, '\n');
    return ks_sheet_finish(&sheet);
}
