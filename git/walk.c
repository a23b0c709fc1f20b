/* SPDX-License-Identifier: Apache-2.0 */
#include "git/walk.h"

#include "git/walk_make.h"
#include "git/walk_schedule.h"

#include <stdlib.h>

enum {
    MEMORY = 64 * 1024 * 1024,
    LARGEST = 1024 * 1024 * 1024,
    SHARE_EVERY = 16,   /* objects between looks at who is idle */
    SHARE_LEAST = 2048, /* weight of children worth giving away */
};

/* A base on the path, and which of its children are still to come. */
struct frame {
    struct ks_walk_base *base;
    uint32_t next;
    uint32_t end;
};

struct walk {
    const struct ks_walk_part *parts;
    const struct ks_walk_visitor *visitor;
    const struct ks_walk_options *options;
    size_t memory; /* of one worker */
    size_t largest;
    struct ks_walk_schedule schedule;
    struct worker *workers;
};

struct worker {
    struct walk *walk;
    unsigned number;
    unsigned until_share;
    struct ks_walk_maker maker;
    KS_VEC(, struct frame) path;
    KS_VEC(, uint32_t) pending; /* for walks over entries without contents */
    size_t held;                /* bytes of the bases on the path */
    struct ks_err *err;
};

static const struct ks_families *families_of(const struct worker *worker,
                                             uint32_t part)
{
    return worker->walk->parts[part].families;
}

/* Makes the bytes of a base again after they were dropped. */
static enum ks_rc make_again(struct worker *worker, struct ks_walk_base *base)
{
    const struct ks_families *families = families_of(worker, base->part);
    struct ks_made made = {0};
    enum ks_rc rc = KS_OK;

    worker->pending.len = 0;
    for (uint32_t i = base->entry; i != KS_FAMILY_NONE; i = families->bases[i])
        if (!KS_VEC_PUSH(&worker->pending, i))
            return ks_fail_memory(worker->err);
    while (worker->pending.len > 0 && rc == KS_OK) {
        struct ks_made next;

        rc = ks_walk_make(&worker->maker, &next, families,
                          worker->pending.items[--worker->pending.len],
                          (struct ks_span){made.buffer.ptr, made.size},
                          worker->err);
        ks_buffers_give(&worker->maker.buffers, made.buffer);
        made = next;
    }
    if (rc != KS_OK)
        return rc;
    base->buffer = made.buffer;
    base->size = made.size;
    worker->held += made.buffer.room;
    return KS_OK;
}

static void drop_bytes(struct worker *worker, struct ks_walk_base *base)
{
    ks_buffers_give(&worker->maker.buffers, base->buffer);
    base->buffer = (struct ks_buffer){0};
}

/* Gives up a reference; the last one ends the base. */
static void release_base(struct worker *worker, struct ks_walk_base *base)
{
    const struct ks_walk_visitor *visitor = worker->walk->visitor;

    if (atomic_fetch_sub(&base->holders, 1) != 1)
        return;
    drop_bytes(worker, base);
    if (base->memo != NULL)
        visitor->forget(visitor->ctx, worker->number, base->memo);
    free(base);
}

static bool sole_holder(struct ks_walk_base *base)
{
    return atomic_load(&base->holders) == 1;
}

static void pop(struct worker *worker)
{
    struct frame *top = &worker->path.items[--worker->path.len];

    worker->held -= top->base->buffer.room;
    release_base(worker, top->base);
}

/* Drops the bytes of the oldest bases while the path holds too much. */
static void drop_old(struct worker *worker)
{
    for (size_t i = 0;
         i + 1 < worker->path.len && worker->held > worker->walk->memory; i++) {
        struct ks_walk_base *base = worker->path.items[i].base;

        if (base->buffer.ptr == NULL || !sole_holder(base))
            continue;
        worker->held -= base->buffer.room;
        drop_bytes(worker, base);
    }
}

/* Puts children [from, to) of a base on the path; takes over the reference. */
static enum ks_rc push(struct worker *worker, struct ks_walk_base *base,
                       uint32_t from, uint32_t to)
{
    if (!KS_VEC_PUSH(&worker->path, (struct frame){base, from, to})) {
        release_base(worker, base);
        return ks_fail_memory(worker->err);
    }
    worker->held += base->buffer.room;
    drop_old(worker);
    return KS_OK;
}

