/* SPDX-License-Identifier: Apache-2.0 */
/* locator.h: one worker that looks where the things asked about were added. */
#ifndef KS_GIT_LOCATOR_H
#define KS_GIT_LOCATOR_H

#include "git/locate_parts.h"

struct ks_locator;

/* Borrows `locate`. KS_ENOMEM. */
enum ks_rc ks_locator_new(struct ks_locator **out, struct ks_locate *locate,
                          struct ks_err *err);
void ks_locator_free(struct ks_locator *locator);

/* Takes commits and roots, as long as there are any that nobody took. */
enum ks_rc ks_locator_run(struct ks_locator *locator, struct ks_err *err);

/* What it found; paths are the locator's. */
const struct ks_sightings *
ks_locator_sightings(const struct ks_locator *locator);

#endif
