/* SPDX-License-Identifier: Apache-2.0 */
/* load.h: rule files in YAML, read strictly. docs/rules.md describes them. */
#ifndef KS_RULES_LOAD_H
#define KS_RULES_LOAD_H

#include "base/log.h"
#include "rules/rule.h"

/* Collects rules of several files. Not thread-safe. */
struct ks_rules;

enum ks_rc ks_rules_new(struct ks_rules **out, struct ks_err *err);
void ks_rules_free(struct ks_rules *rules);

/* Adds rules that live elsewhere and outlive `rules` (the built-in ones). */
enum ks_rc ks_rules_add_set(struct ks_rules *rules,
                            const struct ks_ruleset *set, struct ks_err *err);

/*
 * Adds the rules of one file. KS_EINVAL with file:line:column, what is wrong
 * and a hint: unknown or repeated keys, an id that is there already, a missing
 * or wrong value.
 */
enum ks_rc ks_rules_add_file(struct ks_rules *rules, const char *path,
                             struct ks_err *err);

/* The same from memory; `name` stands for the file in messages. */
enum ks_rc ks_rules_add_text(struct ks_rules *rules, struct ks_span text,
                             const char *name, struct ks_err *err);

/* Adds every *.yml of a directory, in byte order of the names. */
enum ks_rc ks_rules_add_dir(struct ks_rules *rules, const char *path,
                            struct ks_err *err);

/* Takes a rule out; KS_ENOENT, with similar ids as a hint. */
enum ks_rc ks_rules_disable(struct ks_rules *rules, const char *id,
                            struct ks_err *err);

/* The rules collected so far; valid until the next call and with `rules`. */
const struct ks_ruleset *ks_rules_set(struct ks_rules *rules);

/*
 * What a finished rule needs beyond being loadable: enough examples, reasons,
 * remediation, references. Calls `problem` once for each finding of the lint
 * with a line "file:line:column: id: text"; returns how many there were.
 */
size_t ks_rules_lint(const struct ks_ruleset *set,
                     void (*problem)(void *ctx, const char *line), void *ctx);

#endif
