/* SPDX-License-Identifier: Apache-2.0 */
#include "git/pack_index.h"

#include "git/bytes.h"

#include <string.h>

enum {
    FANOUT = 256 * 4,
    HEADER = 8,
    GUESSES = 4,
    NEAR = 8, /* positions; fewer lie on a cache line or two */
};

static bool has_magic(struct ks_span file)
{
    return file.len >= HEADER && memcmp(file.ptr, "\377tOc", 4) == 0;
}

static bool fanout_rises(const uint8_t *fanout)
{
    for (size_t i = 1; i < 256; i++)
        if (ks_be32(fanout + 4 * i) < ks_be32(fanout + 4 * (i - 1)))
            return false;
    return true;
}

static enum ks_rc parse_v1(struct ks_pack_index *index, struct ks_span file,
                           struct ks_err *err)
{
    uint64_t step = 4U + index->oid_len;

    if (file.len < FANOUT)
        return ks_fail(err, KS_EFORMAT, "pack index is too short");
    index->fanout = file.ptr;
    index->count = ks_be32(file.ptr + FANOUT - 4);
    if (file.len != FANOUT + index->count * step + 2U * index->oid_len)
        return ks_fail(err, KS_EFORMAT, "pack index has a wrong size");
    index->offsets = file.ptr + FANOUT;
    index->names = index->offsets + 4;
    index->offset_step = index->name_step = (uint8_t)step;
    return KS_OK;
}

static enum ks_rc parse_v2(struct ks_pack_index *index, struct ks_span file,
                           struct ks_err *err)
{
    uint64_t fixed;

    if (ks_be32(file.ptr + 4) != 2)
        return ks_fail(err, KS_EFORMAT, "pack index of unknown version %u",
                       (unsigned)ks_be32(file.ptr + 4));
    if (file.len < HEADER + FANOUT)
        return ks_fail(err, KS_EFORMAT, "pack index is too short");
    index->fanout = file.ptr + HEADER;
    index->count = ks_be32(index->fanout + FANOUT - 4);
    fixed = HEADER + FANOUT + (uint64_t)index->count * (index->oid_len + 8U) +
            2U * index->oid_len;
    if (file.len < fixed || (file.len - fixed) % 8 != 0 ||
        (file.len - fixed) / 8 > index->count)
        return ks_fail(err, KS_EFORMAT, "pack index has a wrong size");
    index->names = index->fanout + FANOUT;
    index->name_step = index->oid_len;
    index->offsets =
        index->names + (size_t)index->count * (index->oid_len + 4U);
    index->offset_step = 4;
    index->wide = index->offsets + (size_t)index->count * 4;
    index->wide_count = (uint32_t)((file.len - fixed) / 8);
    index->has_wide = true;
    return KS_OK;
}

enum ks_rc ks_pack_index_parse(struct ks_pack_index *out, struct ks_span file,
                               uint8_t oid_len, struct ks_err *err)
{
    struct ks_pack_index index = {.oid_len = oid_len};
    enum ks_rc rc = has_magic(file) ? parse_v2(&index, file, err)
                                    : parse_v1(&index, file, err);

    if (rc != KS_OK)
        return rc;
    if (!fanout_rises(index.fanout))
        return ks_fail(err, KS_EFORMAT, "pack index has a falling count");
    *out = index;
    return KS_OK;
}

/* The bytes of a name that tell names with one first byte apart. */
static uint64_t key_of(const uint8_t *name)
{
    return ks_be32(name + 1);
}

/*
 * Names are as good as random: a few guesses from their value lead near the
 * place, where a search by halves alone touches a cache line each step. Keeps
 * the name, if it is there, within [from, to).
 */
static void narrow(const struct ks_pack_index *index, uint64_t key,
                   uint32_t *from, uint32_t *to)
{
    uint64_t low = 0;
    uint64_t high = (uint64_t)UINT32_MAX + 1;

    for (unsigned i = 0; i<GUESSES && * to - *from> NEAR; i++) {
        uint32_t at =
            *from + (uint32_t)((key - low) * (*to - *from) / (high - low));
        uint64_t here;

        if (at >= *to)
            at = *to - 1;
        here = key_of(ks_pack_index_name(index, at));
        if (here < low || here >= high || here == key)
            return; /* not sorted, or there */
        if (here < key) {
            *from = at + 1;
            low = here;
        } else {
            *to = at;
            high = here;
        }
    }
}

bool ks_pack_index_find(const struct ks_pack_index *index, const uint8_t *name,
                        uint32_t *position)
{
    uint32_t from = 0;
    uint32_t to = ks_be32(index->fanout + 4U * name[0]);

    if (name[0] > 0)
        from = ks_be32(index->fanout + 4U * (name[0] - 1U));
    narrow(index, key_of(name), &from, &to);
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order =
            memcmp(name, ks_pack_index_name(index, middle), index->oid_len);

        if (order == 0) {
            *position = middle;
            return true;
        }
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return false;
}

uint64_t ks_pack_index_offset(const struct ks_pack_index *index,
                              uint32_t position)
{
    uint32_t offset =
        ks_be32(index->offsets + (size_t)position * index->offset_step);
    uint32_t wide = offset & 0x7fffffffU;

    if (!index->has_wide || offset == wide)
        return offset;
    if (wide >= index->wide_count)
        return UINT64_MAX;
    return ks_be64(index->wide + (size_t)wide * 8);
}
