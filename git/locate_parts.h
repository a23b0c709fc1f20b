/* SPDX-License-Identifier: Apache-2.0 */
/* locate_parts.h: what the steps of a search for places share. */
#ifndef KS_GIT_LOCATE_PARTS_H
#define KS_GIT_LOCATE_PARTS_H

#include "base/map.h"
#include "base/vec.h"
#include "git/commits.h"
#include "git/tree_search.h"

#include <stdatomic.h>

/* No further query with the same object or name. */
#define KS_LOCATE_NONE SIZE_MAX

/* What was found, before commits are read again for their words. */
struct ks_sighting {
    size_t query;
    uint32_t commit; /* number; KS_OIDS_NONE: `root` */
    uint32_t root;
    const char *path; /* NULL for messages */
};

KS_VEC(ks_sightings, struct ks_sighting);

/* One search for places; all but the atomics stands while workers run. */
struct ks_locate {
    struct ks_git *git;
    const struct ks_commits *commits;
    const struct ks_git_query *queries;
    size_t count;

    struct ks_oids blobs;           /* that are asked about */
    size_t *first;                  /* query of each number of `blobs` */
    size_t *next;                   /* query with the same object or name */
    struct ks_map names;            /* text of a path's component to query */
    KS_VEC(, struct ks_span) texts; /* the same names */
    struct ks_tree_search *search;  /* or NULL: every commit is looked at */

    atomic_size_t step;
    atomic_size_t path_bytes;
    atomic_bool any_full; /* there were more places than are told */
    atomic_bool failed;
};

/* Where a hit stands among all: commits by rank, then roots. */
static inline uint64_t ks_sighting_order(const struct ks_commits *commits,
                                         const struct ks_sighting *hit)
{
    return hit->commit != KS_OIDS_NONE ? commits->all.items[hit->commit].rank
                                       : (uint64_t)UINT32_MAX + 1 + hit->root;
}

#endif
