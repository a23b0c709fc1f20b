/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h: a sink that counts what passes. */
#ifndef KS_GIT_TALLY_H
#define KS_GIT_TALLY_H

#include "base/blob.h"
#include "base/coverage.h"

/* Counts contents and messages, not names, for each worker. */
struct ks_tally {
    const struct ks_blob_sink *sink; /* borrowed */
    struct ks_tally_worker *workers;
    unsigned count;
};

/* KS_ENOMEM. */
enum ks_rc ks_tally_init(struct ks_tally *tally,
                         const struct ks_blob_sink *sink, unsigned workers,
                         struct ks_err *err);

/* The sink to hand blobs to; borrows the tally. */
struct ks_blob_sink ks_tally_sink(struct ks_tally *tally);

/* Adds what was counted to the coverage and ends the tally. */
void ks_tally_finish(struct ks_tally *tally, struct ks_coverage *coverage);

#endif
