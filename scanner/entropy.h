/* SPDX-License-Identifier: Apache-2.0 */
/* entropy.h: how random bytes look. */
#ifndef KS_SCANNER_ENTROPY_H
#define KS_SCANNER_ENTROPY_H

#include "base/span.h"

/*
 * Shannon entropy of the byte frequencies in thousandths of a bit a byte,
 * rounded down; integer arithmetic, so that every machine gives the same. Looks
 * at the first 4096 bytes.
 */
unsigned ks_entropy_milli(struct ks_span bytes);

#endif
