/* SPDX-License-Identifier: Apache-2.0 */
/* strays.h: everything that the object database holds, reachable or not. */
#ifndef KS_GIT_STRAYS_H
#define KS_GIT_STRAYS_H

#include "git/commits.h"

/* An object, and its type as far as headers tell; KS_OBJECT_NONE if damaged. */
typedef enum ks_rc ks_stray_fn(void *ctx, const uint8_t *oid,
                               enum ks_object_type type, struct ks_err *err);

/*
 * Calls `take` for every object of all packs, once for each pack that has it,
 * and then for every loose one. Its failure ends the run. KS_ENOMEM.
 */
enum ks_rc ks_strays_each(const struct ks_git *git, ks_stray_fn *take,
                          void *ctx, struct ks_err *err);

/*
 * A byte for each commit's number that says whether a ref or a reflog reaches
 * it: not all do where all objects are chosen. The caller frees `*out`.
 * KS_ENOMEM.
 */
enum ks_rc ks_strays_mark_kept(uint8_t **out, const struct ks_git *git,
                               struct ks_err *err);

#endif
