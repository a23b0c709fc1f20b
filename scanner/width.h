/* SPDX-License-Identifier: Apache-2.0 */
/* width.h: how wide the matches of a pattern can be, as Hyperscan counts. */
#ifndef KS_SCANNER_WIDTH_H
#define KS_SCANNER_WIDTH_H

#include "base/err.h"

#include <stdbool.h>

/*
 * Bytes of the widest match of a PCRE2 pattern, lookaround not counted.
 * KS_ELIMIT when there is no bound, KS_EINVAL with Hyperscan's words when it
 * does not take the pattern, KS_ENOMEM.
 */
enum ks_rc ks_pattern_width(unsigned *out, const char *pattern, bool caseless,
                            struct ks_err *err);

#endif
