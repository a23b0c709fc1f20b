/* SPDX-License-Identifier: Apache-2.0 */
/* names.h: each text once, whichever thread comes first. */
#ifndef KS_GIT_NAMES_H
#define KS_GIT_NAMES_H

#include "base/span.h"

/* A set of texts that many threads add to. */
struct ks_names;

struct ks_names *ks_names_new(void);
void ks_names_free(struct ks_names *names);

/* Whether this call was the first with that text: 1, 0, −1 without memory. */
int ks_names_take(struct ks_names *names, struct ks_span name);

#endif
