/* SPDX-License-Identifier: Apache-2.0 */
/*
 * detect_generic.h: matches of the learned model of scanner/generic/, and the
 * part of their verdict that the path says.
 */
#ifndef KS_SCANNER_DETECT_GENERIC_H
#define KS_SCANNER_DETECT_GENERIC_H

#include "scanner/detect.h"

/*
 * Appends the matches of a hit of the generic lexer's keyword. Keeps what some
 * path could lift above the lowest threshold; ks_generic_confidence() decides.
 */
enum ks_rc ks_detect_generic(struct ks_matches *out,
                             struct ks_detector *detector, struct ks_span text,
                             const struct ks_hit *hit, unsigned keyword,
                             struct ks_err *err);

/*
 * Confidence in thousandths of a generic match with this score at this path
 * (NULL if there is none), and whether it is a finding under the options.
 */
unsigned ks_generic_confidence(bool *finding, const char *path, int32_t score,
                               enum ks_secret_class class_,
                               const struct ks_matcher_options *options);

/*
 * What the model says of a value that a pattern found at [start, end) of the
 * text near a hit that ends at `hit`: thousandths, by the window alone.
 */
unsigned ks_generic_opinion(struct ks_span text, size_t hit, size_t start,
                            size_t end);

#endif