/* The end of the wanted among an entry's children. */
static uint32_t children_end(const struct ks_families *families, uint32_t entry)
{
    uint32_t from = families->first_child[entry];
    uint32_t to = families->first_child[entry + 1];

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (families->weights[families->children[middle]] != 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static enum ks_rc tell_left(struct worker *worker, uint32_t part,
                            uint32_t entry, enum ks_walk_left why)
{
    const struct walk *walk = worker->walk;
    const struct ks_families *families = walk->parts[part].families;
    const struct ks_pack_index *index = &families->pack->index;
    struct ks_oid oid = ks_oid_from(
        ks_pack_index_name(index, families->names[entry]), index->oid_len);

    return walk->visitor->left(walk->visitor->ctx, worker->number, &oid, why,
                               worker->err);
}

/* Tells that an entry and everything made from it are left. */
static enum ks_rc leave_subtree(struct worker *worker, uint32_t part,
                                uint32_t entry, enum ks_walk_left why)
{
    const struct ks_walk_part *whole = &worker->walk->parts[part];
    const struct ks_families *families = whole->families;
    enum ks_rc rc = KS_OK;

    worker->pending.len = 0;
    if (!KS_VEC_PUSH(&worker->pending, entry))
        return ks_fail_memory(worker->err);
    while (worker->pending.len > 0 && rc == KS_OK) {
        uint32_t here = worker->pending.items[--worker->pending.len];

        if (ks_family_wanted(families, &whole->choice, here))
            rc = tell_left(worker, part, here, why);
        for (uint32_t c = families->first_child[here];
             c < children_end(families, here) && rc == KS_OK; c++)
            if (!KS_VEC_PUSH(&worker->pending, families->children[c]))
                rc = ks_fail_memory(worker->err);
    }
    return rc;
}

static enum ks_rc visit(struct worker *worker, uint32_t part, uint32_t entry,
                        const struct ks_made *made, const void *base_memo,
                        bool wants_memo, void **memo)
{
    const struct ks_walk_visitor *visitor = worker->walk->visitor;
    const struct ks_families *families = families_of(worker, part);
    const struct ks_pack_index *index = &families->pack->index;
    struct ks_walk_object object = {
        .bytes = {made->buffer.ptr, made->size},
        .oid = ks_oid_from(ks_pack_index_name(index, families->names[entry]),
                           index->oid_len),
        .part = part,
        .position = families->names[entry],
        .type = (enum ks_object_type)families->types[entry],
        .base_memo = base_memo,
        .copies = worker->maker.copies.items,
        .copy_count = worker->maker.copies.len,
        .wants_memo = wants_memo,
    };
    uint64_t start = ks_walk_now(&worker->maker);
    enum ks_rc rc = visitor->visit(visitor->ctx, worker->number, &object, memo,
                                   worker->err);

    worker->maker.times.visit += ks_walk_now(&worker->maker) - start;
    return rc;
}

/* Makes a base of an object that was visited and puts it on the path. */
static enum ks_rc descend(struct worker *worker, uint32_t part, uint32_t entry,
                          const struct ks_made *made, void *memo, uint32_t end)
{
    const struct ks_families *families = families_of(worker, part);
    const struct ks_walk_visitor *visitor = worker->walk->visitor;
    struct ks_walk_base *base = malloc(sizeof(*base));

    if (base == NULL) {
        ks_buffers_give(&worker->maker.buffers, made->buffer);
        if (memo != NULL)
            visitor->forget(visitor->ctx, worker->number, memo);
        return ks_fail_memory(worker->err);
    }
    *base = (struct ks_walk_base){
        .part = part,
        .entry = entry,
        .buffer = made->buffer,
        .size = made->size,
        .memo = memo,
    };
    atomic_init(&base->holders, 1);
    return push(worker, base, families->first_child[entry], end);
}

/* Visits an entry, if wanted, and puts it on the path if it has children. */
static enum ks_rc enter(struct worker *worker, uint32_t part, uint32_t entry,
                        const struct ks_made *made, const void *base_memo,
                        bool *descended)
{
    const struct ks_walk_part *whole = &worker->walk->parts[part];
    uint32_t end = children_end(whole->families, entry);
    bool parent = end > whole->families->first_child[entry];
    void *memo = NULL;
    enum ks_rc rc = KS_OK;

    *descended = false;
    if (ks_family_wanted(whole->families, &whole->choice, entry))
        rc = visit(worker, part, entry, made, base_memo, parent, &memo);
    if (rc != KS_OK || !parent) {
        ks_buffers_give(&worker->maker.buffers, made->buffer);
        return rc;
    }
    *descended = true;
    return descend(worker, part, entry, made, memo, end);
}

static enum ks_rc walk_root(struct worker *worker, struct ks_walk_root root)
{
    struct ks_made made;
    bool descended;
    enum ks_rc rc =
        ks_walk_make(&worker->maker, &made, families_of(worker, root.part),
                     root.entry, (struct ks_span){0}, worker->err);

    if (rc == KS_EFORMAT)
        return leave_subtree(worker, root.part, root.entry, made.left);
    if (rc != KS_OK)
        return rc;
    return enter(worker, root.part, root.entry, &made, NULL, &descended);
}

/*
 * Takes the next child of the path's end. After its last child a base leaves
 * the path; its bytes as soon as they are applied, its memo after the visit.
 */
static enum ks_rc walk_child(struct worker *worker)
{
    struct frame *top = &worker->path.items[worker->path.len - 1];
    struct ks_walk_base *base = top->base;
    const struct ks_families *families = families_of(worker, base->part);
    uint32_t part = base->part;
    uint32_t entry = families->children[top->next];
    bool last = top->next + 1 == top->end;
    bool descended;
    struct ks_made made = {.left = KS_LEFT_CORRUPT};
    enum ks_rc rc = KS_OK;

    if (base->buffer.ptr == NULL)
        rc = make_again(worker, base);
    top->next++;
    if (rc == KS_OK)
        rc = ks_walk_make(&worker->maker, &made, families, entry,
                          (struct ks_span){base->buffer.ptr, base->size},
                          worker->err);
    if (last) {
        worker->path.len--;
        worker->held -= base->buffer.room;
        if (sole_holder(base))
            drop_bytes(worker, base);
    }
    if (rc == KS_OK)
        rc = enter(worker, part, entry, &made, base->memo, &descended);
    else if (rc == KS_EFORMAT)
        rc = leave_subtree(worker, part, entry, made.left);
    if (last)
        release_base(worker, base);
    return rc;
}

/* Gives the later half of a frame's children to whoever is idle. */
static void share_frame(struct worker *worker, struct frame *frame,
                        uint32_t from)
{
    struct ks_walk_task task = {
        .base = frame->base, .from = from, .to = frame->end};

    atomic_fetch_add(&frame->base->holders, 1);
    if (ks_walk_schedule_share(&worker->walk->schedule, &task))
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

/*
 * Looks for work to give away, oldest base first. The end of the path keeps
 * at least one child, so that every frame has one to go on with.
 */
static void share(struct worker *worker)
{
    for (size_t i = 0; i < worker->path.len; i++) {
        struct frame *frame = &worker->path.items[i];
        uint32_t from = frame->next + (frame->end - frame->next) / 2;

        if (i + 1 < worker->path.len && frame->end - frame->next < 2)
            from = frame->next;
        if (from == frame->next && i + 1 == worker->path.len)
            return;
        if (frame->base->buffer.ptr == NULL || from == frame->end ||
            weight_between(families_of(worker, frame->base->part), from,
                           frame->end) < SHARE_LEAST)
            continue;
        share_frame(worker, frame, from);
        return;
    }
}

static bool stopped(const struct walk *walk)
{
    return walk->options->stop != NULL &&
           atomic_load_explicit(&walk->options->stop->wanted,
                                memory_order_relaxed);
}

static enum ks_rc walk_path(struct worker *worker)
{
    enum ks_rc rc = KS_OK;

    while (worker->path.len > 0 && rc == KS_OK) {
        struct frame *top = &worker->path.items[worker->path.len - 1];

        if (top->next == top->end) {
            pop(worker);
            continue;
        }
        if (worker->until_share-- == 0) {
            worker->until_share = SHARE_EVERY;
            if (stopped(worker->walk))
                return KS_ECANCELED;
            if (atomic_load_explicit(&worker->walk->schedule.hungry,
                                     memory_order_relaxed) > 0)
                share(worker);
        }
        rc = walk_child(worker);
    }
    return rc;
}

static enum ks_rc do_task(struct worker *worker,
                          const struct ks_walk_task *task)
{
    const struct ks_walk_schedule *schedule = &worker->walk->schedule;
    enum ks_rc rc = KS_OK;

    if (task->base != NULL) {
        rc = push(worker, task->base, task->from, task->to);
        return rc == KS_OK ? walk_path(worker) : rc;
    }
    for (uint32_t i = task->from; i < task->to && rc == KS_OK; i++) {
        if (stopped(worker->walk))
            return KS_ECANCELED;
        rc = walk_root(worker, schedule->roots.items[i]);
        if (rc == KS_OK)
            rc = walk_path(worker);
    }
    return rc;
}

static enum ks_rc run(void *ctx, unsigned number, struct ks_err *err)
{
    struct walk *walk = ctx;
    struct worker *worker = &walk->workers[number];
    struct ks_walk_task task;
    enum ks_rc rc = KS_OK;

    worker->err = err;
    while (ks_walk_schedule_next(&walk->schedule, &task)) {
        if (rc == KS_OK)
            rc = do_task(worker, &task);
        else if (task.base != NULL)
            release_base(worker, task.base);
        while (worker->path.len > 0)
            pop(worker);
        if (rc != KS_OK)
            ks_walk_schedule_fail(&walk->schedule);
        ks_walk_schedule_done(&walk->schedule);
    }
    return rc;
}

/* Tells about entries that belong to no family. */
static enum ks_rc leave_strays(struct worker *worker, size_t count)
{
    for (uint32_t part = 0; part < count; part++) {
        const struct ks_walk_part *whole = &worker->walk->parts[part];
        struct ks_family_choice any = whole->choice;

        any.types |= 1U << KS_OBJECT_NONE;
        for (uint32_t i = 0; i < whole->families->count; i++) {
            enum ks_rc rc;

            if (whole->families->types[i] != KS_OBJECT_NONE ||
                !ks_family_wanted(whole->families, &any, i))
                continue;
            rc = tell_left(worker, part, i, KS_LEFT_CORRUPT);
            if (rc != KS_OK)
                return rc;
        }
    }
    return KS_OK;
}

static void release_workers(struct walk *walk)
{
    struct ks_walk_times *times = walk->options->times;

    for (unsigned i = 0; i < walk->options->jobs; i++) {
        struct worker *worker = &walk->workers[i];

        if (times != NULL) {
            times->inflate += worker->maker.times.inflate;
            times->apply += worker->maker.times.apply;
            times->visit += worker->maker.times.visit;
        }
        ks_walk_maker_release(&worker->maker);
        KS_VEC_RELEASE(&worker->path);
        KS_VEC_RELEASE(&worker->pending);
    }
    free(walk->workers);
}

static enum ks_rc make_workers(struct walk *walk, struct ks_err *err)
{
    unsigned jobs = walk->options->jobs;
    enum ks_rc rc = KS_OK;

    walk->workers = calloc(jobs, sizeof(*walk->workers));
    if (walk->workers == NULL)
        return ks_fail_memory(err);
    for (unsigned i = 0; i < jobs && rc == KS_OK; i++) {
        walk->workers[i].walk = walk;
        walk->workers[i].number = i;
        rc = ks_walk_maker_init(&walk->workers[i].maker, walk->largest,
                                walk->options->times != NULL, err);
    }
    if (rc != KS_OK)
        release_workers(walk);
    return rc;
}

enum ks_rc ks_walk(const struct ks_walk_part *parts, size_t count,
                   const struct ks_walk_visitor *visitor,
                   const struct ks_walk_options *options, struct ks_err *err)
{
    size_t memory = options->memory == 0 ? MEMORY : options->memory;
    struct walk walk = {
        .parts = parts,
        .visitor = visitor,
        .options = options,
        .memory = memory / options->jobs,
        .largest = options->largest == 0 ? LARGEST : options->largest,
    };
    enum ks_rc rc = make_workers(&walk, err);

    if (rc != KS_OK)
        return rc;
    rc =
        ks_walk_schedule_init(&walk.schedule, parts, count, options->jobs, err);
    if (rc == KS_OK) {
        walk.workers[0].err = err;
        rc = leave_strays(&walk.workers[0], count);
        if (rc == KS_OK)
            rc = ks_pool_run(options->jobs, run, &walk, err);
        ks_walk_schedule_release(&walk.schedule);
    }
    release_workers(&walk);
    return rc;
}
