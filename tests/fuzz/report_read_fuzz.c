/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a report: what can be read can be written in every format. */
#include "report/read.h"
#include "report/report.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ks_rc drop(void *ctx, struct ks_span bytes, struct ks_err *err)
{
    (void)ctx;
    (void)bytes;
    (void)err;
    return KS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ks_span text = {data, size};
    struct ks_report_out out = {.write = drop};
    struct ks_report_style style = {.explain = true};
    struct ks_report_ids ids = {0};
    struct ks_report_file *file;
    const struct ks_report_format *formats;
    size_t count;

    if (ks_report_read_ids(&ids, text, "r", NULL) == KS_OK)
        free(ids.items);
    if (ks_report_read(&file, text, "r", NULL) != KS_OK)
        return 0;
    formats = ks_report_formats(&count);
    for (size_t i = 0; i < count; i++)
        if (formats[i].write(ks_report_file_report(file), &style, &out, NULL) !=
            KS_OK)
            abort();
    ks_report_file_free(file);
    return 0;
}
