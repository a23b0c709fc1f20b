/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"

#include "cli/habits.h"
#include "rules/read.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPTIONS = 64, FIRST_CODE = 256 };

/* The tables in the form that getopt_long takes. */
struct tables {
    const struct ks_option *rows[MOST_OPTIONS];
    struct option longs[MOST_OPTIONS + 1];
    char shorts[3 * MOST_OPTIONS + 3];
    size_t len;
};

static void fill(struct tables *t, const struct ks_options *groups,
                 size_t group_count)
{
    char *letter = t->shorts;

    *letter++ = ':';
    for (size_t g = 0; g < group_count; g++)
        for (size_t i = 0; i < groups[g].len && t->len < MOST_OPTIONS; i++) {
            const struct ks_option *row = &groups[g].items[i];
            int has = row->kind == KS_OPTION_FLAG       ? no_argument
                      : row->kind == KS_OPTION_OPTIONAL ? optional_argument
                                                        : required_argument;

            t->longs[t->len] =
                (struct option){row->name, has, NULL, FIRST_CODE + (int)t->len};
            t->rows[t->len++] = row;
            if (row->letter == 0)
                continue;
            *letter++ = row->letter;
            for (int colons = 0; colons < has; colons++)
                *letter++ = ':';
        }
    *letter = '\0';
}

static const struct ks_option *row_of(const struct tables *t, int code)
{
    if (code >= FIRST_CODE)
        return t->rows[code - FIRST_CODE];
    for (size_t i = 0; i < t->len; i++)
        if (t->rows[i]->letter == code)
            return t->rows[i];
    return NULL;
}

static bool set(struct ks_args *args, const struct ks_option *row,
                const char *value)
{
    char *field = (char *)args + row->field;

    switch (row->kind) {
    case KS_OPTION_FLAG:
        *(bool *)(void *)field = true;
        return true;
    case KS_OPTION_TEXT:
        *(const char **)(void *)field = value;
        return true;
    case KS_OPTION_OPTIONAL:
        *(const char **)(void *)field = value == NULL ? "" : value;
        return true;
    case KS_OPTION_LIST:
        return KS_VEC_PUSH((struct ks_words *)(void *)field, value);
    }
    return false;
}

/* The value behind "=" may be a secret, and is not shown. */
static enum ks_rc unknown(const struct tables *t, const char *word,
                          struct ks_err *err)
{
    const char *names[MOST_OPTIONS];
    const char *name = word + strspn(word, "-");
    const char *here = ks_habit_option(name), *near;
    int len = (int)strcspn(word, "=");

    for (size_t i = 0; i < t->len; i++)
        names[i] = t->rows[i]->name;
    if (here != NULL)
        return ks_fail(err, KS_EINVAL, "unknown option '%.*s' (here: %s)", len,
                       word, here);
    if (strncmp(word, "--", 2) != 0)
        return ks_fail(err, KS_EINVAL, "unknown option '%s'", word);
    here = ks_habit_command_with(name);
    if (here != NULL)
        return ks_fail(err, KS_EINVAL,
                       "unknown option '%.*s' (keysweep %s has it)", len, word,
                       here);
    near = ks_read_nearest(name, names, t->len);
    if (near == NULL)
        return ks_fail(err, KS_EINVAL, "unknown option '%.*s'", len, word);
    return ks_fail(err, KS_EINVAL, "unknown option '%.*s' (did you mean --%s?)",
                   len, word, near);
}

/*
 * "--redact 20": a value that may be left out stands behind "=", or it would
 * be taken for a path. Who has such a path writes "./20".
 */
static bool is_stray_number(const struct ks_option *row, const char *value,
                            const char *next)
{
    return row->kind == KS_OPTION_OPTIONAL && value == NULL && next != NULL &&
           *next != '\0' && next[strspn(next, "0123456789")] == '\0';
}

/* Says which option getopt_long stumbled over. */
static enum ks_rc complain(const struct tables *t, int code, char **argv,
                           struct ks_err *err)
{
    const struct ks_option *row = optopt == 0 ? NULL : row_of(t, optopt);
    char letter[3] = {'-', (char)optopt, '\0'};

    if (code == ':' && row != NULL)
        return ks_fail(err, KS_EINVAL, "option --%s needs %s", row->name,
                       row->value);
    if (row != NULL)
        return ks_fail(err, KS_EINVAL, "option --%s takes no value", row->name);
    if (optopt != 0 && optopt < FIRST_CODE)
        return unknown(t, letter, err);
    return unknown(t, argv[optind - 1], err);
}

/* A URL may hold a password: it is not shown. */
static enum ks_rc add_operand(struct ks_args *args, const char *word,
                              struct ks_err *err)
{
    if (strstr(word, "://") != NULL)
        return ks_fail(err, KS_EINVAL,
                       "nothing is fetched from a URL: clone it (git clone "
                       "--mirror URL FOLDER), then keysweep git FOLDER");
    return KS_VEC_PUSH(&args->operands, word) ? KS_OK : ks_fail_memory(err);
}

enum ks_rc ks_args_parse(struct ks_args *args, int argc, char **argv,
                         const struct ks_options *groups, size_t group_count,
                         struct ks_err *err)
{
    struct tables t = {.len = 0};
    int code;

    fill(&t, groups, group_count);
    optind = 0;
    opterr = 0;
    while ((code = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
        const struct ks_option *row;

        if (code == '?' || code == ':')
            return complain(&t, code, argv, err);
        row = row_of(&t, code);
        if (row != NULL && is_stray_number(row, optarg, argv[optind]))
            return ks_fail(err, KS_EINVAL,
                           "the value of --%s stands behind '=': --%s=%s",
                           row->name, row->name, argv[optind]);
        if (row == NULL || !set(args, row, optarg))
            return ks_fail_memory(err);
    }
    for (int i = optind; i < argc; i++) {
        enum ks_rc rc = add_operand(args, argv[i], err);

        if (rc != KS_OK)
            return rc;
    }
    return KS_OK;
}

void ks_args_release(struct ks_args *args)
{
    KS_VEC_RELEASE(&args->operands);
    KS_VEC_RELEASE(&args->configs);
    KS_VEC_RELEASE(&args->rule_files);
    KS_VEC_RELEASE(&args->rules);
    KS_VEC_RELEASE(&args->disabled);
    KS_VEC_RELEASE(&args->tags);
    KS_VEC_RELEASE(&args->baselines);
    KS_VEC_RELEASE(&args->branches);
    *args = (struct ks_args){0};
}

enum ks_rc ks_args_number(unsigned *out, const char *text, const char *option,
                          unsigned low, unsigned high, struct ks_err *err)
{
    char *end = NULL;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || *text == '-' ||
        value < low || value > high)
        return ks_fail(err, KS_EINVAL,
                       "--%s takes a number from %u to %u, not '%s'", option,
                       low, high, text);
    *out = (unsigned)value;
    return KS_OK;
}
