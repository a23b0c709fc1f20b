/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_explain.c: keysweep explain ID: the playbook of one kind of secret. */
#include "cli/options.h"
#include "cli/output.h"
#include "cli/session.h"
#include "rules/read.h"

#include <stdlib.h>

enum { TEXT_CAP = 1 << 20 };

static enum ks_rc add_list(struct ks_buf *out, const char *title,
                           const struct ks_texts *texts, bool numbered)
{
    enum ks_rc rc;

    if (texts->len == 0)
        return KS_OK;
    rc = ks_buf_printf(out, "\n%s\n", title);
    for (size_t i = 0; i < texts->len && rc == KS_OK; i++)
        rc = numbered
                 ? ks_buf_printf(out, "  %zu. %s\n", i + 1, texts->items[i])
                 : ks_buf_printf(out, "  %s\n", texts->items[i]);
    return rc;
}

static enum ks_rc add_proof(struct ks_buf *out, const struct ks_rule *rule)
{
    enum ks_rc rc = KS_OK;

    if (rule->validators.len == 0)
        return ks_buf_add_str(
            out, "\nProof\n  None offline: it has no checksum. Its "
                 "form and what stands beside it tell.\n");
    rc = ks_buf_add_str(out, "\nProof, offline\n");
    for (size_t i = 0; i < rule->validators.len && rc == KS_OK; i++) {
        const struct ks_validator *v =
            ks_validator_find(rule->validators.items[i]);

        rc = ks_buf_printf(out, "  %s%s%s\n", rule->validators.items[i],
                           v == NULL ? "" : ": ", v == NULL ? "" : v->summary);
    }
    return rc;
}

static enum ks_rc describe(struct ks_buf *out, const struct ks_rule *rule)
{
    enum ks_rc rc = ks_buf_printf(
        out, "%s\n%s, %s\n\nWhat it is\n  %s\n\nWhat a leak means\n  %s\n",
        rule->name, rule->id, ks_severity_name(rule->severity),
        rule->description == NULL ? rule->name : rule->description,
        rule->severity_reason == NULL ? "" : rule->severity_reason);

    if (rc == KS_OK)
        rc = add_proof(out, rule);
    if (rc == KS_OK)
        rc = add_list(out, "What to do", &rule->remediation, true);
    if (rc == KS_OK && rule->revocation != NULL)
        rc = ks_buf_printf(out,
                           "\nRevocation\n  type %s at the key service "
                           "(keysweep revoke)\n",
                           rule->revocation);
    if (rc == KS_OK)
        rc = add_list(out, "References", &rule->references, false);
    return rc;
}

static enum ks_rc no_such_rule(const struct ks_ruleset *set, const char *id,
                               struct ks_err *err)
{
    const char **names = calloc(set->len + 1, sizeof(*names));
    const char *near = NULL;

    for (size_t i = 0; names != NULL && i < set->len; i++)
        names[i] = set->rules[i]->id;
    if (names != NULL)
        near = ks_read_nearest(id, names, set->len);
    free(names);
    if (near != NULL)
        return ks_fail(err, KS_EINVAL,
                       "there is no rule '%s' (did you mean "
                       "%s?)",
                       id, near);
    return ks_fail(err, KS_EINVAL,
                   "there is no rule '%s' (keysweep rules list "
                   "shows them all)",
                   id);
}

static enum ks_rc explain(const struct ks_session *s, const char *id,
                          struct ks_err *err)
{
    const struct ks_rule *rule = ks_ruleset_find(s->ruleset, id);
    struct ks_buf text;
    enum ks_rc rc;

    if (rule == NULL)
        return no_such_rule(s->ruleset, id, err);
    ks_buf_init(&text, TEXT_CAP);
    rc = describe(&text, rule);
    rc = rc == KS_OK ? ks_output_text(ks_buf_span(&text), err)
                     : ks_fail_memory(err);
    ks_buf_release(&text);
    return rc;
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    struct ks_session session;
    enum ks_rc rc;

    (void)command;
    if (args->operands.len != 1) {
        (void)ks_fail(err, KS_EINVAL,
                      "give the id of one rule, as findings "
                      "name it");
        return KS_EXIT_ERROR;
    }
    rc = ks_session_open(&session, args, err);
    if (rc == KS_OK)
        rc = ks_session_configure(&session, NULL, KS_TRUST_NEVER, err);
    if (rc == KS_OK)
        rc = explain(&session, args->operands.items[0], err);
    ks_session_close(&session);
    return rc == KS_OK ? KS_EXIT_CLEAN : KS_EXIT_ERROR;
}

const struct ks_command ks_cmd_explain = {
    .name = "explain",
    .operands = "RULE",
    .summary = "what a kind of secret is, and what to do about its leak",
    .about =
        "Prints what the secret is, what its leak means, how it is proven, "
        "rotated and revoked.",
    .example = "keysweep explain github-pat",
    .options = {{ks_options_rules, KS_OPTIONS_RULE_FILES},
                {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
