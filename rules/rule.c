/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rule.h"

#include <string.h>

static const char *const severity_names[] = {
    [KS_SEVERITY_LOW] = "low",
    [KS_SEVERITY_MEDIUM] = "medium",
    [KS_SEVERITY_HIGH] = "high",
    [KS_SEVERITY_CRITICAL] = "critical",
};

static const char *const precision_names[] = {
    [KS_PRECISION_UNTOLD] = "",
    [KS_PRECISION_MEDIUM] = "medium",
    [KS_PRECISION_HIGH] = "high",
    [KS_PRECISION_VERY_HIGH] = "very-high",
};

static const char *const class_names[] = {
    [KS_CLASS_PASSWORD] = "password", [KS_CLASS_KEY] = "key",
    [KS_CLASS_TOKEN] = "token",       [KS_CLASS_CONNECTION] = "connection",
    [KS_CLASS_HASH] = "hash",         [KS_CLASS_UUID] = "uuid",
};

size_t ks_ruleset_index(const struct ks_ruleset *set, const char *id)
{
    size_t low = 0;
    size_t high = set->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(set->rules[middle]->id, id);

        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

bool ks_rule_tagged(const struct ks_rule *rule, const char *tag)
{
    for (size_t i = 0; i < rule->tags.len; i++)
        if (strcmp(rule->tags.items[i], tag) == 0)
            return true;
    return false;
}

const struct ks_rule *ks_ruleset_find(const struct ks_ruleset *set,
                                      const char *id)
{
    size_t at = ks_ruleset_index(set, id);

    return at == SIZE_MAX ? NULL : set->rules[at];
}

enum ks_precision ks_rule_precision(const struct ks_rule *rule)
{
    if (rule->precision != KS_PRECISION_UNTOLD)
        return rule->precision;
    if (rule->kind == KS_RULE_GENERIC)
        return KS_PRECISION_MEDIUM;
    return rule->validators.len > 0 ? KS_PRECISION_VERY_HIGH
                                    : KS_PRECISION_HIGH;
}

const char *ks_precision_name(enum ks_precision precision)
{
    return precision_names[precision];
}

enum ks_precision ks_precision_parse(const char *name)
{
    for (unsigned i = 0;
         name != NULL && i < sizeof(precision_names) / sizeof(*precision_names);
         i++)
        if (strcmp(precision_names[i], name) == 0)
            return (enum ks_precision)i;
    return KS_PRECISION_UNTOLD;
}

const char *ks_severity_name(enum ks_severity severity)
{
    return severity_names[severity];
}

bool ks_severity_parse(enum ks_severity *out, const char *name)
{
    for (unsigned i = 0; i < sizeof(severity_names) / sizeof(*severity_names);
         i++) {
        if (strcmp(severity_names[i], name) == 0) {
            *out = (enum ks_severity)i;
            return true;
        }
    }
    return false;
}

const char *ks_secret_class_name(enum ks_secret_class class_)
{
    return class_names[class_];
}
