/* SPDX-License-Identifier: Apache-2.0 */
#include "git/walk_path.h"

#include <stdlib.h>

enum { SHARE_LEAST = 2048 }; /* weight of children worth giving away */

static const struct ks_families *families_of(const struct ks_walk_path *path,
                                             uint32_t part)
{
    return path->parts[part].families;
}

enum ks_rc ks_walk_need_bytes(struct ks_walk_path *path,
                              struct ks_walk_base *base)
{
    const struct ks_families *families = families_of(path, base->part);
    struct ks_made made = {0};
    enum ks_rc rc = KS_OK;

    if (base->buffer.ptr != NULL)
        return KS_OK;
    path->pending.len = 0;
    for (uint32_t i = base->entry; i != KS_FAMILY_NONE; i = families->bases[i])
        if (!KS_VEC_PUSH(&path->pending, i))
            return ks_fail_memory(path->err);
    while (path->pending.len > 0 && rc == KS_OK) {
        struct ks_made next;

        rc = ks_walk_make(&path->maker, &next, families,
                          path->pending.items[--path->pending.len],
                          (struct ks_span){made.buffer.ptr, made.size},
                          path->err);
        ks_buffers_give(&path->maker.buffers, made.buffer);
        made = next;
    }
    if (rc != KS_OK)
        return rc;
    base->buffer = made.buffer;
    base->size = made.size;
    path->held += made.buffer.room;
    return KS_OK;
}

static void drop_bytes(struct ks_walk_path *path, struct ks_walk_base *base)
{
    ks_buffers_give(&path->maker.buffers, base->buffer);
    base->buffer = (struct ks_buffer){0};
}

void ks_walk_release_memo(struct ks_walk_path *path, struct ks_walk_memo *memo)
{
    const struct ks_walk_visitor *visitor = path->visitor;

    if (memo == NULL || atomic_fetch_sub(&memo->holders, 1) != 1)
        return;
    visitor->forget(visitor->ctx, path->worker, memo->memo);
    free(memo);
}

void ks_walk_release_sibling(struct ks_walk_path *path,
                             struct ks_walk_sibling *sibling)
{
    ks_walk_release_memo(path, sibling->memo);
    ks_edits_release(&sibling->edits);
}

void ks_walk_release_base(struct ks_walk_path *path, struct ks_walk_base *base)
{
    if (base == NULL || atomic_fetch_sub(&base->holders, 1) != 1)
        return;
    drop_bytes(path, base);
    ks_walk_release_memo(path, base->memo);
    free(base);
}

static bool sole_holder(struct ks_walk_base *base)
{
    return atomic_load(&base->holders) == 1;
}

void ks_walk_pop(struct ks_walk_path *path)
{
    struct ks_walk_frame *top = &path->frames.items[--path->frames.len];

    path->held -= top->base->buffer.room;
    ks_walk_release_sibling(path, &top->sibling);
    ks_walk_release_base(path, top->base);
}

void ks_walk_leave(struct ks_walk_path *path)
{
    struct ks_walk_base *base = path->frames.items[--path->frames.len].base;

    path->held -= base->buffer.room;
    if (sole_holder(base))
        drop_bytes(path, base);
}

/* Drops the bytes of the oldest bases while the path holds too much. */
static void drop_old(struct ks_walk_path *path)
{
    for (size_t i = 0; i + 1 < path->frames.len && path->held > path->memory;
         i++) {
        struct ks_walk_base *base = path->frames.items[i].base;

        if (base->buffer.ptr == NULL || !sole_holder(base))
            continue;
        path->held -= base->buffer.room;
        drop_bytes(path, base);
    }
}

enum ks_rc ks_walk_push(struct ks_walk_path *path, struct ks_walk_base *base,
                        uint32_t from, uint32_t to)
{
    struct ks_walk_frame frame = {.base = base, .next = from, .end = to};

    ks_edits_init(&frame.sibling.edits);
    if (!KS_VEC_PUSH(&path->frames, frame)) {
        ks_walk_release_base(path, base);
        return ks_fail_memory(path->err);
    }
    path->held += base->buffer.room;
    drop_old(path);
    return KS_OK;
}

/* Gives the later half of a frame's children to whoever is idle. */
static void share_frame(struct ks_walk_path *path, struct ks_walk_frame *frame,
                        uint32_t from)
{
    struct ks_walk_task task = {
        .base = frame->base, .from = from, .to = frame->end};

    atomic_fetch_add(&frame->base->holders, 1);
    if (ks_walk_schedule_share(path->schedule, &task))
        frame->end = from;
    else
        atomic_fetch_sub(&frame->base->holders, 1);
}

static uint64_t weight_between(const struct ks_families *families,
                               uint32_t from, uint32_t to)
{
    uint64_t sum = 0;

    while (from < to)
        sum += families->weights[families->children[from++]];
    return sum;
}

void ks_walk_share(struct ks_walk_path *path)
{
    for (size_t i = 0; i < path->frames.len; i++) {
        struct ks_walk_frame *frame = &path->frames.items[i];
        uint32_t from = frame->next + (frame->end - frame->next) / 2;

        if (i + 1 < path->frames.len && frame->end - frame->next < 2)
            from = frame->next;
        if (from == frame->next && i + 1 == path->frames.len)
            return;
        if (frame->base->buffer.ptr == NULL || from == frame->end ||
            weight_between(families_of(path, frame->base->part), from,
                           frame->end) < SHARE_LEAST)
            continue;
        share_frame(path, frame, from);
        return;
    }
}
