/* SPDX-License-Identifier: Apache-2.0 */
/* features.h: what the model sees of a candidate. */
#ifndef KS_SCANNER_GENERIC_FEATURES_H
#define KS_SCANNER_GENERIC_FEATURES_H

#include "scanner/generic/candidate.h"

enum ks_feature {
#define KS_FEATURE(name) KS_FEATURE_##name,
#include "scanner/generic/features.def"
#undef KS_FEATURE
    KS_FEATURES
};

/*
 * Computes every feature of a candidate from its window. Integers only, no
 * allocation, bounded work; equal windows give equal features.
 */
void ks_generic_features(int16_t out[KS_FEATURES],
                         const struct ks_generic_window *window,
                         const struct ks_generic_candidate *candidate);

#endif
