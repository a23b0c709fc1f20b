/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delta.h: git's deltas, "copy this range of the base, insert these bytes", as
 * described in gitformat-pack(5) under "Deltified representation".
 */
#ifndef KS_GIT_DELTA_H
#define KS_GIT_DELTA_H

#include "base/blob.h"
#include "base/err.h"
#include "base/vec.h"

/* The sizes that a delta states, and where its commands start. */
struct ks_delta_head {
    uint64_t base_size;
    uint64_t result_size;
    size_t commands_at;
};

/* KS_EFORMAT if the stream ends too early or a size has more than 64 bits. */
enum ks_rc ks_delta_head(struct ks_delta_head *out, struct ks_span delta);

/*
 * Writes the result to `out`, which has room for `head->result_size` +
 * KS_INFLATE_SLACK bytes, and replaces `copies` (may be NULL), in the order of
 * `to`; neighbours that join are one. `base` and
 * `delta` must be readable for KS_INFLATE_SLACK bytes behind their end. Sizes
 * are below 4 GiB. KS_EFORMAT if the sizes do not hold or a copy lies outside
 * of the base; KS_ENOMEM. No words.
 */
enum ks_rc ks_delta_apply(uint8_t *out, const struct ks_delta_head *head,
                          struct ks_span base, struct ks_span delta,
                          struct ks_copies *copies);

#endif
