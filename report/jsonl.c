/* SPDX-License-Identifier: Apache-2.0 */
/* JSON lines: a finding a line, then a line with schema, tool and scan. */
#include "report/formats.h"
#include "report/json_finding.h"

KS_REPORT_WRITER(ks_report_jsonl)
{
    struct ks_sheet sheet;
    struct ks_json json = {.sheet = &sheet, .flat = true};

    ks_sheet_init(&sheet, report, style, out, err);
    for (size_t i = 0; i < report->finding_count; i++) {
        ks_json_finding(&json, &report->findings[i]);
        ks_pen_byte(&sheet.pen, '\n');
    }
    ks_json_begin(&json, '{');
    ks_json_scan(&json);
    ks_json_end(&json, '}');
    ks_pen_byte(&sheet.pen, '\n');
    return ks_sheet_finish(&sheet);
}
