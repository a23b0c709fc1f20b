/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matcher.h: a rule set made ready to scan: triggers, prefilter, patterns.
 * Immutable as far as its users see; shared by all threads.
 */
#ifndef KS_SCANNER_MATCHER_H
#define KS_SCANNER_MATCHER_H

#include "scanner/match.h"
#include "scanner/prefilter.h"
#include "scanner/validators/validator.h"

/* How sure a generic finding must be. */
enum ks_confidence_level {
    KS_CONFIDENCE_MEDIUM, /* best balance */
    KS_CONFIDENCE_LOW,    /* find more */
    KS_CONFIDENCE_HIGH,   /* be right */
};

struct ks_matcher_options {
    struct ks_prefilter_cache cache;
    enum ks_confidence_level confidence;
    bool all;         /* also classes that are off at that level: UUIDs */
    bool identifiers; /* also rules with the tag KS_TAG_IDENTIFIER */
    int64_t now;      /* Unix seconds: what has expired */
};

struct ks_matcher;

/*
 * The rule set must outlive the matcher. KS_EINVAL names a rule whose window or
 * prefilter is no good; patterns are compiled at their first hit, so ask
 * ks_matcher_check() where a user's rules come in.
 */
enum ks_rc ks_matcher_new(struct ks_matcher **out,
                          const struct ks_ruleset *rules,
                          const struct ks_matcher_options *options,
                          struct ks_err *err);
void ks_matcher_free(struct ks_matcher *matcher);

/*
 * Compiles every pattern of the rules that were read from files and looks up
 * their validators. KS_EINVAL with rule, file and place.
 */
enum ks_rc ks_matcher_check(struct ks_matcher *matcher, struct ks_err *err);

const struct ks_ruleset *ks_matcher_rules(const struct ks_matcher *matcher);
const struct ks_triggers *ks_matcher_triggers(const struct ks_matcher *matcher);
const struct ks_prefilter *
ks_matcher_prefilter(const struct ks_matcher *matcher);
const struct ks_matcher_options *
ks_matcher_options(const struct ks_matcher *matcher);

/* How far the pattern of a rule may look from the end of a hit. */
struct ks_window ks_matcher_window(const struct ks_matcher *matcher,
                                   size_t rule);

/* Bytes that windows of one input must share on either side. */
size_t ks_matcher_overlap(const struct ks_matcher *matcher);

/* The generic rule of that class, or SIZE_MAX. */
size_t ks_matcher_generic(const struct ks_matcher *matcher,
                          enum ks_secret_class class_);

/* A rule's compiled parts; borrowed, thread-safe. */
struct ks_ready {
    const struct ks_pattern *pattern;
    struct ks_pattern *const *allow; /* as `rule->allow.regexes` */
    struct ks_pattern *const *allow_paths;        /* as `rule->allow.paths` */
    const struct ks_validator *const *validators; /* as `rule->validators` */
};

/*
 * The compiled parts of a rule, made when first asked for. KS_EINVAL if a
 * pattern of it does not compile, KS_ENOMEM.
 */
enum ks_rc ks_matcher_ready(const struct ks_ready **out,
                            struct ks_matcher *matcher, size_t rule,
                            struct ks_err *err);

#endif
