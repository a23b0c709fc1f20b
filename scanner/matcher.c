/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/matcher.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct ks_matcher {
    const struct ks_ruleset *rules;
    struct ks_matcher_options options;
    struct ks_triggers triggers;
    struct ks_prefilter *prefilter;
    struct ks_window *windows;               /* one for each rule */
    _Atomic(struct ks_ready *) *ready;       /* one for each rule */
    size_t generic[KS_CLASSES];
    pthread_mutex_t compiling;
};

static void free_patterns(struct ks_pattern *const *patterns, size_t count)
{
    for (size_t i = 0; i < count && patterns != NULL; i++)
        ks_pattern_free(patterns[i]);
    free((void *)(uintptr_t)patterns);
}

static void ready_free(struct ks_ready *ready, const struct ks_rule *rule)
{
    if (ready == NULL)
        return;
    ks_pattern_free((struct ks_pattern *)(uintptr_t)ready->pattern);
    free_patterns(ready->allow, rule->allow.regexes.len);
    free_patterns(ready->allow_paths, rule->allow.paths.len);
    free((void *)(uintptr_t)ready->validators);
    free(ready);
}

static enum ks_rc rule_fault(struct ks_err *err, enum ks_rc rc,
                             const struct ks_rule *rule)
{
    if (rule->file == NULL)
        return ks_fail_within(err, rc, "rule %s", rule->id);
    return ks_fail_within(err, rc, "%s:%u:%u: rule %s", rule->file,
                          rule->pattern_at.line, rule->pattern_at.column,
                          rule->id);
}

/* `*out` is to be freed also on failure. */
static enum ks_rc compile_all(struct ks_pattern *const **out,
                              struct ks_texts texts, struct ks_err *err)
{
    struct ks_pattern **patterns = calloc(texts.len + 1, sizeof(*patterns));
    enum ks_rc rc = KS_OK;

    if (patterns == NULL)
        return ks_fail_memory(err);
    *out = patterns;
    for (size_t i = 0; i < texts.len && rc == KS_OK; i++)
        rc = ks_pattern_new(&patterns[i], texts.items[i], err);
    return rc;
}

static enum ks_rc find_validators(struct ks_ready *ready,
                                  const struct ks_rule *rule,
                                  struct ks_err *err)
{
    size_t count = rule->validators.len;
    const struct ks_validator **found = calloc(count + 1, sizeof(*found));

    if (found == NULL)
        return ks_fail_memory(err);
    ready->validators = found;
    for (size_t i = 0; i < count; i++) {
        found[i] = ks_validator_find(rule->validators.items[i]);
        if (found[i] == NULL)
            return ks_fail(err, KS_EINVAL, "there is no validator '%s'",
                           rule->validators.items[i]);
    }
    return KS_OK;
}

static enum ks_rc make_ready(struct ks_ready **out, const struct ks_rule *rule,
                             struct ks_err *err)
{
    struct ks_ready *ready = calloc(1, sizeof(*ready));
    struct ks_pattern *pattern = NULL;
    enum ks_rc rc = KS_OK;

    if (ready == NULL)
        return ks_fail_memory(err);
    if (rule->kind == KS_RULE_PATTERN)
        rc = ks_pattern_new(&pattern, rule->pattern, err);
    ready->pattern = pattern;
    if (rc == KS_OK)
        rc = compile_all(&ready->allow, rule->allow.regexes, err);
    if (rc == KS_OK)
        rc = compile_all(&ready->allow_paths, rule->allow.paths, err);
    if (rc == KS_OK)
        rc = find_validators(ready, rule, err);
    if (rc != KS_OK) {
        ready_free(ready, rule);
        return rule_fault(err, rc, rule);
    }
    *out = ready;
    return KS_OK;
}

enum ks_rc ks_matcher_ready(const struct ks_ready **out,
                            struct ks_matcher *matcher, size_t rule,
                            struct ks_err *err)
{
    struct ks_ready *ready =
        atomic_load_explicit(&matcher->ready[rule], memory_order_acquire);
    enum ks_rc rc = KS_OK;

