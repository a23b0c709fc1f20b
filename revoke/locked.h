/* SPDX-License-Identifier: Apache-2.0 */
/* locked.h: memory for secrets: not swapped, not dumped, wiped. */
#ifndef KS_REVOKE_LOCKED_H
#define KS_REVOKE_LOCKED_H

#include "base/err.h"
#include "base/span.h"

struct ks_locked_chunk;

/* A zeroed one is empty. Not thread-safe. */
struct ks_locked {
    struct ks_locked_chunk *chunks;
    bool unlocked; /* the limit on locked memory was reached: not all is */
};

/* A copy that lives until release. KS_ENOMEM. */
enum ks_rc ks_locked_copy(struct ks_span *out, struct ks_locked *locked,
                          struct ks_span secret, struct ks_err *err);

/* Room for `len` bytes, zeroed. KS_ENOMEM. */
enum ks_rc ks_locked_alloc(uint8_t **out, struct ks_locked *locked, size_t len,
                           struct ks_err *err);

/* Wipes and frees all. */
void ks_locked_release(struct ks_locked *locked);

/* No core dumps and no reading by other processes of the same user. */
void ks_locked_harden(void);

#endif
