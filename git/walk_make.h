/* SPDX-License-Identifier: Apache-2.0 */
/* walk_make.h: the bytes of a walk's objects, inflated and made of deltas. */
#ifndef KS_GIT_WALK_MAKE_H
#define KS_GIT_WALK_MAKE_H

#include "git/buffers.h"
#include "git/delta.h"
#include "git/inflate.h"
#include "git/walk.h"

/* What one thread makes objects with. */
struct ks_walk_maker {
    struct ks_inflater *inflater;
    struct ks_buffers buffers;
    struct ks_buffer delta;  /* the delta being applied */
    struct ks_copies copies; /* of the object made last */
    size_t largest;          /* bytes of an object */
    bool timed;
    struct ks_walk_times times;
};

/* An object's bytes, and whether they could be had. */
struct ks_made {
    struct ks_buffer buffer; /* of the maker's buffers, the caller's by now */
    size_t size;
    enum ks_walk_left left;
};

enum ks_rc ks_walk_maker_init(struct ks_walk_maker *maker, size_t largest,
                              bool timed, struct ks_err *err);
void ks_walk_maker_release(struct ks_walk_maker *maker);

/* Nanoseconds of a clock, if the maker is timed; else 0. */
uint64_t ks_walk_now(const struct ks_walk_maker *maker);

/*
 * Makes an entry's object; `base` holds nothing for one that is no delta.
 * KS_EFORMAT: the object is left, `made->left` says why; KS_ENOMEM.
 */
enum ks_rc ks_walk_make(struct ks_walk_maker *maker, struct ks_made *made,
                        const struct ks_families *families, uint32_t entry,
                        struct ks_span base, struct ks_err *err);

#endif
