/* SPDX-License-Identifier: Apache-2.0 */
/*
 * midx.h: the multi-pack-index of a folder of packs, version 1, as described
 * in gitformat-pack(5): one look-up in the place of one for each pack.
 *
 * What it says is a hint and no more. A pack's own index has the last word, and
 * what a multi-pack-index does not know is looked for in every pack; so one
 * that is stale or damaged costs time only.
 */
#ifndef KS_GIT_MIDX_H
#define KS_GIT_MIDX_H

#include "base/err.h"
#include "base/span.h"

enum { KS_MIDX_NONE = UINT32_MAX };

struct ks_midx {
    struct ks_span file;   /* mapped; owned */
    const uint8_t *fanout; /* 256 running counts by first byte */
    const uint8_t *names;  /* object names, in order */
    const uint8_t *where;  /* for each: number of its pack, 32-bit offset */
    struct ks_span titles; /* names of packs, NUL behind each */
    uint32_t count;        /* objects */
    uint32_t pack_count;
    uint8_t oid_len;
    uint32_t *packs; /* our numbers of its packs, or KS_MIDX_NONE; owned */
};

/*
 * Maps the file and finds its tables. Nobody's numbers are known yet: all are
 * KS_MIDX_NONE. KS_ENOENT, KS_EIO, KS_EFORMAT, KS_ENOMEM.
 */
enum ks_rc ks_midx_open(struct ks_midx *out, const char *path, uint8_t oid_len,
                        struct ks_err *err);
void ks_midx_release(struct ks_midx *midx);

/* The name of a pack's index, such as "pack-….idx"; NULL if there is none. */
const char *ks_midx_title(const struct ks_midx *midx, uint32_t pack);

/* The number that we gave to the pack of an object, or KS_MIDX_NONE. */
uint32_t ks_midx_find(const struct ks_midx *midx, const uint8_t *name);

#endif
