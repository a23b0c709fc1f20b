/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h: counters that workers raise and a display reads. */
#ifndef KS_BASE_PROGRESS_H
#define KS_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

/* Shared by all threads; totals are 0 while they are not known. */
struct ks_progress {
    atomic_uint_fast64_t objects, objects_total;
    atomic_uint_fast64_t bytes, bytes_total;
    atomic_uint_fast64_t findings;
};

/* Adds to a counter, without an order to other memory; NULL is allowed. */
void ks_progress_done(struct ks_progress *progress, uint64_t objects,
                      uint64_t bytes);
void ks_progress_expect(struct ks_progress *progress, uint64_t objects,
                        uint64_t bytes);

#endif
