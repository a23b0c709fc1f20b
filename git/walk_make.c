/* SPDX-License-Identifier: Apache-2.0 */
#include "git/walk_make.h"

#include <time.h>

enum { RATIO = 1032 }; /* DEFLATE makes at most this many bytes of one */

enum ks_rc ks_walk_maker_init(struct ks_walk_maker *maker, size_t largest,
                              bool timed, struct ks_err *err)
{
    *maker = (struct ks_walk_maker){.largest = largest, .timed = timed};
    return ks_inflater_new(&maker->inflater, err);
}

void ks_walk_maker_release(struct ks_walk_maker *maker)
{
    ks_inflater_free(maker->inflater);
    ks_buffers_give(&maker->buffers, maker->delta);
    ks_buffers_release(&maker->buffers);
    KS_VEC_RELEASE(&maker->copies);
}

uint64_t ks_walk_now(const struct ks_walk_maker *maker)
{
    struct timespec time;

    if (!maker->timed)
        return 0;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

/* KS_EFORMAT: the object is left, `made->left` says why; KS_ENOMEM. */
static enum ks_rc leave(struct ks_made *made, enum ks_walk_left why)
{
    made->left = why;
    return KS_EFORMAT;
}

static bool plausible(const struct ks_pack_entry *entry, struct ks_span stream)
{
    return entry->size / RATIO <= stream.len;
}

/* Inflates an entry's stream to a buffer that is the caller's. */
static enum ks_rc inflate_entry(struct ks_walk_maker *maker,
                                struct ks_made *made,
                                const struct ks_pack *pack,
                                const struct ks_pack_entry *entry,
                                struct ks_buffer *reuse, struct ks_err *err)
{
    struct ks_span stream = ks_pack_stream(pack, entry->data_at);
    uint64_t start;
    bool good;

    if (entry->size > maker->largest)
        return leave(made, KS_LEFT_LARGE);
    if (!plausible(entry, stream))
        return leave(made, KS_LEFT_CORRUPT);
    if (reuse->ptr == NULL || reuse->room < entry->size) {
        ks_buffers_give(&maker->buffers, *reuse);
        *reuse = ks_buffers_take(&maker->buffers, (size_t)entry->size);
        if (reuse->ptr == NULL)
            return ks_fail_memory(err);
    }
    start = ks_walk_now(maker);
    good = ks_inflate(maker->inflater, stream, reuse->ptr, (size_t)entry->size);
    maker->times.inflate += ks_walk_now(maker) - start;
    if (!good)
        return leave(made, KS_LEFT_CORRUPT);
    made->size = (size_t)entry->size;
    return KS_OK;
}

/* Makes an object from its delta and its base's bytes. */
static enum ks_rc apply_entry(struct ks_walk_maker *maker, struct ks_made *made,
                              const struct ks_pack *pack,
                              const struct ks_pack_entry *entry,
                              struct ks_span base, struct ks_err *err)
{
    struct ks_delta_head head;
    struct ks_span delta;
    uint64_t start;
    enum ks_rc rc = inflate_entry(maker, made, pack, entry, &maker->delta, err);

    if (rc != KS_OK)
        return rc;
    delta = (struct ks_span){maker->delta.ptr, made->size};
    if (ks_delta_head(&head, delta) != KS_OK)
        return leave(made, KS_LEFT_CORRUPT);
    if (head.result_size > maker->largest)
        return leave(made, KS_LEFT_LARGE);
    made->buffer = ks_buffers_take(&maker->buffers, (size_t)head.result_size);
    if (made->buffer.ptr == NULL)
        return ks_fail_memory(err);
    start = ks_walk_now(maker);
    rc = ks_delta_apply(made->buffer.ptr, &head, base, delta, &maker->copies);
    maker->times.apply += ks_walk_now(maker) - start;
    made->size = (size_t)head.result_size;
    if (rc == KS_ENOMEM)
        return ks_fail_memory(err);
    return rc == KS_OK ? KS_OK : leave(made, KS_LEFT_CORRUPT);
}

enum ks_rc ks_walk_make(struct ks_walk_maker *maker, struct ks_made *made,
                        const struct ks_families *families, uint32_t entry,
                        struct ks_span base, struct ks_err *err)
{
    struct ks_pack_entry header;
    enum ks_rc rc;

    *made = (struct ks_made){.left = KS_LEFT_CORRUPT};
    if (!ks_pack_entry_at(&header, families->pack, families->offsets[entry]))
        return KS_EFORMAT;
    if (header.type == KS_OBJECT_NONE) {
        rc = apply_entry(maker, made, families->pack, &header, base, err);
    } else {
        maker->copies.len = 0;
        rc = inflate_entry(maker, made, families->pack, &header, &made->buffer,
                           err);
    }
    if (rc != KS_OK) {
        ks_buffers_give(&maker->buffers, made->buffer);
        made->buffer = (struct ks_buffer){0};
    }
    return rc;
}
