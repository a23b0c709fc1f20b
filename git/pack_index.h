/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack_index.h: the .idx file of a pack, versions 1 and 2, as described in
 * git's gitformat-pack(5).
 */
#ifndef KS_GIT_PACK_INDEX_H
#define KS_GIT_PACK_INDEX_H

#include "base/err.h"
#include "base/span.h"

/*
 * Where the tables of an index are. Borrows the file's bytes. Positions are
 * 0 … count − 1 in the order of names.
 */
struct ks_pack_index {
    const uint8_t *fanout;  /* 256 running counts by first byte */
    const uint8_t *names;   /* object names, `name_step` apart */
    const uint8_t *offsets; /* 32-bit offsets, `offset_step` apart */
    const uint8_t *wide;    /* 64-bit offsets of version 2 */
    uint32_t count;
    uint32_t wide_count;
    uint8_t oid_len;
    uint8_t name_step, offset_step;
    bool has_wide;
};

/*
 * Reads the tables' places; the sizes are checked against the file and the
 * running counts must rise. `oid_len` is 20 or 32. KS_EFORMAT.
 */
enum ks_rc ks_pack_index_parse(struct ks_pack_index *out, struct ks_span file,
                               uint8_t oid_len, struct ks_err *err);

/* Finds a name of `oid_len` bytes. */
bool ks_pack_index_find(const struct ks_pack_index *index, const uint8_t *name,
                        uint32_t *position);

/* The name at a position, `oid_len` bytes. */
static inline const uint8_t *
ks_pack_index_name(const struct ks_pack_index *index, uint32_t position)
{
    return index->names + (size_t)position * index->name_step;
}

/* Offset in the pack, as the index claims it; UINT64_MAX if out of its table.
 */
uint64_t ks_pack_index_offset(const struct ks_pack_index *index,
                              uint32_t position);

#endif
