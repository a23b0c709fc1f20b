/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packs.h: all packs of a repository, its alternates' among them.
 *
 * Git keeps every pack's own index beside a multi-pack-index, so that is asked
 * only where to look first. An object may be in several packs: which one is
 * found is always the same.
 */
#ifndef KS_GIT_PACKS_H
#define KS_GIT_PACKS_H

#include "base/coverage.h"
#include "base/oid.h"
#include "base/vec.h"
#include "git/midx.h"
#include "git/pack.h"

/* Immutable once open; any number of threads may read. */
struct ks_packs {
    KS_VEC(, struct ks_pack *) all; /* the largest first, then by path */
    KS_VEC(, char *) folders;       /* "objects" folders, without end slash */
    KS_VEC(, struct ks_midx) midxs; /* of folders that have a sound one */
    uint8_t oid_len;
};

/*
 * Opens the packs of some "objects" folders. A pack that cannot be opened is
 * counted in the coverage, one that vanished meanwhile is not (who replaced it
 * wrote a new one first). KS_ENOMEM.
 */
enum ks_rc ks_packs_open(struct ks_packs **out, char *const *folders,
                         size_t count, uint8_t oid_len,
                         struct ks_coverage *coverage, struct ks_err *err);
void ks_packs_free(struct ks_packs *packs);

/* Where an object is: a pack's number and its position in that index. */
struct ks_packed_at {
    uint32_t pack;
    uint32_t position;
};

/*
 * Finds the pack that stands for the object `name` (oid_len bytes): number 0 if
 * that has it. `hint`, which may be NULL, holds the pack to try first and gets
 * the one found; the result is then any pack that has it.
 */
bool ks_packs_find(struct ks_packed_at *out, const struct ks_packs *packs,
                   const uint8_t *name, uint32_t *hint);

/*
 * The first by name of the packs that a partial clone fetched, and how many
 * there are; NULL if there is none. Git takes what they lack for promised.
 */
const struct ks_pack *ks_packs_promisor(const struct ks_packs *packs,
                                        size_t *count);

/*
 * Whether the folders' packs are no longer the ones that are open: somebody
 * repacked or fetched.
 */
bool ks_packs_changed(const struct ks_packs *packs);

#endif
