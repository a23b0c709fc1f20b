/* SPDX-License-Identifier: Apache-2.0 */
#include "git/midx.h"

#include "git/bytes.h"
#include "git/map_guard.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEADER = 12, /* "MIDX", version, hash, chunks, bases (1 each), packs (4) */
    CHUNK = 12,  /* id and offset */
    FANOUT = 256 * 4,
    WHERE = 8,
    PACKS_MAX = 100000,
};

/* The bytes of a chunk, or an empty span. The table ends with id 0. */
static struct ks_span chunk(struct ks_span file, const char *id)
{
    unsigned count = file.ptr[6];

    for (unsigned i = 0; i < count; i++) {
        const uint8_t *row = file.ptr + HEADER + (size_t)i * CHUNK;
        uint64_t from = ks_be64(row + 4), to = ks_be64(row + CHUNK + 4);

        if (memcmp(row, id, 4) == 0 && from <= to && to <= file.len)
            return (struct ks_span){file.ptr + from, (size_t)(to - from)};
    }
    return (struct ks_span){NULL, 0};
}

static bool has_header(struct ks_span file, uint8_t oid_len)
{
    return file.len >= HEADER && memcmp(file.ptr, "MIDX", 4) == 0 &&
           file.ptr[4] == 1 && file.ptr[5] == (oid_len == 20 ? 1 : 2) &&
           file.len >= HEADER + (file.ptr[6] + 1U) * CHUNK;
}

/* Finds the tables; what they hold is looked at when it is used. */
static bool find_tables(struct ks_midx *midx)
{
    struct ks_span file = midx->file, fanout, names, where;

    if (!has_header(file, midx->oid_len))
        return false;
    fanout = chunk(file, "OIDF");
    names = chunk(file, "OIDL");
    where = chunk(file, "OOFF");
    midx->titles = chunk(file, "PNAM");
    midx->pack_count = ks_be32(file.ptr + 8);
    if (fanout.len != FANOUT || midx->pack_count > PACKS_MAX)
        return false;
    midx->count = ks_be32(fanout.ptr + FANOUT - 4);
    midx->fanout = fanout.ptr;
    midx->names = names.ptr;
    midx->where = where.ptr;
    return names.len / midx->oid_len == midx->count &&
           where.len / WHERE == midx->count;
}

enum ks_rc ks_midx_open(struct ks_midx *out, const char *path, uint8_t oid_len,
                        struct ks_err *err)
{
    struct ks_midx midx = {.oid_len = oid_len};
    enum ks_rc rc = ks_map_open(&midx.file, path, err);

    if (rc != KS_OK)
        return rc;
    if (!find_tables(&midx)) {
        rc = ks_fail(err, KS_EFORMAT, "%s: not a multi-pack-index", path);
    } else {
        midx.packs = malloc((midx.pack_count + 1U) * sizeof(*midx.packs));
        if (midx.packs == NULL)
            rc = ks_fail_memory(err);
    }
    if (rc != KS_OK) {
        ks_midx_release(&midx);
        return rc;
    }
    for (uint32_t i = 0; i < midx.pack_count; i++)
        midx.packs[i] = KS_MIDX_NONE;
    *out = midx;
    return KS_OK;
}

void ks_midx_release(struct ks_midx *midx)
{
    ks_map_close(midx->file);
    free(midx->packs);
    *midx = (struct ks_midx){.count = 0};
}

const char *ks_midx_title(const struct ks_midx *midx, uint32_t pack)
{
    struct ks_span rest = midx->titles;

    for (uint32_t i = 0;; i++) {
        const uint8_t *end = rest.len == 0 || *rest.ptr == '\0'
                                 ? NULL
                                 : memchr(rest.ptr, '\0', rest.len);

        if (end == NULL)
            return NULL;
        if (i == pack)
            return (const char *)rest.ptr;
        rest = ks_span_slice(rest, (size_t)(end - rest.ptr) + 1, rest.len);
    }
}

uint32_t ks_midx_find(const struct ks_midx *midx, const uint8_t *name)
{
    uint32_t from =
        name[0] == 0 ? 0 : ks_be32(midx->fanout + 4U * (name[0] - 1U));
    uint32_t to = ks_be32(midx->fanout + 4U * name[0]);

    if (to > midx->count)
        return KS_MIDX_NONE;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = memcmp(name, midx->names + (size_t)middle * midx->oid_len,
                           midx->oid_len);

        if (order == 0) {
            uint32_t pack = ks_be32(midx->where + (size_t)middle * WHERE);

            return pack < midx->pack_count ? midx->packs[pack] : KS_MIDX_NONE;
        }
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return KS_MIDX_NONE;
}
