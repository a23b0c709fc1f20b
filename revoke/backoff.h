/* SPDX-License-Identifier: Apache-2.0 */
/* backoff.h: when a failed message is tried again. */
#ifndef KS_REVOKE_BACKOFF_H
#define KS_REVOKE_BACKOFF_H

#include "revoke/config.h"

/*
 * Milliseconds to wait after attempt number `attempt` (1, 2 …) failed, between
 * 80 and 120 percent of the configured delay by `random` (any value), and at
 * least `retry_after` seconds. −1: no attempt is left.
 */
int64_t ks_backoff_ms(const struct ks_revoke_config *config, unsigned attempt,
                      int64_t retry_after, uint32_t random);

#endif
