/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h: what time it is, for reports and for what has expired. */
#ifndef KS_CLI_CLOCK_H
#define KS_CLI_CLOCK_H

#include "base/err.h"

#include <stdint.h>

/*
 * Unix seconds: now, or what SOURCE_DATE_EPOCH says
 * (reproducible-builds.org/specs/source-date-epoch), so that two reports can be
 * compared byte for byte. KS_EINVAL if that is no number of seconds.
 */
enum ks_rc ks_clock_now(int64_t *out, struct ks_err *err);

#endif
