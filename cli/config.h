/* SPDX-License-Identifier: Apache-2.0 */
/* config.h: .keysweep.yml. docs/configuration.md describes it. */
#ifndef KS_CLI_CONFIG_H
#define KS_CLI_CONFIG_H

#include "base/arena.h"
#include "rules/rule.h"

enum { KS_SHORTEST_COMMIT = 7 /* digits of an id that stand for it */ };

/* What an entry of the allow-list looks at. */
enum ks_allow_kind {
    KS_ALLOW_PATH,        /* PCRE2 on the path */
    KS_ALLOW_REGEX,       /* PCRE2 on the secret */
    KS_ALLOW_STOPWORD,    /* whole word of the secret */
    KS_ALLOW_COMMIT,      /* commit id, or the first digits of one */
    KS_ALLOW_FINGERPRINT, /* finding id, or gitleaks' [commit:]file:rule:line */
    KS_ALLOW_KINDS,
};

struct ks_allow_entry {
    enum ks_allow_kind kind;
    const char *value;
    struct ks_texts rules; /* only these; empty: all */
    const char *reason;    /* or NULL */
    int64_t expires;       /* Unix seconds; 0: never */
    const char *file;      /* where it stands */
    struct ks_mark at;
};

struct ks_allow_entries {
    struct ks_allow_entry *items;
    size_t len, room;
};

struct ks_override {
    const char *rule;
    enum ks_severity severity;
    struct ks_mark at;
};

struct ks_overrides {
    struct ks_override *items;
    size_t len, room;
};

struct ks_word_list {
    const char **items;
    size_t len, room;
};

/* Several files add up. A zeroed one is empty. */
struct ks_config {
    struct ks_arena arena;
    struct ks_word_list rule_files; /* paths, relative to the file */
    struct ks_word_list disabled;   /* ids of rules */
    struct ks_overrides overrides;
    struct ks_allow_entries allow;
    const char *confidence; /* or NULL */
};

/*
 * Reads one file. KS_EINVAL with file:line:column, what is wrong and a hint.
 * In a file of a scanned repository (`inside` is its folder) rule files may not
 * lie outside that folder, and the file may not be a link; `inside` is NULL for
 * a file that the user named.
 */
enum ks_rc ks_config_read(struct ks_config *config, const char *path,
                          const char *inside, struct ks_err *err);

/*
 * Adds the lines of a tree's .gitleaksignore; each allows one fingerprint.
 * KS_EINVAL if it is a link.
 */
enum ks_rc ks_config_read_ignore(struct ks_config *config, const char *path,
                                 struct ks_err *err);

void ks_config_release(struct ks_config *config);

#endif
