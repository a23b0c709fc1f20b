/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.h: one pack file and its index, mapped, as described in
 * gitformat-pack(5). Immutable once open; any number of threads may read.
 *
 * Mapped, not read: a pack never changes under its name, and reading every
 * object by a call of its own costs a fifth of a scan. A file that somebody
 * cuts short while it is mapped is caught by git/map_guard.h.
 */
#ifndef KS_GIT_PACK_H
#define KS_GIT_PACK_H

#include "git/pack_index.h"

/* The types of gitformat-pack(5); 0 for none or not known. */
enum ks_object_type {
    KS_OBJECT_NONE = 0,
    KS_OBJECT_COMMIT = 1,
    KS_OBJECT_TREE = 2,
    KS_OBJECT_BLOB = 3,
    KS_OBJECT_TAG = 4,
};

struct ks_pack {
    char *path; /* of the .pack file */
    struct ks_span data;
    struct ks_span index_file;
    struct ks_pack_index index;
    uint64_t end;  /* offset behind the last entry */
    bool promisor; /* fetched by a partial clone */
};

/* What the header of an entry says. */
struct ks_pack_entry {
    uint64_t size;    /* of the inflated bytes; of the delta, if it is one */
    uint64_t data_at; /* offset of the zlib stream */
    enum ks_object_type type; /* KS_OBJECT_NONE for a delta */
    uint64_t base_at;         /* base of an offset delta; else UINT64_MAX */
    const uint8_t *base_name; /* base of a reference delta; else NULL */
};

/*
 * Opens the pack that belongs to the index at `index_path`. `oid_len` is 20 or
 * 32. KS_ENOENT, KS_EIO, KS_EFORMAT, KS_ENOMEM.
 */
enum ks_rc ks_pack_open(struct ks_pack **out, const char *index_path,
                        uint8_t oid_len, struct ks_err *err);
void ks_pack_free(struct ks_pack *pack);

/*
 * Reads the header of the entry at `offset`. False if there can be none: the
 * offset is outside of the pack, the type unknown, the base not before it.
 */
bool ks_pack_entry_at(struct ks_pack_entry *out, const struct ks_pack *pack,
                      uint64_t offset);

/* From the entry's zlib stream to the end of the pack's entries. */
static inline struct ks_span ks_pack_stream(const struct ks_pack *pack,
                                            uint64_t data_at)
{
    return (struct ks_span){pack->data.ptr + data_at,
                            (size_t)(pack->end - data_at)};
}

/* "commit", "tree", "blob", "tag"; "none". */
const char *ks_object_type_name(enum ks_object_type type);

#endif
