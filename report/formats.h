/* SPDX-License-Identifier: Apache-2.0 */
/* formats.h: the writers behind the table of formats.c, one file each. */
#ifndef KS_REPORT_FORMATS_H
#define KS_REPORT_FORMATS_H

#include "report/report.h"

#define KS_REPORT_WRITER(name)                                                 \
    enum ks_rc name(const struct ks_report *report,                            \
                    const struct ks_report_style *style,                       \
                    const struct ks_report_out *out, struct ks_err *err)

KS_REPORT_WRITER(ks_report_text);
KS_REPORT_WRITER(ks_report_json);
KS_REPORT_WRITER(ks_report_jsonl);
KS_REPORT_WRITER(ks_report_sarif);
KS_REPORT_WRITER(ks_report_gitlab);
KS_REPORT_WRITER(ks_report_gitleaks);
KS_REPORT_WRITER(ks_report_junit);
KS_REPORT_WRITER(ks_report_csv);

#endif
