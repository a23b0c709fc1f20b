/* SPDX-License-Identifier: Apache-2.0 */
/* options.h: rows that several commands share. */
#ifndef KS_CLI_OPTIONS_H
#define KS_CLI_OPTIONS_H

#include "cli/args.h"

#define KS_FIELD(name) offsetof(struct ks_args, name)

#define KS_OPTIONS(rows)                                                       \
    {                                                                          \
        rows, sizeof(rows) / sizeof(*(rows))                                   \
    }

/* Rules, thresholds and configuration. */
extern const struct ks_option ks_options_rules[];
/* What is written where. */
extern const struct ks_option ks_options_report[];
/* What follows a scan: --revoke, --notify, --revocation. */
extern const struct ks_option ks_options_revoke[];
/* --jobs, --quiet, --verbose, --help. */
extern const struct ks_option ks_options_common[];

enum {
    KS_OPTIONS_RULES = 12,
    KS_OPTIONS_RULE_FILES = 2, /* of these: --config, --rules */
    KS_OPTIONS_REPORT = 7,
    KS_OPTIONS_REVOKE = 4,
    KS_OPTIONS_COMMON = 4,
};

#endif
