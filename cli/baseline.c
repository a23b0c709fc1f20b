/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/baseline.h"

#include "base/file.h"

#include <string.h>

static const size_t report_cap = (size_t)4 << 30;

enum ks_rc ks_report_file_text(struct ks_buf *out, const char *path,
                               struct ks_err *err)
{
    ks_buf_init(out, report_cap);
    return ks_file_read(out, strcmp(path, "-") == 0 ? "/dev/stdin" : path, err);
}

enum ks_rc ks_baseline_add(struct ks_report_ids *out, const char *path,
                           struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc = ks_report_file_text(&text, path, err);

    if (rc == KS_OK)
        rc = ks_report_read_ids(out, ks_buf_span(&text), path, err);
    ks_buf_wipe(&text);
    return rc == KS_OK ? rc : ks_fail_within(err, rc, "--baseline");
}
