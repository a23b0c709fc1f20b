/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/rulesc/rulesc.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Text for a cell of a table. */
static enum ks_rc add_cell(struct ks_buf *out, const char *text)
{
    enum ks_rc rc = ks_buf_add_str(out, " ");

    for (; rc == KS_OK && *text != '\0'; text++) {
        if (strchr("|<>*_`[]", *text) != NULL)
            rc = ks_buf_add_byte(out, '\\');
        if (rc == KS_OK)
            rc = ks_buf_add_byte(out, *text == '\n' ? ' ' : (uint8_t)*text);
    }
    return rc == KS_OK ? ks_buf_add_str(out, " |") : rc;
}

/* Validators' names, or how else the secret is told from chance. */
static enum ks_rc add_proof(struct ks_buf *out, const struct ks_rule *rule)
{
    enum ks_rc rc = KS_OK;

    if (rule->validators.len == 0)
        return add_cell(out, rule->kind == KS_RULE_GENERIC ? "model" : "form");
    for (size_t i = 0; rc == KS_OK && i < rule->validators.len; i++)
        rc = ks_buf_printf(out, "%s`%s`", i == 0 ? " " : ", ",
                           rule->validators.items[i]);
    return rc == KS_OK ? ks_buf_add_str(out, " |") : rc;
}

static enum ks_rc add_row(struct ks_buf *out, const struct ks_rule *rule)
{
    enum ks_rc rc = ks_buf_add_str(out, "|");

    if (rc == KS_OK)
        rc = add_cell(out, rule->provider);
    if (rc == KS_OK)
        rc = ks_buf_printf(out, " `%s` |", rule->id);
    if (rc == KS_OK)
        rc = add_cell(out, rule->name);
    if (rc == KS_OK)
        rc = add_cell(out, ks_severity_name(rule->severity));
    if (rc == KS_OK)
        rc = add_proof(out, rule);
    return rc == KS_OK ? ks_buf_add_str(out, "\n") : rc;
}

static int by_provider(const void *a, const void *b)
{
    const struct ks_rule *left = *(const struct ks_rule *const *)a;
    const struct ks_rule *right = *(const struct ks_rule *const *)b;
    int order = strcasecmp(left->provider, right->provider);

    return order != 0 ? order : strcmp(left->id, right->id);
}

enum ks_rc ks_rulesc_markdown(struct ks_buf *out, const struct ks_ruleset *set)
{
    const struct ks_rule **rules = calloc(set->len + 1, sizeof(*rules));
    enum ks_rc rc;

    if (rules == NULL)
        return KS_ENOMEM;
    for (size_t i = 0; i < set->len; i++)
        rules[i] = set->rules[i];
    qsort(rules, set->len, sizeof(*rules), by_provider);
    rc = ks_buf_printf(out,
                       "# The built-in rules\n\n"
                       "Written by `rulesc markdown`; %zu rules.\n\n"
                       "| provider | id | credential | severity | proof |\n"
                       "| --- | --- | --- | --- | --- |\n",
                       set->len);
    for (size_t i = 0; rc == KS_OK && i < set->len; i++)
        rc = add_row(out, rules[i]);
    free(rules);
    return rc;
}
