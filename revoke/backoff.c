/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/backoff.h"

enum { LEAST_PERCENT = 80, SPREAD = 41 };

int64_t ks_backoff_ms(const struct ks_revoke_config *config, unsigned attempt,
                      int64_t retry_after, uint32_t random)
{
    int64_t delay;

    if (attempt >= config->retries)
        return -1;
    delay = (int64_t)config->retry_ms[attempt] *
            (LEAST_PERCENT + random % SPREAD) / 100;
    return delay < retry_after * 1000 ? retry_after * 1000 : delay;
}
