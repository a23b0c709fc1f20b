/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h: what every format needs while it writes one report. */
#ifndef KS_REPORT_SHEET_H
#define KS_REPORT_SHEET_H

#include "report/mask.h"
#include "report/pen.h"

struct ks_sheet {
    const struct ks_report *report;
    const struct ks_report_style *style;
    struct ks_pen pen;
    struct ks_mask mask;
    struct ks_buf clean, work;
};

/* All borrowed until ks_sheet_finish. Failures wait in the pen. */
void ks_sheet_init(struct ks_sheet *sheet, const struct ks_report *report,
                   const struct ks_report_style *style,
                   const struct ks_report_out *out, struct ks_err *err);

/* Writes what is pending, frees all, returns the first failure. */
enum ks_rc ks_sheet_finish(struct ks_sheet *sheet);

/*
 * The bytes with the secrets in them redacted; NULL is as "". Valid until the
 * next call of a function of this header.
 */
struct ks_span ks_sheet_clean(struct ks_sheet *sheet, const char *text);

/* As clean, and harmless for a terminal. */
struct ks_span ks_sheet_shown(struct ks_sheet *sheet, const char *text);

/* What may be shown of a finding's secret; valid as above. */
struct ks_span ks_sheet_secret(struct ks_sheet *sheet,
                               const struct ks_finding *finding);

/*
 * Where a location is, in words: "path", "path!member", "(standard input)",
 * "(message of commit 0123456789)", "(unreachable object 0123456789)". Redacted, raw bytes; valid as above.
 */
struct ks_span ks_sheet_place(struct ks_sheet *sheet,
                              const struct ks_location *location);

/* As place, and harmless for a terminal. */
struct ks_span ks_sheet_place_shown(struct ks_sheet *sheet,
                                    const struct ks_location *location);

/* How many places all findings have together. */
size_t ks_report_places(const struct ks_report *report);

/* The word for a location's kind as reports print it, such as "file". */
const char *ks_location_kind_name(const struct ks_location *location);

enum { KS_DATE = 40 };

/* RFC 3339: "2026-01-31T12:00:00Z", or with the offset in minutes. */
void ks_date_utc(char out[KS_DATE], int64_t time);
void ks_date_local(char out[KS_DATE], int64_t time, int offset);

#endif
