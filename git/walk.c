/* SPDX-License-Identifier: Apache-2.0 */
#include "git/walk.h"

#include "git/walk_path.h"

#include <stdlib.h>

enum {
    MEMORY = 64 * 1024 * 1024,
    LARGEST = 1024 * 1024 * 1024,
    SHARE_EVERY = 16, /* objects between looks at who is idle */
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
    unsigned until_share;
    struct ks_walk_path path;
    struct ks_edits edits;   /* of the object at hand */
    struct ks_copies shared; /* its copies, with those from its sibling */
};

static const struct ks_families *families_of(const struct worker *worker,
                                             uint32_t part)
{
    return worker->walk->parts[part].families;
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

    return walk->visitor->left(walk->visitor->ctx, worker->path.worker, &oid,
                               why, worker->path.err);
}

/* Tells that an entry and everything made from it are left. */
static enum ks_rc leave_subtree(struct worker *worker, uint32_t part,
                                uint32_t entry, enum ks_walk_left why)
{
    const struct ks_walk_part *whole = &worker->walk->parts[part];
    const struct ks_families *families = whole->families;
    enum ks_rc rc = KS_OK;

    worker->path.pending.len = 0;
    if (!KS_VEC_PUSH(&worker->path.pending, entry))
        return ks_fail_memory(worker->path.err);
    while (worker->path.pending.len > 0 && rc == KS_OK) {
        uint32_t here = worker->path.pending.items[--worker->path.pending.len];

        if (ks_family_wanted(families, &whole->choice, here))
            rc = tell_left(worker, part, here, why);
        for (uint32_t c = families->first_child[here];
             c < children_end(families, here) && rc == KS_OK; c++)
            if (!KS_VEC_PUSH(&worker->path.pending, families->children[c]))
                rc = ks_fail_memory(worker->path.err);
    }
    return rc;
}

/* An object about to be visited, and what is known of it. */
struct visited {
    uint32_t part;
    uint32_t entry;
    struct ks_made made;
    const struct ks_copies *copies;
    const struct ks_walk_memo *memos[KS_COPY_SOURCES]; /* or NULL */
    bool is_sibling;                                   /* of one that follows */
};

/* Leaves in `memo` what the visitor left, with one reference; or NULL. */
static enum ks_rc visit(struct worker *worker, const struct visited *visited,
                        bool wants_memo, struct ks_walk_memo **memo)
{
    const struct ks_walk_visitor *visitor = worker->walk->visitor;
    const struct ks_families *families = families_of(worker, visited->part);
    const struct ks_pack_index *index = &families->pack->index;
    uint32_t position = families->names[visited->entry];
    struct ks_walk_object object = {
        .bytes = {visited->made.buffer.ptr, visited->made.size},
        .oid = ks_oid_from(ks_pack_index_name(index, position), index->oid_len),
        .part = visited->part,
        .position = position,
        .type = (enum ks_object_type)families->types[visited->entry],
        .copies = visited->copies->items,
        .copy_count = visited->copies->len,
        .wants_memo = wants_memo,
    };
    uint64_t start = ks_walk_now(&worker->path.maker);
    void *left = NULL;
    enum ks_rc rc;

    for (size_t i = 0; i < KS_COPY_SOURCES; i++)
        if (visited->memos[i] != NULL)
            object.memos[i] = visited->memos[i]->memo;
    rc = visitor->visit(visitor->ctx, worker->path.worker, &object, &left,
                        worker->path.err);
    worker->path.maker.times.visit += ks_walk_now(&worker->path.maker) - start;
    if (left == NULL)
        return rc;
    *memo = malloc(sizeof(**memo));
    if (*memo == NULL) {
        visitor->forget(visitor->ctx, worker->path.worker, left);
        return ks_fail_memory(worker->path.err);
    }
    (*memo)->memo = left;
    atomic_init(&(*memo)->holders, 1);
    return rc;
}

/* Makes a base of an object that was visited and puts it on the path. */
static enum ks_rc descend(struct worker *worker, const struct visited *visited,
                          struct ks_walk_memo *memo, uint32_t end)
{
    const struct ks_families *families = families_of(worker, visited->part);
    struct ks_walk_base *base = malloc(sizeof(*base));

