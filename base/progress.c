/* SPDX-License-Identifier: Apache-2.0 */
#include "base/progress.h"

#include <stddef.h>

void ks_progress_done(struct ks_progress *progress, uint64_t objects,
                      uint64_t bytes)
{
    if (progress == NULL)
        return;
    atomic_fetch_add_explicit(&progress->objects, objects,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&progress->bytes, bytes, memory_order_relaxed);
}

void ks_progress_expect(struct ks_progress *progress, uint64_t objects,
                        uint64_t bytes)
{
    if (progress == NULL)
        return;
    atomic_fetch_add_explicit(&progress->objects_total, objects,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&progress->bytes_total, bytes,
                              memory_order_relaxed);
}
