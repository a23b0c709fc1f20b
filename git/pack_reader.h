/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack_reader.h: single objects out of packs, by name, with a cache of bases.
 * For commits and trees; blobs in bulk come from git/walk.h.
 */
#ifndef KS_GIT_PACK_READER_H
#define KS_GIT_PACK_READER_H

#include "git/packs.h"

/* Of one thread; borrows the packs. */
struct ks_pack_reader;

/* An object. The bytes stay until ks_packed_release, reads in between or not.
 */
struct ks_packed {
    enum ks_object_type type;
    struct ks_span bytes;
    struct ks_packed_cell *cell; /* owns the bytes */
};

/* `cache` is the bytes kept for later reads; 0 means 32 MiB. */
enum ks_rc ks_pack_reader_new(struct ks_pack_reader **out,
                              const struct ks_packs *packs, size_t cache,
                              struct ks_err *err);

/* Every object must have been released. */
void ks_pack_reader_free(struct ks_pack_reader *reader);

/*
 * Reads the object `name` (oid_len bytes). Where a pack's copy is damaged, the
 * next pack's is tried. KS_ENOENT if no pack has it, KS_EFORMAT if it is
 * damaged, KS_ELIMIT above 1 GiB, KS_ENOMEM.
 */
enum ks_rc ks_pack_reader_read(struct ks_packed *out,
                               struct ks_pack_reader *reader,
                               const uint8_t *name, struct ks_err *err);
void ks_packed_release(struct ks_packed *packed);

/* Reads the object at an offset of one pack. */
enum ks_rc ks_pack_reader_read_at(struct ks_packed *out,
                                  struct ks_pack_reader *reader, uint32_t pack,
                                  uint64_t offset, struct ks_err *err);

#endif
