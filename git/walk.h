/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.h: every wanted object of some packs, each inflated once.
 *
 * Families are walked depth first; only the bases on the path are in memory,
 * and since the heaviest child comes last and takes its base's place, these are
 * at most about log2 of the family's size. Where they would need more than the
 * memory allowed, the oldest are dropped and made again when needed.
 * Of siblings, it is the one visited before that an object may copy from.
 * Families are spread over threads, the heaviest first; a thread without work
 * gets a part of what is left of another's family.
 */
#ifndef KS_GIT_WALK_H
#define KS_GIT_WALK_H

#include "base/blob.h"
#include "base/pool.h"
#include "git/family.h"

/* One object, borrowed until the visitor returns. */
struct ks_walk_object {
    struct ks_span bytes; /* readable for KS_INFLATE_SLACK bytes more */
    struct ks_oid oid;
    uint32_t part;     /* of the walk's parts */
    uint32_t position; /* in that pack's index */
    enum ks_object_type type;
    /* Of the sources, as in struct ks_blob, if these left one. */
    const void *memos[KS_COPY_SOURCES];
    const struct ks_copy *copies;
    size_t copy_count;
    bool wants_memo; /* others that copy from this object follow */
};

/* Why an object was not visited. */
enum ks_walk_left {
    KS_LEFT_CORRUPT, /* it, or a base, does not parse */
    KS_LEFT_LARGE,   /* larger than the walk takes */
};

/*
 * Who is told. The rules of struct ks_blob_sink hold for workers and memos;
 * `left` may come from any worker, for objects whose type may be unknown.
 */
struct ks_walk_visitor {
    void *ctx;
    enum ks_rc (*visit)(void *ctx, unsigned worker,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err);
    void (*forget)(void *ctx, unsigned worker, void *memo);
    enum ks_rc (*left)(void *ctx, unsigned worker, const struct ks_oid *oid,
                       enum ks_walk_left why, struct ks_err *err);
};

/* Time by phase, summed over threads, in nanoseconds. */
struct ks_walk_times {
    uint64_t inflate;
    uint64_t apply;
    uint64_t visit;
};

struct ks_walk_options {
    unsigned jobs;  /* at least 1 */
    size_t memory;  /* for bases in all; 0 means 64 MiB */
    size_t largest; /* bytes of an object; 0 means 1 GiB */
    bool siblings;  /* tell what deltas of one base have in common, too */
    const struct ks_stop *stop;  /* or NULL */
    struct ks_walk_times *times; /* filled if not NULL; costs a little */
};

/* One pack's part; the choice is the one that was last made of the families. */
struct ks_walk_part {
    const struct ks_families *families;
    struct ks_family_choice choice;
};

/* KS_ECANCELED if stopped; the visitor's own failures; KS_ENOMEM. */
enum ks_rc ks_walk(const struct ks_walk_part *parts, size_t count,
                   const struct ks_walk_visitor *visitor,
                   const struct ks_walk_options *options, struct ks_err *err);

#endif
