/* SPDX-License-Identifier: Apache-2.0 */
/* rulesc.h: what rulesc writes. */
#ifndef KS_TOOLS_RULESC_H
#define KS_TOOLS_RULESC_H

#include "base/buf.h"
#include "rules/rule.h"

/* C source that defines ks_rules_builtin(). KS_ELIMIT, KS_ENOMEM. */
enum ks_rc ks_rulesc_table(struct ks_buf *out, const struct ks_ruleset *set);

/* The list of rules for docs/. KS_ELIMIT, KS_ENOMEM. */
enum ks_rc ks_rulesc_markdown(struct ks_buf *out, const struct ks_ruleset *set);

/*
 * All examples, for tests: the rule's id, a NUL, the example, a NUL, and so on.
 * KS_ELIMIT, KS_ENOMEM.
 */
enum ks_rc ks_rulesc_samples(struct ks_buf *out, const struct ks_ruleset *set);

#endif
