/* SPDX-License-Identifier: Apache-2.0 */
/* reasons.h: features in words; internal. */
#ifndef KS_SCANNER_GENERIC_REASONS_H
#define KS_SCANNER_GENERIC_REASONS_H

#include <stdint.h>

/* The bits of the reasons that hold, see the table in reasons.c. */
uint32_t ks_reasons_of(const int16_t *features);

/* The trees over the window, without the path's; for tests. */
int32_t ks_generic_model_window(const int16_t *features);

#endif
