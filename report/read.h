/* SPDX-License-Identifier: Apache-2.0 */
/* read.h: a report of this program read back, from its json or jsonl form. */
#ifndef KS_REPORT_READ_H
#define KS_REPORT_READ_H

#include "scanner/finding.h"

/*
 * A report that was read. The secrets are not in it: a redacted one is as many
 * asterisks, one that was shown in part is what was shown. Rules know what the
 * findings said of them; rules without findings are only counted.
 */
struct ks_report_file;

/*
 * Reads a report; `name` is for messages. KS_EFORMAT if it is none, KS_ENOMEM.
 */
enum ks_rc ks_report_read(struct ks_report_file **out, struct ks_span text,
                          const char *name, struct ks_err *err);
void ks_report_file_free(struct ks_report_file *file);

/* Valid as long as the file. */
const struct ks_report *
ks_report_file_report(const struct ks_report_file *file);

/* Ids of findings, in order, each once; a zeroed one is empty. */
struct ks_report_ids {
    char (*items)[KS_FINDING_ID];
    size_t len;
};

/*
 * Adds only the ids to `out`, for a baseline. KS_EFORMAT, KS_ENOMEM: `out` is
 * empty then. The caller frees `items`.
 */
enum ks_rc ks_report_read_ids(struct ks_report_ids *out, struct ks_span text,
                              const char *name, struct ks_err *err);

#endif
