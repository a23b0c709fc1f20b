/* SPDX-License-Identifier: Apache-2.0 */
/* report.h: a report written in one of the formats. */
#ifndef KS_REPORT_REPORT_H
#define KS_REPORT_REPORT_H

#include "base/buf.h"
#include "base/secret.h"
#include "scanner/finding.h"

struct ks_report_style {
    struct ks_redaction redaction;
    bool color;      /* text only */
    bool explain;    /* reasons and advice in full */
    bool quiet;      /* text only: no summary of what was scanned whole */
    unsigned width;  /* of the terminal; 0 means 80 */
};

/* Where a report goes. A failed write ends the report with its result. */
struct ks_report_out {
    enum ks_rc (*write)(void *ctx, struct ks_span bytes, struct ks_err *err);
    void *ctx;
};

/* One format; ks_report_formats() lists them all. */
struct ks_report_format {
    const char *name;    /* as --format takes it */
    const char *summary; /* for --help */
    const char *suffix;  /* of files, such as ".json" */
    enum ks_rc (*write)(const struct ks_report *report,
                        const struct ks_report_style *style,
                        const struct ks_report_out *out, struct ks_err *err);
};

const struct ks_report_format *ks_report_formats(size_t *count);

/* The format of that name, or NULL. */
const struct ks_report_format *ks_report_format_find(const char *name);

#endif
