/* SPDX-License-Identifier: Apache-2.0 */
/* shipped.h: what is installed beside the library. */
#ifndef KS_LIB_SHIPPED_H
#define KS_LIB_SHIPPED_H

#include <stdbool.h>
#include <stddef.h>

/* The directory of compiled rules: keysweep/ beside the library's own file. */
bool ks_lib_shipped(char *out, size_t room);

#endif
