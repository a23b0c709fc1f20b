/* SPDX-License-Identifier: Apache-2.0 */
/* plural.h: the end of a noun behind a number. */
#ifndef KS_BASE_PLURAL_H
#define KS_BASE_PLURAL_H

#include <stdint.h>

static inline const char *ks_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

#endif