    if (base == NULL) {
        ks_buffers_give(&worker->path.maker.buffers, visited->made.buffer);
        return ks_fail_memory(worker->path.err);
    }
    *base = (struct ks_walk_base){
        .part = visited->part,
        .entry = visited->entry,
        .buffer = visited->made.buffer,
        .size = visited->made.size,
        .memo = memo,
    };
    if (memo != NULL)
        atomic_fetch_add(&memo->holders, 1);
    atomic_init(&base->holders, 1);
    return ks_walk_push(&worker->path, base,
                        families->first_child[visited->entry], end);
}

/*
 * Visits an entry, if wanted, and puts it on the path if it has children.
 * `memo` becomes a reference to what the visitor left, or NULL.
 */
static enum ks_rc enter(struct worker *worker, const struct visited *visited,
                        struct ks_walk_memo **memo)
{
    const struct ks_walk_part *whole = &worker->walk->parts[visited->part];
    uint32_t end = children_end(whole->families, visited->entry);
    bool parent = end > whole->families->first_child[visited->entry];
    enum ks_rc rc = KS_OK;

    *memo = NULL;
    if (ks_family_wanted(whole->families, &whole->choice, visited->entry))
        rc = visit(worker, visited, parent || visited->is_sibling, memo);
    if (rc == KS_OK && parent)
        return descend(worker, visited, *memo, end);
    ks_buffers_give(&worker->path.maker.buffers, visited->made.buffer);
    return rc;
}

static enum ks_rc walk_root(struct worker *worker, struct ks_walk_root root)
{
    struct visited visited = {.part = root.part,
                              .entry = root.entry,
                              .copies = &worker->path.maker.copies};
    struct ks_walk_memo *memo;
    enum ks_rc rc = ks_walk_make(&worker->path.maker, &visited.made,
                                 families_of(worker, root.part), root.entry,
                                 (struct ks_span){0}, worker->path.err);

    if (rc == KS_EFORMAT)
        return leave_subtree(worker, root.part, root.entry, visited.made.left);
    if (rc != KS_OK)
        return rc;
    rc = enter(worker, &visited, &memo);
    ks_walk_release_memo(&worker->path, memo);
    return rc;
}

/* Adds to what is known of an object what its sibling tells. */
static enum ks_rc look_at_sibling(struct worker *worker,
                                  struct visited *visited,
                                  const struct ks_walk_sibling *sibling)
{
    struct ks_span text = {visited->made.buffer.ptr, visited->made.size};
    enum ks_rc rc = KS_OK;

    if (visited->memos[KS_COPY_BASE] == NULL ||
        (!visited->is_sibling && sibling->memo == NULL))
        return KS_OK;
    rc = ks_edits_note(&worker->edits, visited->copies, text, worker->path.err);
    if (rc != KS_OK || sibling->memo == NULL)
        return rc;
    rc = ks_edits_share(&worker->shared, visited->copies, &worker->edits,
                        &sibling->edits, worker->path.err);
    visited->copies = &worker->shared;
    visited->memos[KS_COPY_SIBLING] = sibling->memo;
    return rc;
}

/* Makes the object at hand, which left `memo`, the sibling of those to come. */
static void become_sibling(struct worker *worker,
                           struct ks_walk_sibling *sibling,
                           struct ks_walk_memo *memo)
{
    struct ks_edits edits = sibling->edits;

    ks_walk_release_memo(&worker->path, sibling->memo);
    sibling->memo = memo;
    sibling->edits = worker->edits;
    worker->edits = edits;
}

static enum ks_rc visit_child(struct worker *worker, struct visited *visited,
                              const struct ks_walk_sibling *sibling,
                              struct ks_walk_memo **memo)
{
    enum ks_rc rc = look_at_sibling(worker, visited, sibling);

    if (rc == KS_OK)
        return enter(worker, visited, memo);
    ks_buffers_give(&worker->path.maker.buffers, visited->made.buffer);
    return rc;
}

