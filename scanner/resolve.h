/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.h: overlapping matches become one. */
#ifndef KS_SCANNER_RESOLVE_H
#define KS_SCANNER_RESOLVE_H

#include "scanner/detect.h"

/*
 * Leaves of each set of matches whose secrets overlap those that tell most:
 * by proof, then by how specific they are, then by confidence and length. The
 * order in `matches` (by start) stays. O(n log n) for text as it occurs.
 */
enum ks_rc ks_resolve(struct ks_matches *matches, struct ks_err *err);

#endif
