/* SPDX-License-Identifier: Apache-2.0 */
/* rule_test.h: the samples of rules, run through the whole scanner. */
#ifndef KS_CLI_RULE_TEST_H
#define KS_CLI_RULE_TEST_H

#include "base/buf.h"
#include "rules/rule.h"

/*
 * Appends a line for each sample that is wrong, by rule and number, never the
 * sample itself, and a closing line. KS_EINVAL if any was wrong.
 */
enum ks_rc ks_rule_test(struct ks_buf *out, const struct ks_ruleset *set,
                        struct ks_err *err);

#endif
