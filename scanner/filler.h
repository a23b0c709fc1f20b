/* SPDX-License-Identifier: Apache-2.0 */
/* filler.h: texts that stand where a secret will stand. */
#ifndef KS_SCANNER_FILLER_H
#define KS_SCANNER_FILLER_H

#include "base/span.h"

/*
 * Why most of the secret is what people type for want of a real one: a run of
 * one character, a sequence ("0123456789abcdef", "qwerty"), a short piece again
 * and again, or the words of a placeholder ("your_api_key_here"). NULL if it is
 * not, and for texts of less than 12 bytes. Chance makes none of them. Takes
 * time O(length); the answer is constant text.
 */
const char *ks_filler_reason(struct ks_span secret);

#endif
