/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_rules.c: keysweep rules list|show|lint|test|bench */
#include "base/plural.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/rule_bench.h"
#include "cli/rule_files.h"
#include "cli/rule_test.h"
#include "scanner/matcher.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_CAP = 64 << 20 };

static enum ks_rc list(struct ks_buf *out, const struct ks_rule_files *files,
                       const struct ks_args *args, struct ks_err *err)
{
    const struct ks_ruleset *set = files->set;
    enum ks_rc rc = KS_OK;

    (void)args;
    for (size_t i = 0; i < set->len && rc == KS_OK; i++)
        rc = ks_buf_printf(out, "%-44s %-8s %s%s\n", set->rules[i]->id,
                           ks_severity_name(set->rules[i]->severity),
                           set->rules[i]->validators.len > 0 ? "[proof] " : "",
                           set->rules[i]->name);
    return rc == KS_OK ? KS_OK : ks_fail_memory(err);
}

static enum ks_rc add_text(struct ks_buf *out, const char *key,
                           const char *value)
{
    return value == NULL ? KS_OK : ks_buf_printf(out, "%-14s %s\n", key, value);
}

static enum ks_rc add_texts(struct ks_buf *out, const char *key,
                            const struct ks_texts *texts)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < texts->len && rc == KS_OK; i++)
        rc = add_text(out, i == 0 ? key : "", texts->items[i]);
    return rc;
}

static enum ks_rc show_one(struct ks_buf *out, const struct ks_rule *rule)
{
    const struct {
        const char *key, *value;
    } texts[] = {
        {"id", rule->id},
        {"name", rule->name},
        {"provider", rule->provider},
        {"severity", ks_severity_name(rule->severity)},
        {"because", rule->severity_reason},
        {"description", rule->description},
        {"pattern", rule->pattern},
        {"prefilter", rule->prefilter},
        {"revocation", rule->revocation},
    };
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && rc == KS_OK; i++)
        rc = add_text(out, texts[i].key, texts[i].value);
    if (rc == KS_OK)
        rc = add_texts(out, "keywords", &rule->keywords);
    if (rc == KS_OK)
        rc = add_texts(out, "validators", &rule->validators);
    if (rc == KS_OK)
        rc = add_texts(out, "remediation", &rule->remediation);
    if (rc == KS_OK)
        rc = add_texts(out, "references", &rule->references);
    return rc;
}

static enum ks_rc show(struct ks_buf *out, const struct ks_rule_files *files,
                       const struct ks_args *args, struct ks_err *err)
{
    for (size_t i = 1; i < args->operands.len; i++) {
        const char *id = args->operands.items[i];
        const struct ks_rule *rule = ks_ruleset_find(files->set, id);
        enum ks_rc rc;

        if (rule == NULL)
            return ks_fail(err, KS_EINVAL,
                           "there is no rule '%s' (keysweep "
                           "rules list shows them all)",
                           id);
        rc = i > 1 ? ks_buf_add_byte(out, '\n') : KS_OK;
        if (rc == KS_OK)
            rc = show_one(out, rule);
        if (rc != KS_OK)
            return ks_fail_memory(err);
    }
    if (args->operands.len < 2)
        return ks_fail(err, KS_EINVAL, "rules show needs the id of a rule");
    return KS_OK;
}

static void add_problem(void *ctx, const char *line)
{
    (void)ks_buf_printf(ctx, "%s\n", line);
}

static enum ks_rc lint(struct ks_buf *out, const struct ks_rule_files *files,
                       const struct ks_args *args, struct ks_err *err)
{
    struct ks_matcher_options options = {.identifiers = true};
    struct ks_matcher *matcher = NULL;
    size_t problems = ks_rules_lint(files->set, add_problem, out);
    enum ks_rc rc = ks_matcher_new(&matcher, files->set, &options, err);

    (void)args;
    if (rc == KS_OK)
        rc = ks_matcher_check(matcher, err);
    ks_matcher_free(matcher);
    if (rc == KS_OK && problems > 0)
        rc = ks_fail(err, KS_EINVAL, "%zu problem%s in %zu rule%s", problems,
                     ks_plural(problems), files->set->len,
                     ks_plural(files->set->len));
    if (rc == KS_OK &&
        ks_buf_printf(out, "%zu rule%s in order\n", files->set->len,
                      ks_plural(files->set->len)) != KS_OK)
        rc = ks_fail_memory(err);
    return rc;
}

static enum ks_rc test(struct ks_buf *out, const struct ks_rule_files *files,
                       const struct ks_args *args, struct ks_err *err)
{
    (void)args;
    return ks_rule_test(out, files->set, err);
}

static enum ks_rc bench(struct ks_buf *out, const struct ks_rule_files *files,
                        const struct ks_args *args, struct ks_err *err)
{
    if (args->operands.len != 2)
        return ks_fail(err, KS_EINVAL,
                       "rules bench needs a directory of "
                       "source to measure on");
    return ks_rule_bench(out, files->set, args->operands.items[1], err);
}

static const struct {
    const char *name;
    bool operands_are_files; /* else the built-in rules and --rules */
    enum ks_rc (*run)(struct ks_buf *out, const struct ks_rule_files *files,
                      const struct ks_args *args, struct ks_err *err);
} verbs[] = {
    {"list", false, list}, {"show", false, show},   {"lint", true, lint},
    {"test", true, test},  {"bench", false, bench},
};

static enum ks_rc run_verb(size_t verb, const struct ks_args *args,
                           struct ks_err *err)
{
    struct ks_rule_files files = {0};
    struct ks_buf text;
    struct ks_err inner = {{0}};
    enum ks_rc rc;

    ks_buf_init(&text, TEXT_CAP);
    rc = ks_rule_files_open(&files, args, verbs[verb].operands_are_files, err);
    if (rc == KS_OK && files.set->len == 0)
        rc = ks_fail(err, KS_EINVAL,
                     "%s holds no rules: name YAML files, or a directory that "
                     "has some",
                     args->operands.len > 1 ? args->operands.items[1]
                                            : "the rule directory");
    if (rc == KS_OK) {
        enum ks_rc printed;

        rc = verbs[verb].run(&text, &files, args, err);
        printed = ks_output_text(ks_buf_span(&text), &inner);
        if (rc == KS_OK && printed != KS_OK)
            rc = ks_fail(err, printed, "%s", inner.text);
    }
    ks_buf_release(&text);
    ks_rule_files_close(&files);
    return rc;
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    const char *verb =
        args->operands.len == 0 ? "list" : args->operands.items[0];

    (void)command;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
        if (strcmp(verbs[i].name, verb) == 0)
            return run_verb(i, args, err) == KS_OK ? KS_EXIT_CLEAN
                                                   : KS_EXIT_ERROR;
    (void)ks_fail(err, KS_EINVAL,
                  "rules list, show, lint, test or bench, not '%s'", verb);
    return KS_EXIT_ERROR;
}

static const struct ks_option own[] = {
    {0, "rules", KS_OPTION_LIST, "FILE", "add the rules of a YAML file",
     KS_FIELD(rule_files)},
};

const struct ks_command ks_cmd_rules = {
    .name = "rules",
    .operands = "list | show ID… | lint [FILE|DIR…] | test [FILE|DIR…] | "
                "bench DIR",
    .summary = "list, show, check, test and measure rules",
    .about =
        "lint checks rule files (default: those that were installed), test "
        "runs their\nexamples through the whole scanner, bench measures "
        "what each rule costs the\nprefilter on the files of a directory.",
    .example = "keysweep rules test my-rules.yml",
    .options = {KS_OPTIONS(own), {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
