/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h: the parts of ks_generic_features(); internal. */
#ifndef KS_SCANNER_GENERIC_PARTS_H
#define KS_SCANNER_GENERIC_PARTS_H

#include "scanner/generic/features.h"

/* Fills the features of the form and the key. */
void ks_key_features(int16_t *out, const struct ks_generic_window *window,
                     const struct ks_generic_candidate *candidate);

/* Fills the features of the value's own bytes. */
void ks_value_features(int16_t *out, struct ks_span value);

/* Fills those of them that words decide; part of ks_value_features(). */
void ks_value_word_features(int16_t *out, struct ks_span value);

/* Fills the features that compare the value with its key. */
void ks_pair_features(int16_t *out, struct ks_span key, struct ks_span value);

/* Fills the features of what stands around. */
void ks_context_features(int16_t *out, const struct ks_generic_window *window,
                         const struct ks_generic_candidate *candidate);

/* `n` if it fits, else the greatest that does. */
static inline int16_t ks_clamp16(size_t n)
{
    return n > 32767 ? 32767 : (int16_t)n;
}

#endif
