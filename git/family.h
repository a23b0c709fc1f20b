/* SPDX-License-Identifier: Apache-2.0 */
/*
 * family.h: who is a delta of whom in one pack.
 *
 * Entries are numbered by their offset in the pack, from 0; a family is an
 * entry that is no delta and everything made from it. Plain arrays, about 30
 * bytes an entry; immutable once built.
 */
#ifndef KS_GIT_FAMILY_H
#define KS_GIT_FAMILY_H

#include "git/pack.h"

enum { KS_FAMILY_NONE = UINT32_MAX };

struct ks_families {
    const struct ks_pack *pack; /* borrowed */
    uint32_t count;
    uint64_t *offsets;     /* rising */
    uint32_t *names;       /* position in the index */
    uint32_t *bases;       /* entry, or KS_FAMILY_NONE */
    uint32_t *first_child; /* count + 1; where an entry's children start */
    uint32_t *children;    /* by base; see ks_families_choose */
    uint32_t *weights;     /* packed bytes of the subtree / 16; 0: not wanted */
    uint8_t *types;        /* enum ks_object_type; of the family for a delta */
    uint32_t *order;       /* bases before deltas; NULL if offsets do it */
    uint32_t ordered;      /* entries in that order */
};

/* Which entries a walk is about. */
struct ks_family_choice {
    unsigned types; /* bits 1 << enum ks_object_type */

    /*
     * A bit an index position, set for what is wanted; NULL for all. Bases of
     * the wanted keep a weight but are only a step on the way.
     */
    const uint8_t *wanted;
};

/*
 * Numbers the entries, finds bases and types, on `jobs` threads. Nothing is
 * chosen yet. Entries whose header does not parse, whose base is not in the
 * pack or that are their own ancestor have the type KS_OBJECT_NONE. KS_ENOMEM.
 */
enum ks_rc ks_families_build(struct ks_families *out,
                             const struct ks_pack *pack, unsigned jobs,
                             struct ks_err *err);

/*
 * Weighs what is wanted and arranges children: those that are wanted, or have
 * descendants that are, come first, and the heaviest of them last; the others
 * behind have weight 0. May be called again with another choice.
 */
void ks_families_choose(struct ks_families *families,
                        const struct ks_family_choice *choice);
void ks_families_release(struct ks_families *families);

/* Whether the choice names this entry itself. */
bool ks_family_wanted(const struct ks_families *families,
                      const struct ks_family_choice *choice, uint32_t entry);

#endif
