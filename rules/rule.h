/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h: what a rule is, once read. Rules are immutable; those that are built
 * in are constant data of the program, those of a user live in a ruleset.
 */
#ifndef KS_RULES_RULE_H
#define KS_RULES_RULE_H

#include "base/err.h"
#include "base/span.h"

enum ks_severity {
    KS_SEVERITY_LOW,
    KS_SEVERITY_MEDIUM,
    KS_SEVERITY_HIGH,
    KS_SEVERITY_CRITICAL,
};

/* How many of a rule's findings are to be true, as SARIF's readers say it. */
enum ks_precision {
    KS_PRECISION_UNTOLD,
    KS_PRECISION_MEDIUM,
    KS_PRECISION_HIGH,
    KS_PRECISION_VERY_HIGH,
};

/* How candidates of a rule are found. */
enum ks_rule_kind {
    KS_RULE_PATTERN, /* keywords, then the pattern around them */
    KS_RULE_GENERIC, /* the lexer and model of scanner/generic/ */
};

/*
 * Where a pattern promises a run: KS_TOKEN_RUN bytes of letters, digits and
 * "_+/=.-", as tokens have. The prefilter looks for keywords beside such runs
 * only, which are rare, so that such a rule costs next to nothing.
 */
enum ks_token_run {
    KS_RUN_NONE, /* no promise */
    /*
     * Every match begins with a keyword, not behind a letter or digit, and is a
     * run from there on.
     */
    KS_RUN_LEADS,
    /*
     * A token begins at most KS_TOKEN_GAP bytes behind a keyword's end with a
     * run that has a digit in its first KS_TOKEN_HEAD bytes.
     */
    KS_RUN_FOLLOWS,
};

enum {
    KS_TOKEN_RUN = 16,
    KS_TOKEN_GAP = 45,
    KS_TOKEN_HEAD = 32,
    KS_TOKEN_LEAD = 48, /* the most that `run_len` asks for */
    /* Keywords of other lengths are looked for everywhere. */
    KS_WORD_MIN = 3,
    KS_WORD_MAX = 24,
};

/* What a generic rule stands for. */
enum ks_secret_class {
    KS_CLASS_PASSWORD,
    KS_CLASS_KEY,
    KS_CLASS_TOKEN,
    KS_CLASS_CONNECTION,
    KS_CLASS_HASH,
    KS_CLASS_UUID,
    KS_CLASSES,
};

/* Whether the generic model has a say in a pattern rule. */
enum ks_advice {
    KS_ADVICE_NONE,     /* never asked */
    KS_ADVICE_ADVISE,   /* moves the confidence */
    KS_ADVICE_REQUIRED, /* a verdict below the threshold drops the candidate */
};

struct ks_texts {
    const char *const *items;
    size_t len;
};

/* A place in a rule or configuration file, both counted from 1; 0: unknown. */
struct ks_mark {
    unsigned line, column;
};

/* What the secret must have; zero means no demand. */
struct ks_demands {
    unsigned entropy_milli; /* thousandths of a bit a character */
    unsigned digits, upper, lower, special, distinct;
};

/* A candidate that any entry fits is dropped. */
struct ks_allow {
    struct ks_texts regexes;   /* PCRE2, on the secret */
    struct ks_texts stopwords; /* whole words of the secret, caseless */
    struct ks_texts paths;     /* PCRE2, on the path */
};

/* Another rule's match that must be, or may be, near. */
struct ks_part {
    const char *rule;
    unsigned within_lines; /* 0: no limit by lines */
    unsigned within_bytes; /* 0: no limit by bytes */
    bool optional;
};

struct ks_parts {
    const struct ks_part *items;
    size_t len;
};

struct ks_rule {
    const char *id;
    const char *provider;
    const char *name;
    const char *description;
    const char *severity_reason;
    enum ks_severity severity;
    enum ks_precision precision; /* as a report told it; see below */
    enum ks_rule_kind kind;
    enum ks_secret_class generic; /* generic rules only */

    /* PCRE2, byte mode; the secret is the group "secret", or all of it. */
    const char *pattern;
    /* Every match holds one of these; at least 3 bytes each. */
    struct ks_texts keywords;
    bool keywords_caseless;
    /* In place of keywords: a Hyperscan expression of bounded width. */
    const char *prefilter;
    /* The secret has no form of its own: any other rule's finding goes first.
     */
    bool named;
    /* Every match begins where its keyword begins, and `run` is none. */
    bool starts_at_keyword;
    enum ks_token_run run;
    unsigned run_len; /* of a run that leads: what every match begins with */
    /*
     * Bytes before and behind the end of a hit that the pattern may look at;
     * its matches never depend on more. A hit ends with its keyword or
     * prefilter, or within its run. 0 in a loaded rule: the scanner computes
     * them from the pattern.
     */
    unsigned window_before, window_after;

    struct ks_demands demands;
    struct ks_texts validators;
    enum ks_advice classifier;
    struct ks_allow allow;
    struct ks_parts parts;
    /* Only as a part of other rules' findings, never a finding of its own. */
    bool part_only;

    struct ks_texts tags;
    const char
        *revocation; /* type for the key service; NULL if there is none */
    struct ks_texts remediation;
    struct ks_texts references;

    /* Samples, joined; empty in rules that are built in. */
    struct ks_texts examples;
    struct ks_texts counterexamples;

    /* Where it was read; NULL and zeros in rules that are built in. */
    const char *file;
    struct ks_mark at, pattern_at, prefilter_at;
};

/* What the rule's precision was told to be, or what its kind makes it. */
enum ks_precision ks_rule_precision(const struct ks_rule *rule);
const char *ks_precision_name(enum ks_precision precision);

/* KS_PRECISION_UNTOLD for other names and NULL. */
enum ks_precision ks_precision_parse(const char *name);

/* Rules in byte order of their ids. */
struct ks_ruleset {
    const struct ks_rule *const *rules;
    size_t len;
};

/* The built-in rules; constant data. */
const struct ks_ruleset *ks_rules_builtin(void);

/*
 * Rules with this tag find what only names an account or a place; they are used
 * where that is asked for.
 */
#define KS_TAG_IDENTIFIER "identifier"

bool ks_rule_tagged(const struct ks_rule *rule, const char *tag);

/* The rule of that id, or NULL. */
const struct ks_rule *ks_ruleset_find(const struct ks_ruleset *set,
                                      const char *id);

/* Index in `set->rules` of the rule of that id, or SIZE_MAX. */
size_t ks_ruleset_index(const struct ks_ruleset *set, const char *id);

/*
 * SHA-256 over all that decides on findings, in a fixed order: the rule set
 * that reports and scan states name.
 */
enum ks_rc ks_ruleset_hash(uint8_t out[32], const struct ks_ruleset *set,
                           struct ks_err *err);

const char *ks_severity_name(enum ks_severity severity);
bool ks_severity_parse(enum ks_severity *out, const char *name);
const char *ks_secret_class_name(enum ks_secret_class class_);

#endif
