/* SPDX-License-Identifier: Apache-2.0 */
/* names.h: each text once, whichever thread comes first. */
#ifndef KS_GIT_NAMES_H
#define KS_GIT_NAMES_H

#include "base/span.h"

#include <stdbool.h>

/* A set of texts that many threads add to. */
struct ks_names;

struct ks_names *ks_names_new(void);
void ks_names_free(struct ks_names *names);

enum { KS_NAME_NONE = UINT32_MAX };

/*
 * The text's number; `*first`: whether this call was the first with it.
 * KS_NAME_NONE without memory, or room for more.
 */
uint32_t ks_names_take(struct ks_names *names, struct ks_span name,
                       bool *first);

/* The text's number, or KS_NAME_NONE. */
uint32_t ks_names_find(struct ks_names *names, struct ks_span name);

/* The text of a number that a take returned. Nobody may add at the same time.
 */
struct ks_span ks_names_text(const struct ks_names *names, uint32_t number);

/* All numbers are below. Nobody may add at the same time. */
uint32_t ks_names_end(const struct ks_names *names);

#endif
