/* SPDX-License-Identifier: Apache-2.0 */
/* baseline.h: reports of earlier scans, read from files. */
#ifndef KS_CLI_BASELINE_H
#define KS_CLI_BASELINE_H

#include "base/buf.h"
#include "report/read.h"

/* Reads the bytes of a report; '-' is standard input. The caller releases. */
enum ks_rc ks_report_file_text(struct ks_buf *out, const char *path,
                               struct ks_err *err);

/* Adds the ids of a report's findings; after a failure there are none. */
enum ks_rc ks_baseline_add(struct ks_report_ids *out, const char *path,
                           struct ks_err *err);

#endif
