/* SPDX-License-Identifier: Apache-2.0 */
/*
 * collect.h: receives blobs from files/ or git/, scans them, and keeps every
 * occurrence until the report is put together.
 */
#ifndef KS_SCANNER_COLLECT_H
#define KS_SCANNER_COLLECT_H

#include "base/blob.h"
#include "base/progress.h"
#include "scanner/finding.h"
#include "scanner/matcher.h"

/* A candidate that came to nothing, with its place. */
struct ks_dropped {
    const struct ks_rule *rule;
    const char *why;
    const struct ks_blob *blob;
    size_t start, end; /* of the candidate in the blob */
};

struct ks_collector_options {
    struct ks_matcher *matcher;
    struct ks_coverage *coverage;
    struct ks_progress *progress; /* or NULL */
    unsigned workers;             /* as many as the source will use */
    bool history; /* blobs are git objects that places are told of later */
    bool no_allow_comments;       /* comments in the text allow nothing */
    /*
     * Folders of paths, NULL for none: what lies above what is scanned, such as
     * /home/t, says nothing of a file.
     */
    const char *const *above;
    size_t above_count;
    /* Told of every dropped candidate, by any thread; or NULL. */
    void (*dropped)(void *ctx, const struct ks_dropped *dropped);
    void *dropped_ctx;
};

struct ks_collector;

enum ks_rc ks_collector_new(struct ks_collector **out,
                            const struct ks_collector_options *options,
                            struct ks_err *err);

/* Wipes all secrets; reports made from it end with it. */
void ks_collector_free(struct ks_collector *collector);

/* The receiver of blobs, for ks_walk and ks_git_scan. */
struct ks_blob_sink ks_collector_sink(struct ks_collector *collector);

/* A git object in which something was found. */
struct ks_found_blob {
    struct ks_oid oid;
    enum ks_blob_kind kind;
    const char *path; /* KS_BLOB_PATH_NAME: the name itself */
};

/*
 * The git objects that must be located before ks_collector_report, in a
 * deterministic order; borrowed. To be called when the source has ended.
 */
enum ks_rc ks_collector_found(const struct ks_found_blob **out, size_t *count,
                              struct ks_collector *collector,
                              struct ks_err *err);

/*
 * A place of the found blob of index `blob`; strings are copied. Without a
 * commit's name nothing but the blob is known.
 */
struct ks_found_place {
    size_t blob;
    const char *path; /* NULL for messages */
    struct ks_commit commit;
    uint64_t order; /* rises with topology and date */
    bool at_tip;
    bool unreachable; /* neither a ref nor a reflog leads there */
};

enum ks_rc ks_collector_place(struct ks_collector *collector,
                              const struct ks_found_place *place,
                              struct ks_err *err);

/* What the user's configuration has to say about a finding at a place. */
struct ks_policy {
    bool (*suppress)(void *ctx, const struct ks_finding *finding,
                     const struct ks_location *location);
    void *ctx;
};

/*
 * Fills in `findings`, `finding_count` and `suppressed` of the report; they
 * are owned by the collector. `policy` may be NULL. The same blobs and places
 * give the same findings, whatever the order they came in.
 */
enum ks_rc ks_collector_report(struct ks_report *report,
                               struct ks_collector *collector,
                               const struct ks_policy *policy,
                               struct ks_err *err);

#endif
