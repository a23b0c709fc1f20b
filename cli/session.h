/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h: what every scanning command does around its source of blobs:
 * options, configuration and rules before; report and exit code after.
 */
#ifndef KS_CLI_SESSION_H
#define KS_CLI_SESSION_H

#include "base/log.h"
#include "base/pool.h"
#include "base/progress.h"
#include "cli/command.h"
#include "cli/policy.h"
#include "report/report.h"
#include "rules/load.h"
#include "scanner/collect.h"

enum ks_trust {
    KS_TRUST_OWN, /* a tree's configuration counts if we stand inside it */
    KS_TRUST_ALWAYS,
    KS_TRUST_NEVER,
};

struct ks_session {
    const struct ks_args *args;
    struct ks_log log;
    struct ks_config config;
    struct ks_rules *rules;  /* NULL while the built-in ones are all there is */
    struct ks_rule *changed; /* copies with another severity */
    const struct ks_rule **chosen;
    struct ks_ruleset chosen_set;
    const struct ks_ruleset *ruleset;
    uint8_t ruleset_hash[32]; /* once somebody asked */
    bool hashed;
    struct ks_matcher *matcher;
    struct ks_report_ids baseline;
    struct ks_policies *policies;
    struct ks_coverage *coverage;
    struct ks_progress progress;
    struct ks_stop *stop; /* set by SIGINT and SIGTERM */
    struct ks_collector *collector;
    struct ks_before *before; /* what is taken out of the report; or NULL */
    struct ks_display *display;
    const struct ks_report_format *format;
    struct ks_redaction redaction;
    unsigned jobs; /* 0: as many as processors */
    const char *const *above; /* as in struct ks_collector_options */
    size_t above_count;
    int64_t started;
};

/*
 * Reads the options: how many threads, what report. From here on the session
 * has a log, a coverage and a wish to stop, and must be closed, also if this
 * or another step fails.
 */
enum ks_rc ks_session_open(struct ks_session *session,
                           const struct ks_args *args, struct ks_err *err);

/*
 * Reads the configuration of the tree at `root` (NULL if there is none) and
 * the rules, and makes the matcher.
 */
enum ks_rc ks_session_configure(struct ks_session *session, const char *root,
                                enum ks_trust trust, struct ks_err *err);

/* The level of confidence that options or configuration ask for, or NULL. */
const char *ks_session_confidence(const struct ks_session *session);

/* The hash of the rules in use, made once. KS_ENOMEM. */
enum ks_rc ks_session_hash_rules(uint8_t out[32], struct ks_session *session,
                                 struct ks_err *err);

/* Makes the collector, and starts the progress line. */
enum ks_rc ks_session_collect(struct ks_session *session, unsigned workers,
                              bool history, struct ks_err *err);

/*
 * Makes the findings and writes the report. Returns the exit code;
 * KS_EXIT_ERROR with words in `err`.
 */
int ks_session_report(struct ks_session *session, enum ks_scan_kind kind,
                      const char *target, struct ks_err *err);

void ks_session_close(struct ks_session *session);

#endif
