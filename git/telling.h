/* SPDX-License-Identifier: Apache-2.0 */
/* telling.h: places, told with the words of their commits. */
#ifndef KS_GIT_TELLING_H
#define KS_GIT_TELLING_H

#include "git/locate_parts.h"
#include "git/recall.h"

/* Tells all hits in their order. KS_ENOMEM; what `place` returns. */
enum ks_rc ks_telling(struct ks_locate *locate, const struct ks_sightings *all,
                      ks_place_fn *place, void *ctx, struct ks_err *err);

#endif
