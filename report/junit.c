/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit XML: a failing test case a finding, an error a reason for incomplete
 * coverage, and one that passes if there is neither.
 */
#include "report/formats.h"
#include "report/sheet.h"
#include "report/utf8.h"

#include <inttypes.h>

enum { PLACES_SHOWN = 100 };

/* Text that is harmless for terminals holds no control that XML refuses. */
static void escaped(struct ks_pen *pen, struct ks_span text)
{
    for (size_t at = 0; at < text.len; at++) {
        switch (text.ptr[at]) {
        case '&':
            ks_pen_str(pen, "&amp;");
            break;
        case '<':
            ks_pen_str(pen, "&lt;");
            break;
        case '>':
            ks_pen_str(pen, "&gt;");
            break;
        case '"':
            ks_pen_str(pen, "&quot;");
            break;
        default:
            ks_pen_byte(pen, text.ptr[at]);
        }
    }
}

static void shown(struct ks_sheet *sheet, const char *text)
{
    escaped(&sheet->pen, ks_sheet_shown(sheet, text));
}

static void place_lines(struct ks_sheet *sheet,
                        const struct ks_finding *finding)
{
    size_t count = finding->location_count < PLACES_SHOWN
                       ? finding->location_count
                       : PLACES_SHOWN;

    for (size_t i = 0; i < count; i++) {
        const struct ks_location *location = &finding->locations[i];

        escaped(&sheet->pen, ks_sheet_place_shown(sheet, location));
        ks_pen_printf(&sheet->pen, ":%zu:%zu\n", location->start_line,
                      location->start_column);
    }
    if (count < finding->location_count)
        ks_pen_printf(&sheet->pen, "and %zu more places\n",
                      finding->location_count - count);
}

static void failure(struct ks_sheet *sheet, const struct ks_finding *finding)
{
    struct ks_pen *pen = &sheet->pen;

    ks_pen_str(pen, "  <testcase classname=\"");
    shown(sheet, finding->rule->id);
    ks_pen_printf(pen, "\" name=\"%s\">\n   <failure type=\"%s\" message=\"",
                  finding->id, ks_severity_name(finding->severity));
    shown(sheet, finding->rule->name);
    ks_pen_str(pen, ": ");
    escaped(pen, ks_sheet_secret(sheet, finding));
    ks_pen_str(pen, "\">");
    place_lines(sheet, finding);
    ks_pen_str(pen, "</failure>\n  </testcase>\n");
}

static size_t reasons_of(const struct ks_coverage *coverage)
{
    size_t count = 0;

    for (unsigned i = 0; i < KS_SKIP_COUNT; i++)
        count += ks_coverage_skipped(coverage, (enum ks_skip)i)->count > 0;
    return count;
}

static void error(struct ks_sheet *sheet, enum ks_skip reason)
{
    const struct ks_skipped *skip =
        ks_coverage_skipped(sheet->report->coverage, reason);

    if (skip->count == 0)
        return;
    ks_pen_printf(&sheet->pen,
                  "  <testcase classname=\"coverage\" name=\"%s\">\n"
                  "   <error type=\"incomplete\" message=\"not scanned: "
                  "%" PRIu64 "\">",
                  ks_skip_name(reason), skip->count);
    for (size_t i = 0; i < KS_SKIP_EXAMPLES && skip->examples[i] != NULL; i++) {
        shown(sheet, skip->examples[i]);
        ks_pen_byte(&sheet->pen, '\n');
    }
    ks_pen_str(&sheet->pen, "</error>\n  </testcase>\n");
}

KS_REPORT_WRITER(ks_report_junit)
{
    size_t errors = reasons_of(report->coverage);
    size_t cases = report->finding_count + errors;
    struct ks_sheet sheet;

    ks_sheet_init(&sheet, report, style, out, err);
    ks_pen_printf(&sheet.pen,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                  " <testsuite name=\"keysweep\" tests=\"%zu\" "
                  "failures=\"%zu\" errors=\"%zu\">\n",
                  cases == 0 ? 1 : cases, report->finding_count, errors);
    for (size_t i = 0; i < report->finding_count; i++)
        failure(&sheet, &report->findings[i]);
    for (unsigned i = 0; i < KS_SKIP_COUNT; i++)
        error(&sheet, (enum ks_skip)i);
    if (cases == 0)
        ks_pen_str(
            &sheet.pen,
            "  <testcase classname=\"keysweep\" name=\"no secrets\"/>\n");
    ks_pen_str(&sheet.pen, " </testsuite>\n</testsuites>\n");
    return ks_sheet_finish(&sheet);
}
