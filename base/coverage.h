/* SPDX-License-Identifier: Apache-2.0 */
/* coverage.h: what was scanned and what was not, with the reason. */
#ifndef KS_BASE_COVERAGE_H
#define KS_BASE_COVERAGE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* Why something was not scanned. Every reason makes a scan incomplete. */
enum ks_skip {
    KS_SKIP_UNREADABLE,   /* permission or I/O error */
    KS_SKIP_VANISHED,     /* was listed, then gone */
    KS_SKIP_CHANGED,      /* changed while it was read */
    KS_SKIP_SPECIAL,      /* FIFO, socket or device named by the user */
    KS_SKIP_MISSING,      /* git object that a partial or shallow clone lacks */
    KS_SKIP_CORRUPT,      /* git object or pack that does not parse */
    KS_SKIP_MATCH_LIMIT,  /* a pattern reached its limit at a place */
    KS_SKIP_ARCHIVE,      /* archive member that could not be opened */
    KS_SKIP_ENCRYPTED,    /* archive member under a password */
    KS_SKIP_LIMIT,        /* a stated bound (depth, expansion) was reached */
    KS_SKIP_INTERRUPTED,  /* the user stopped the scan */
    KS_SKIP_COUNT,
};

enum { KS_SKIP_EXAMPLES = 5 };

/* The word of a reason as reports print it, such as "match-limit". */
const char *ks_skip_name(enum ks_skip reason);

/* One sentence for a person on what to do about it. */
const char *ks_skip_advice(enum ks_skip reason);

/* Amounts; all additive. */
struct ks_amounts {
    uint64_t blobs;   /* handed to the scanner */
    uint64_t bytes;   /* of these blobs */
    uint64_t scanned; /* bytes that the prefilter looked at */
    uint64_t carried; /* bytes whose result came from a base */
    uint64_t commits;
};

struct ks_skipped {
    uint64_t count;
    char *examples[KS_SKIP_EXAMPLES]; /* the first in byte order; NULL behind */
};

/* Thread-safe. */
struct ks_coverage;

enum ks_rc ks_coverage_new(struct ks_coverage **out, struct ks_err *err);
void ks_coverage_free(struct ks_coverage *coverage);

void ks_coverage_add(struct ks_coverage *coverage, struct ks_amounts amounts);

/*
 * Counts one thing that was not scanned. `where` names it and is copied; the
 * examples kept do not depend on the order of calls.
 */
void ks_coverage_skip(struct ks_coverage *coverage, enum ks_skip reason,
                      const char *where);

/* Counts `count` more without naming them. */
void ks_coverage_skip_more(struct ks_coverage *coverage, enum ks_skip reason,
                           uint64_t count);

/* Neither may run while others still write. */
struct ks_amounts ks_coverage_amounts(const struct ks_coverage *coverage);
const struct ks_skipped *ks_coverage_skipped(const struct ks_coverage *coverage,
                                             enum ks_skip reason);

/* Whether nothing was skipped. */
bool ks_coverage_complete(const struct ks_coverage *coverage);

#endif
