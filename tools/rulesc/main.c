/* SPDX-License-Identifier: Apache-2.0 */
/* rulesc: checks rule files and compiles them at build time. */
#include "base/file.h"
#include "rules/load.h"
#include "tools/rulesc/rulesc.h"

#include <stdio.h>
#include <string.h>

enum { OUT_MAX = 64 * 1024 * 1024, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static void print_problem(void *ctx, const char *line)
{
    (void)ctx;
    (void)fprintf(stderr, "%s\n", line);
}

static int usage(void)
{
    (void)fputs("usage: rulesc table RULES-DIR OUT.c\n"
                "       rulesc markdown RULES-DIR OUT.md\n"
                "       rulesc samples RULES-DIR OUT\n"
                "       rulesc lint RULES-DIR\n",
                stderr);
    return EXIT_USAGE;
}

/* What is written into a file. */
static const struct form {
    const char *command;
    enum ks_rc (*write)(struct ks_buf *out, const struct ks_ruleset *set);
} forms[] = {
    {"table", ks_rulesc_table},
    {"markdown", ks_rulesc_markdown},
    {"samples", ks_rulesc_samples},
};

static const struct form *find_form(const char *command)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (strcmp(command, forms[i].command) == 0)
            return &forms[i];
    return NULL;
}

static enum ks_rc write_out(const struct form *form,
                            const struct ks_ruleset *set, const char *path,
                            struct ks_err *err)
{
    struct ks_buf buf;
    enum ks_rc rc;

    ks_buf_init(&buf, OUT_MAX);
    rc = form->write(&buf, set);
    if (rc != KS_OK)
        rc = ks_fail(err, rc, "%s: out of memory", path);
    else
        rc = ks_file_replace(path, ks_buf_span(&buf), 0644, err);
    ks_buf_release(&buf);
    return rc;
}

static enum ks_rc run(int argc, char **argv, struct ks_rules *rules,
                      struct ks_err *err)
{
    enum ks_rc rc = ks_rules_add_dir(rules, argv[2], err);
    const struct ks_ruleset *set = ks_rules_set(rules);
    size_t problems;

    if (rc != KS_OK)
        return rc;
    if (argc == 4)
        return write_out(find_form(argv[1]), set, argv[3], err);
    problems = ks_rules_lint(set, print_problem, NULL);
    if (problems > 0)
        return ks_fail(err, KS_EINVAL, "%zu problems in %zu rules", problems,
                       set->len);
    (void)printf("%zu rules\n", set->len);
    return KS_OK;
}

static bool is_command(int argc, char **argv)
{
    if (argc == 4)
        return find_form(argv[1]) != NULL;
    return argc == 3 && strcmp(argv[1], "lint") == 0;
}

int main(int argc, char **argv)
{
    struct ks_err err = {""};
    struct ks_rules *rules;
    enum ks_rc rc;

    if (!is_command(argc, argv))
        return usage();
    rc = ks_rules_new(&rules, &err);
    if (rc == KS_OK) {
        rc = run(argc, argv, rules, &err);
        ks_rules_free(rules);
    }
    if (rc != KS_OK)
        (void)fprintf(stderr, "rulesc: %s\n", err.text);
    return rc == KS_OK ? 0 : EXIT_FAILED;
}
