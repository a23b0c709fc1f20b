/* SPDX-License-Identifier: Apache-2.0 */
/* occurrence.h: what collecting hands to the making of findings. */
#ifndef KS_SCANNER_OCCURRENCE_H
#define KS_SCANNER_OCCURRENCE_H

#include "scanner/collect.h"
#include "scanner/scan.h"

/* A blob in which something was found. */
struct ks_origin {
    enum ks_blob_kind kind;
    struct ks_oid oid;
    const char *path;    /* or NULL */
    const char *archive; /* or NULL */
};

KS_VEC(ks_origins, struct ks_origin);

/* One secret at one place of one blob. */
struct ks_occurrence {
    uint64_t offset;
    uint32_t length;
    uint32_t leak;   /* reference; see leak.h */
    uint32_t origin; /* index in the origins of the same worker */
    uint32_t line, column, end_line, end_column;
    int32_t score;
    uint32_t reasons;
    uint8_t specificity, decoded;
};

KS_VEC(ks_occurrences, struct ks_occurrence);

/* One secret is a part of another's finding. */
struct ks_pairing {
    uint32_t leak, part; /* references */
    uint32_t slot;       /* index in the rule's parts */
};

KS_VEC(ks_pairings, struct ks_pairing);

/* What one worker found. */
struct ks_harvest {
    struct ks_scan scan;
    struct ks_origins origins;
    struct ks_occurrences occurrences;
    struct ks_pairings pairings;
    struct ks_arena arena; /* paths */
    struct ks_matches kept; /* reused from blob to blob */
    const struct ks_blob *blob; /* the one at hand */
    struct ks_collector *collector;
    struct ks_drop_sink drops;
    /*
     * Matches that comments allow: where nothing else was found, beside
     * findings of git blobs, and beside those of all else.
     */
    uint64_t allowed_alone, allowed_beside, allowed_elsewhere;
};

KS_VEC(ks_places, struct ks_found_place);

struct ks_collector {
    struct ks_collector_options options;
    struct ks_harvest *harvests; /* one a worker */
    struct ks_found_blob *found; /* made when asked for */
    uint32_t *found_origin;      /* worker and origin of each, as leaks */
    size_t found_count;
    struct ks_places places;
    struct ks_arena arena; /* places, findings */
};

/*
 * Marks in `consumed` the matches of one blob that are parts of others, notes
 * the pairs, and drops matches that lack a part they need or are only parts.
 */
enum ks_rc ks_parts_join(struct ks_matches *matches,
                         struct ks_pairings *pairings,
                         const struct ks_matcher *matcher, struct ks_span text,
                         struct ks_err *err);

#endif
