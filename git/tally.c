/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tally.h"

#include <stdlib.h>

struct ks_tally_worker {
    uint64_t blobs, bytes;
    char apart[48]; /* keeps two threads' counters on two cache lines */
};

enum ks_rc ks_tally_init(struct ks_tally *tally,
                         const struct ks_blob_sink *sink, unsigned workers,
                         struct ks_err *err)
{
    *tally = (struct ks_tally){.sink = sink, .count = workers};
    tally->workers = calloc(workers, sizeof(*tally->workers));
    return tally->workers == NULL ? ks_fail_memory(err) : KS_OK;
}

static enum ks_rc take(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err)
{
    struct ks_tally *tally = ctx;

    if (blob->kind != KS_BLOB_PATH_NAME) {
        tally->workers[worker].blobs++;
        tally->workers[worker].bytes += blob->bytes.len;
    }
    return tally->sink->take(tally->sink->ctx, worker, blob, memo, err);
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    struct ks_tally *tally = ctx;

    tally->sink->forget(tally->sink->ctx, worker, memo);
}

struct ks_blob_sink ks_tally_sink(struct ks_tally *tally)
{
    return (struct ks_blob_sink){tally, take, forget};
}

void ks_tally_finish(struct ks_tally *tally, struct ks_coverage *coverage)
{
    struct ks_amounts amounts = {0};

    for (unsigned i = 0; i < tally->count; i++) {
        amounts.blobs += tally->workers[i].blobs;
        amounts.bytes += tally->workers[i].bytes;
    }
    ks_coverage_add(coverage, amounts);
    free(tally->workers);
}
