/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding.h: the result of a scan as reports, stores and revocation see it.
 * Plain data; everything is owned by the ks_report that holds it.
 */
#ifndef KS_SCANNER_FINDING_H
#define KS_SCANNER_FINDING_H

#include "base/coverage.h"
#include "base/oid.h"
#include "rules/rule.h"

/* What was shown about a secret, offline. */
enum ks_proof {
    KS_PROOF_NONE,
    KS_PROOF_STRUCTURE, /* it has the inner form of the real thing */
    KS_PROOF_CHECKSUM,  /* a checksum holds: cannot be chance */
};

struct ks_person {
    const char *name;
    const char *email;
};

/* A commit, as far as findings speak of it. */
struct ks_commit {
    struct ks_oid oid;
    struct ks_person author;
    int64_t time;      /* author's, Unix seconds */
    int offset;        /* author's, minutes east of UTC */
    const char *message; /* the subject line */
};

/*
 * One place of a secret. In history: the place where it first came to `path`.
 * Lines count from 1, columns from 1 in characters; `end_column` is exclusive.
 */
struct ks_location {
    const char *path; /* bytes of the file system; escaped by each report */
    unsigned kind;    /* enum ks_blob_kind */
    size_t start_line, start_column, end_line, end_column;
    uint64_t offset, length;        /* bytes in the blob */
    const struct ks_commit *commit; /* NULL outside history */
    struct ks_oid blob;             /* len 0 outside history */
    const char *decoded;            /* such as "base64", "utf-16le"; or NULL */
    const char *archive;            /* path inside the archive; or NULL */
    bool at_tip;                    /* a tip still has it at this path */
    bool unreachable; /* in history: neither a ref nor a reflog leads there */
};

enum { KS_FINDING_ID = 33 };

/* A fact that a proof told, such as {"account", "123456789012"}. */
struct ks_fact {
    const char *name;
    const char *value;
};

/* One secret under one rule. */
struct ks_finding {
    char id[KS_FINDING_ID]; /* hex over rule and secret; stable */
    const struct ks_rule *rule;
    enum ks_severity severity; /* the rule's, or lower: an expired token */
    unsigned confidence; /* thousandths, 0..1000 */
    enum ks_proof proof;
    struct ks_span secret; /* the bytes; shown by ks_secret_redact() only */
    unsigned entropy_milli;
    struct ks_texts reasons;
    const struct ks_fact *facts;
    size_t fact_count;
    /* Other rules' secrets that belong to it, in order of `rule->parts`. */
    const struct ks_finding *const *parts;
    size_t part_count;
    const struct ks_location *locations; /* by path, then offset */
    size_t location_count;
    bool present_at_tip; /* for files: true */
};

enum ks_scan_kind { KS_SCAN_FILES, KS_SCAN_STDIN, KS_SCAN_GIT, KS_SCAN_STAGED };

/* Everything that a report tells. Findings are in order of rule id and id. */
struct ks_report {
    enum ks_scan_kind kind;
    const char *target; /* path or repository, as the user named it */
    int64_t started, finished; /* Unix seconds */
    const struct ks_coverage *coverage;
    const struct ks_ruleset *ruleset;
    char ruleset_hash[65];
    const struct ks_finding *findings;
    size_t finding_count;
    size_t suppressed; /* findings that allow-lists and comments took away */
};

const char *ks_proof_name(enum ks_proof proof);
const char *ks_scan_kind_name(enum ks_scan_kind kind);

#endif
