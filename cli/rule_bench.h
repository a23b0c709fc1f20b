/* SPDX-License-Identifier: Apache-2.0 */
/* rule_bench.h: what each rule costs the prefilter. */
#ifndef KS_CLI_RULE_BENCH_H
#define KS_CLI_RULE_BENCH_H

#include "base/buf.h"
#include "rules/rule.h"

/*
 * Measures on the files below `directory`, up to 64 MiB of them: the set as a
 * whole, and each rule's hits and time when its triggers are alone. Appends a
 * table, the most costly first.
 */
enum ks_rc ks_rule_bench(struct ks_buf *out, const struct ks_ruleset *set,
                         const char *directory, struct ks_err *err);

#endif