    if (ready == NULL) {
        (void)pthread_mutex_lock(&matcher->compiling);
        ready = atomic_load_explicit(&matcher->ready[rule],
                                     memory_order_relaxed);
        if (ready == NULL)
            rc = make_ready(&ready, matcher->rules->rules[rule], err);
        if (rc == KS_OK)
            atomic_store_explicit(&matcher->ready[rule], ready,
                                  memory_order_release);
        (void)pthread_mutex_unlock(&matcher->compiling);
    }
    if (rc == KS_OK)
        *out = ready;
    return rc;
}

static void note_generic(struct ks_matcher *matcher)
{
    for (size_t i = 0; i < KS_CLASSES; i++)
        matcher->generic[i] = SIZE_MAX;
    for (size_t i = 0; i < matcher->rules->len; i++)
        if (matcher->rules->rules[i]->kind == KS_RULE_GENERIC)
            matcher->generic[matcher->rules->rules[i]->generic] = i;
}

enum ks_rc ks_matcher_new(struct ks_matcher **out,
                          const struct ks_ruleset *rules,
                          const struct ks_matcher_options *options,
                          struct ks_err *err)
{
    struct ks_matcher *matcher = calloc(1, sizeof(*matcher));
    bool low = options->confidence == KS_CONFIDENCE_LOW;
    enum ks_rc rc = KS_OK;

    if (matcher == NULL)
        return ks_fail_memory(err);
    matcher->rules = rules;
    matcher->options = *options;
    matcher->windows = calloc(rules->len + 1, sizeof(*matcher->windows));
    matcher->ready = calloc(rules->len + 1, sizeof(*matcher->ready));
    if (matcher->windows == NULL || matcher->ready == NULL ||
        pthread_mutex_init(&matcher->compiling, NULL) != 0)
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = ks_triggers_init(&matcher->triggers, matcher->windows, rules,
                              options->all || low, options->identifiers || low,
                              err);
    if (rc == KS_OK)
        rc = ks_prefilter_new(&matcher->prefilter, &matcher->triggers,
                              &options->cache, err);
    if (rc != KS_OK) {
        ks_matcher_free(matcher);
        return rc;
    }
    note_generic(matcher);
    *out = matcher;
    return KS_OK;
}

void ks_matcher_free(struct ks_matcher *matcher)
{
    if (matcher == NULL)
        return;
    for (size_t i = 0; matcher->ready != NULL && i < matcher->rules->len; i++)
        ready_free(atomic_load(&matcher->ready[i]),
                   matcher->rules->rules[i]);
    free(matcher->ready);
    free(matcher->windows);
    ks_prefilter_free(matcher->prefilter);
    ks_triggers_release(&matcher->triggers);
    (void)pthread_mutex_destroy(&matcher->compiling);
    free(matcher);
}

enum ks_rc ks_matcher_check(struct ks_matcher *matcher, struct ks_err *err)
{
    const struct ks_ready *ready;
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < matcher->rules->len && rc == KS_OK; i++)
        if (matcher->rules->rules[i]->file != NULL)
            rc = ks_matcher_ready(&ready, matcher, i, err);
    return rc;
}

const struct ks_ruleset *ks_matcher_rules(const struct ks_matcher *matcher)
{
    return matcher->rules;
}

const struct ks_triggers *ks_matcher_triggers(const struct ks_matcher *matcher)
{
    return &matcher->triggers;
}

const struct ks_prefilter *
ks_matcher_prefilter(const struct ks_matcher *matcher)
{
    return matcher->prefilter;
}

const struct ks_matcher_options *
ks_matcher_options(const struct ks_matcher *matcher)
{
    return &matcher->options;
}

struct ks_window ks_matcher_window(const struct ks_matcher *matcher,
                                   size_t rule)
{
    return matcher->windows[rule];
}

size_t ks_matcher_overlap(const struct ks_matcher *matcher)
{
    return (size_t)matcher->triggers.before + matcher->triggers.after + 4096;
}

size_t ks_matcher_generic(const struct ks_matcher *matcher,
                          enum ks_secret_class class_)
{
    return matcher->generic[class_];
}
