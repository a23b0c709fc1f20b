/* SPDX-License-Identifier: Apache-2.0 */
/* output.h: where reports go. */
#ifndef KS_CLI_OUTPUT_H
#define KS_CLI_OUTPUT_H

#include "cli/args.h"
#include "report/report.h"

/* Whether --output can be written; to be asked before long work. */
enum ks_rc ks_output_check(const struct ks_args *args, struct ks_err *err);

/*
 * Writes the report to --output, whole or not at all, or to standard output.
 * KS_EIO names the file and what went wrong; a file that was there stays.
 */
enum ks_rc ks_output_report(const struct ks_report *report,
                            const struct ks_report_format *format,
                            struct ks_report_style *style,
                            const struct ks_args *args, struct ks_err *err);

/* Writes text to standard output. */
enum ks_rc ks_output_text(struct ks_span text, struct ks_err *err);

#endif