/*
 * Takes the next child of the path's end. After its last child a base leaves
 * the path; its bytes as soon as they are applied, its memo after the visit.
 */
static enum ks_rc walk_child(struct worker *worker)
{
    size_t depth = worker->path.frames.len - 1;
    struct ks_walk_frame frame = worker->path.frames.items[depth];
    struct ks_walk_base *base = frame.base;
    const struct ks_families *families = families_of(worker, base->part);
    bool last = frame.next + 1 == frame.end;
    struct visited visited = {.part = base->part,
                              .entry = families->children[frame.next],
                              .made = {.left = KS_LEFT_CORRUPT},
                              .copies = &worker->path.maker.copies,
                              .memos = {base->memo},
                              .is_sibling =
                                  worker->walk->options->siblings && !last};
    struct ks_walk_memo *memo = NULL;
    enum ks_rc rc = ks_walk_need_bytes(&worker->path, base);

    worker->path.frames.items[depth].next++;
    if (rc == KS_OK)
        rc = ks_walk_make(
            &worker->path.maker, &visited.made, families, visited.entry,
            (struct ks_span){base->buffer.ptr, base->size}, worker->path.err);
    if (last)
        ks_walk_leave(&worker->path);
    if (rc == KS_OK)
        rc = visit_child(worker, &visited, &frame.sibling, &memo);
    else if (rc == KS_EFORMAT)
        rc = leave_subtree(worker, visited.part, visited.entry,
                           visited.made.left);
    if (visited.is_sibling && memo != NULL)
        become_sibling(worker, &worker->path.frames.items[depth].sibling, memo);
    else
        ks_walk_release_memo(&worker->path, memo);
    if (last) {
        ks_walk_release_sibling(&worker->path, &frame.sibling);
        ks_walk_release_base(&worker->path, base);
    }
    return rc;
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

    while (worker->path.frames.len > 0 && rc == KS_OK) {
        struct ks_walk_frame *top =
            &worker->path.frames.items[worker->path.frames.len - 1];

        if (top->next == top->end) {
            ks_walk_pop(&worker->path);
            continue;
        }
        if (worker->until_share-- == 0) {
            worker->until_share = SHARE_EVERY;
            if (stopped(worker->walk))
                return KS_ECANCELED;
            if (atomic_load_explicit(&worker->walk->schedule.hungry,
                                     memory_order_relaxed) > 0)
                ks_walk_share(&worker->path);
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
        rc = ks_walk_push(&worker->path, task->base, task->from, task->to);
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

    worker->path.err = err;
    while (ks_walk_schedule_next(&walk->schedule, &task)) {
        if (rc == KS_OK)
            rc = do_task(worker, &task);
        else if (task.base != NULL)
            ks_walk_release_base(&worker->path, task.base);
        while (worker->path.frames.len > 0)
            ks_walk_pop(&worker->path);
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
            times->inflate += worker->path.maker.times.inflate;
            times->apply += worker->path.maker.times.apply;
            times->visit += worker->path.maker.times.visit;
        }
        ks_walk_maker_release(&worker->path.maker);
        ks_edits_release(&worker->edits);
        KS_VEC_RELEASE(&worker->shared);
        KS_VEC_RELEASE(&worker->path.frames);
        KS_VEC_RELEASE(&worker->path.pending);
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
        struct worker *worker = &walk->workers[i];

        worker->walk = walk;
        worker->path = (struct ks_walk_path){.parts = walk->parts,
                                             .visitor = walk->visitor,
                                             .schedule = &walk->schedule,
                                             .worker = i,
                                             .memory = walk->memory};
        ks_edits_init(&worker->edits);
        rc = ks_walk_maker_init(&worker->path.maker, walk->largest,
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
        walk.workers[0].path.err = err;
        rc = leave_strays(&walk.workers[0], count);
        if (rc == KS_OK)
            rc = ks_pool_run(options->jobs, run, &walk, err);
        ks_walk_schedule_release(&walk.schedule);
    }
    release_workers(&walk);
    return rc;
}
