/* SPDX-License-Identifier: Apache-2.0 */
/* build.h: one rule out of its YAML. */
#ifndef KS_RULES_BUILD_H
#define KS_RULES_BUILD_H

#include "rules/read.h"

/*
 * Reads the rule at `node`. What it does not say comes from `defaults` (may be
 * NULL), its provider from `provider` (may be NULL). Everything is owned by
 * the arena. KS_EINVAL, KS_ENOMEM.
 */
enum ks_rc ks_build_rule(struct ks_rule **out, const struct ks_read *read,
                         const struct ks_yaml *node,
                         const struct ks_yaml *defaults, const char *provider);

#endif
