/* SPDX-License-Identifier: Apache-2.0 */
/* loose.h: the names of the objects that stand in files of their own. */
#ifndef KS_GIT_LOOSE_H
#define KS_GIT_LOOSE_H

#include "git/packs.h"

/* Sorted by name, each once, none that is in a pack too. */
struct ks_loose {
    uint8_t *names; /* count × oid_len */
    size_t count;
    uint8_t oid_len;
};

/*
 * Lists the loose objects of the packs' folders. A folder that cannot be read
 * is counted in the coverage. KS_ENOMEM, KS_ELIMIT.
 */
enum ks_rc ks_loose_list(struct ks_loose *out, const struct ks_packs *packs,
                         struct ks_coverage *coverage, struct ks_err *err);
void ks_loose_release(struct ks_loose *loose);

/* Finds a name; false if it is not loose. */
bool ks_loose_find(const struct ks_loose *loose, const uint8_t *name,
                   size_t *number);

/* The name of an object. */
struct ks_oid ks_loose_name(const struct ks_loose *loose, size_t number);

#endif
