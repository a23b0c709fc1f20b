/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args.h: the options of all commands as tables, and what a command line says.
 * Help, man page and completions are made from the same tables.
 */
#ifndef KS_CLI_ARGS_H
#define KS_CLI_ARGS_H

#include "base/err.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

KS_VEC(ks_words, const char *);

struct ks_report;

/* A command that scans in order to do something else with the findings. */
struct ks_taker {
    enum ks_rc (*take)(void *ctx, const struct ks_report *report,
                       struct ks_err *err);
    void *ctx;
};

/* Everything that an option can set. Zero means that it was not given. */
struct ks_args {
    struct ks_words operands;

    struct ks_words configs;
    struct ks_words rule_files;
    struct ks_words rules;    /* only these */
    struct ks_words disabled; /* not these */
    struct ks_words tags;
    struct ks_words baselines;
    const char *severity;
    const char *confidence;
    const char *format;
    const char *output;
    const char *jobs;
    const char *redact; /* "" if given without a number */
    bool show_secrets;
    bool explain;
    bool explain_drops;
    bool all_rules;
    bool no_allow_comments;
    bool trust_repo_config, no_trust_repo_config;
    bool no_color, quiet, verbose, help;

    bool gitignore, no_archives;

    bool staged, whole_files, all_objects, verify_objects;
    bool allow_foreign_owner;
    const char *range, *since, *engine, *state;
    struct ks_words branches;

    bool force, global;
    const char *directory;

    const char *revocation; /* configuration of revocation */
    const char *revoke;     /* "plan" or "send" behind a scan */
    const char *plan;       /* file */
    const char *yes_revoke; /* id of a plan */
    const char *report;     /* JSON report whose findings are meant */
    const char *key, *head;
    bool notify, offline, wait, history;

    /* Takes findings in place of the report's writer; NULL without. */
    const struct ks_taker *taker;
};

enum ks_option_kind {
    KS_OPTION_FLAG,     /* sets a bool */
    KS_OPTION_TEXT,     /* takes a value; the last one counts */
    KS_OPTION_OPTIONAL, /* takes a value behind "=" only; "" without */
    KS_OPTION_LIST,     /* may be given several times */
};

struct ks_option {
    char letter; /* or 0 */
    const char *name;
    enum ks_option_kind kind;
    const char *value; /* what stands for the value in help; or NULL */
    const char *help;  /* one line */
    size_t field;      /* offset in struct ks_args */
};

struct ks_options {
    const struct ks_option *items;
    size_t len;
};

/*
 * Reads the words behind the command's name; `argv` may be reordered.
 * KS_EINVAL names an unknown or ambiguous option, with what was likely meant.
 */
enum ks_rc ks_args_parse(struct ks_args *args, int argc, char **argv,
                         const struct ks_options *groups, size_t group_count,
                         struct ks_err *err);
void ks_args_release(struct ks_args *args);

/* Reads a whole decimal number in [low, high]; KS_EINVAL names the option. */
enum ks_rc ks_args_number(unsigned *out, const char *text, const char *option,
                          unsigned low, unsigned high, struct ks_err *err);

#endif
