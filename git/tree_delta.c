/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_delta.h"

#include <stdlib.h>
#include <string.h>

/* The last index whose offset is at most `offset`; at[0] is 0. */
static uint32_t last_at_most(const struct ks_tree_starts *starts,
                             uint32_t offset)
{
    uint32_t from = 0;
    uint32_t to = starts->count;

    while (from < to) {
        uint32_t middle = to - (to - from) / 2;

        if (starts->at[middle] <= offset)
            from = middle;
        else
            to = middle - 1;
    }
    return from;
}

static bool make_room(struct ks_tree_reader *reader, size_t more)
{
    while (reader->starts.room - reader->starts.len < more)
        if (!ks_vec_grow((void **)&reader->starts.items, &reader->starts.room,
                         reader->starts.room, sizeof(uint32_t)))
            return false;
    return true;
}

/*
 * Takes over the base's entries that the copy holds from `at` on. Returns the
 * bytes that they span; 0 if none begins there; UINT32_MAX without memory.
 */
static uint32_t carry_over(struct ks_tree_reader *reader,
                           const struct ks_tree_starts *base,
                           const struct ks_copy *copy, uint32_t at)
{
    uint32_t from = at - copy->to + copy->from;
    uint32_t first = last_at_most(base, from);
    uint32_t last = last_at_most(base, copy->from + copy->len);

    if (base->at[first] != from || last <= first)
        return 0;
    if (!make_room(reader, last - first))
        return UINT32_MAX;
    for (uint32_t i = first; i < last; i++)
        reader->starts.items[reader->starts.len++] = base->at[i] - from + at;
    return base->at[last] - from;
}

static enum ks_rc keep_starts(struct ks_tree_starts **out,
                              const struct ks_tree_reader *reader, uint32_t end)
{
    size_t count = reader->starts.len;
    struct ks_tree_starts *starts =
        malloc(sizeof(*starts) + (count + 1) * sizeof(starts->at[0]));

    if (starts == NULL)
        return KS_ENOMEM;
    starts->count = (uint32_t)count;
    if (count > 0)
        memcpy(starts->at, reader->starts.items, count * sizeof(starts->at[0]));
    starts->at[count] = end;
    *out = starts;
    return KS_OK;
}

enum ks_rc ks_tree_delta(struct ks_tree_reader *reader,
                         const struct ks_walk_object *object,
                         enum ks_rc (*entry)(void *ctx,
                                             const struct ks_tree_entry *entry),
                         void *ctx, struct ks_tree_starts **starts)
{
    const struct ks_tree_starts *base = object->base_memo;
    const struct ks_copy *copy = object->copies;
    const struct ks_copy *end = base == NULL ? copy : copy + object->copy_count;
    uint32_t len = (uint32_t)object->bytes.len;
    uint32_t at = 0;

    reader->starts.len = 0;
    while (at < len) {
        struct ks_span rest = {object->bytes.ptr + at, len - at};
        struct ks_tree_entry found;
        uint32_t carried;
        enum ks_rc rc;

        while (copy < end && copy->to + copy->len <= at)
            copy++;
        carried = copy < end && copy->to <= at
                      ? carry_over(reader, base, copy, at)
                      : 0;
        if (carried == UINT32_MAX || !make_room(reader, 1))
            return KS_ENOMEM;
        at += carried;
        if (carried > 0)
            continue;
        reader->starts.items[reader->starts.len++] = at;
        if (ks_tree_next(&found, &rest, object->oid.len) != 1)
            return KS_EFORMAT;
        rc = entry(ctx, &found);
        if (rc != KS_OK)
            return rc;
        at = len - (uint32_t)rest.len;
    }
    return object->wants_memo ? keep_starts(starts, reader, len) : KS_OK;
}

void ks_tree_reader_release(struct ks_tree_reader *reader)
{
    KS_VEC_RELEASE(&reader->starts);
}
