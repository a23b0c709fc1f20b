/* SPDX-License-Identifier: Apache-2.0 */
/* loose_read.h: objects in files of their own. */
#ifndef KS_GIT_LOOSE_READ_H
#define KS_GIT_LOOSE_READ_H

#include "git/internal.h"
#include "git/pack.h"

struct ks_inflater;

/* An object's bytes; the caller frees `memory`. */
struct ks_loose_object {
    enum ks_object_type type;
    struct ks_span bytes;
    uint8_t *memory;
};

/*
 * Reads a loose object from whichever of the repository's folders has it.
 * KS_ENOENT, KS_EIO, KS_EFORMAT, KS_ELIMIT above 1 GiB, KS_ENOMEM.
 */
enum ks_rc ks_loose_read(struct ks_loose_object *out, const struct ks_git *git,
                         struct ks_inflater *inflater, const struct ks_oid *oid,
                         struct ks_err *err);

#endif
