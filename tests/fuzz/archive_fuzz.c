/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an archive: members of any form, bounded, never a crash. */
#include "files/archive.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ks_rc take(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err)
{
    size_t *sum = ctx;

    (void)worker;
    (void)memo;
    (void)err;
    if (blob->own_from > blob->bytes.len)
        abort();
    for (size_t i = 0; i < blob->bytes.len; i += 97)
        *sum += blob->bytes.ptr[i];
    return KS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ks_coverage *coverage = NULL;
    size_t sum = 0;
    struct ks_blob_sink sink = {.ctx = &sum, .take = take};
    struct ks_files_options options = {.window = 1 << 16, .overlap = 64};
    struct ks_archive_from from = {
        .bytes = {data, size}, .fd = -1, .size = 1, .path = "a"};
    struct ks_lane lane;
    bool whole;

    if (!ks_archive_begins(from.bytes) ||
        ks_coverage_new(&coverage, NULL) != KS_OK)
        return 0;
    options.coverage = coverage;
    ks_lane_init(&lane, &options, &sink, 0, NULL);
    (void)ks_archive_scan(&lane, &from, &whole);
    ks_lane_release(&lane);
    ks_coverage_free(coverage);
    return 0;
}
