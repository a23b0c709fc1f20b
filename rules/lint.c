/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load.h"
#include "rules/regex.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SAMPLES_MIN = 3, LINE_MAX_BYTES = 1024 };

struct lint {
    const struct ks_ruleset *set;
    const struct ks_rule *rule;
    void (*problem)(void *ctx, const char *line);
    void *ctx;
    size_t count;
};

static void __attribute__((format(printf, 2, 3)))
say(struct lint *lint, const char *format, ...)
{
    char words[LINE_MAX_BYTES];
    char line[2 * LINE_MAX_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    (void)snprintf(line, sizeof(line), "%s:%u:%u: %s: %s",
                   lint->rule->file == NULL ? "(built in)" : lint->rule->file,
                   lint->rule->at.line, lint->rule->at.column, lint->rule->id,
                   words);
    lint->count++;
    lint->problem(lint->ctx, line);
}

static void check_words(struct lint *lint)
{
    const struct ks_rule *rule = lint->rule;

    if (rule->severity_reason == NULL)
        say(lint, "no severity_reason");
    if (rule->description == NULL)
        say(lint, "no description");
    if (rule->remediation.len == 0)
        say(lint, "no remediation");
    if (rule->references.len == 0)
        say(lint, "no references");
    for (size_t i = 0; i < rule->references.len; i++)
        if (strncmp(rule->references.items[i], "https://", 8) != 0)
            say(lint, "reference \"%.80s\" is not an https:// address",
                rule->references.items[i]);
}

/* Samples are asked of all but generic rules, which the model's tests cover. */
static void check_samples(struct lint *lint)
{
    const struct ks_rule *rule = lint->rule;

    if (rule->kind == KS_RULE_GENERIC)
        return;
    if (rule->examples.len < SAMPLES_MIN)
        say(lint, "%zu examples, %d are needed", rule->examples.len,
            SAMPLES_MIN);
    if (rule->counterexamples.len < SAMPLES_MIN)
        say(lint, "%zu counterexamples, %d are needed",
            rule->counterexamples.len, SAMPLES_MIN);
}

static void check_parts(struct lint *lint)
{
    const struct ks_rule *rule = lint->rule;

    for (size_t i = 0; i < rule->parts.len; i++)
        if (ks_ruleset_find(lint->set, rule->parts.items[i].rule) == NULL)
            say(lint, "requires \"%s\", which is not there",
                rule->parts.items[i].rule);
}

static void check_pattern(struct lint *lint)
{
    const struct ks_rule *rule = lint->rule;
    struct ks_regex *regex;
    struct ks_err why;

    if (rule->pattern == NULL)
        return;
    if (ks_regex_parse(&regex, rule->pattern, &why) != KS_OK) {
        say(lint, "pattern: %s", why.text);
        return;
    }
    if (ks_regex_reach(regex).min_width == 0)
        say(lint, "the pattern matches nothing at all");
    ks_regex_free(regex);
}

/* Whether one of the rule's keywords is in the sample. */
static bool holds_keyword(const struct ks_rule *rule, const char *sample)
{
    for (size_t i = 0; i < rule->keywords.len; i++) {
        const char *word = rule->keywords.items[i];

        if ((rule->keywords_caseless ? strcasestr(sample, word)
                                     : strstr(sample, word)) != NULL)
            return true;
    }
    return rule->keywords.len == 0;
}

static void check_keywords(struct lint *lint)
{
    const struct ks_rule *rule = lint->rule;

    for (size_t i = 0; i < rule->examples.len; i++)
        if (!holds_keyword(rule, rule->examples.items[i]))
            say(lint, "example %zu holds none of the keywords", i + 1);
}

size_t ks_rules_lint(const struct ks_ruleset *set,
                     void (*problem)(void *ctx, const char *line), void *ctx)
{
    struct lint lint = {.set = set, .problem = problem, .ctx = ctx};

    for (size_t i = 0; i < set->len; i++) {
        lint.rule = set->rules[i];
        check_words(&lint);
        check_samples(&lint);
        check_parts(&lint);
        check_pattern(&lint);
        check_keywords(&lint);
    }
    return lint.count;
}
