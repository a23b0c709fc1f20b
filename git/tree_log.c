/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_log_parts.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

static const size_t default_memory = (size_t)256 << 20;

enum { LANES = 8 }; /* numbers that are moved at once */

/* Where the entries of a base begin; the last offset is its end. */
struct starts {
    uint32_t part, tree;
    uint32_t count;
    uint32_t at[];
};

enum ks_rc ks_tree_log_new(struct ks_tree_log **out, unsigned workers,
                           const struct ks_numbers *numbers, size_t memory,
                           struct ks_err *err)
{
    struct ks_tree_log *log = calloc(1, sizeof(*log));

    if (log == NULL)
        return ks_fail_memory(err);
    log->part_count = workers;
    log->numbers = numbers;
    log->memory = (memory == 0 ? default_memory : memory) / workers;
    log->parts = calloc(workers, sizeof(*log->parts));
    log->names = ks_names_new();
    if (log->parts == NULL || log->names == NULL) {
        ks_tree_log_free(log);
        return ks_fail_memory(err);
    }
    *out = log;
    return KS_OK;
}

void ks_tree_log_free(struct ks_tree_log *log)
{
    if (log == NULL)
        return;
    for (unsigned i = 0; log->parts != NULL && i < log->part_count; i++) {
        KS_VEC_RELEASE(&log->parts[i].trees);
        KS_VEC_RELEASE(&log->parts[i].runs);
        KS_VEC_RELEASE(&log->parts[i].entries);
        KS_VEC_RELEASE(&log->parts[i].starts);
    }
    free(log->parts);
    ks_names_free(log->names);
    free(log);
}

struct ks_names *ks_tree_log_names(const struct ks_tree_log *log)
{
    return log->names;
}

void ks_tree_log_set(struct ks_tree_log *log, unsigned worker, uint32_t entry,
                     uint32_t object)
{
    struct ks_tree_part *part = &log->parts[worker];

    if (entry < part->entries.len)
        part->entries.items[entry].object = object;
}

void ks_tree_log_doubt(struct ks_tree_log *log)
{
    atomic_store(&log->doubtful, true);
}

/*
 * The last entry of the base that begins at or before `offset`. `near` is a
 * guess: copies mostly follow each other in the base too.
 */
static uint32_t last_at_most(const struct starts *base, uint32_t offset,
                             uint32_t near)
{
    uint32_t from = 0, to = base->count;

    if (base->at[near] <= offset) {
        uint32_t step = 1;

        from = near;
        while (step < to - from && base->at[from + step] <= offset) {
            from += step;
            step *= 2;
        }
        if (step < to - from)
            to = from + step;
    }
    while (from < to) {
        uint32_t middle = to - (to - from) / 2;

        if (base->at[middle] <= offset)
            from = middle;
        else
            to = middle - 1;
    }
    return from;
}

static bool room_for(struct ks_tree_part *part, size_t more)
{
    while (part->starts.room - part->starts.len < more)
        if (!ks_vec_grow((void **)&part->starts.items, &part->starts.room,
                         part->starts.room, sizeof(uint32_t)))
            return false;
    return true;
}

static bool add_run(struct ks_tree_part *part, uint32_t first_run,
                    struct ks_tree_run run)
{
    struct ks_tree_run *last = part->runs.len > first_run
                                   ? &part->runs.items[part->runs.len - 1]
                                   : NULL;

    if (last != NULL && last->fresh == run.fresh &&
        (run.fresh || last->from + last->count == run.from)) {
        last->count += run.count;
        return true;
    }
    return KS_VEC_PUSH(&part->runs, run);
}

/* One tree being noted. */
struct noting {
    struct ks_tree_log *log;
    struct ks_tree_part *part;
    const struct ks_tree_note *note;
    struct ks_span tree;
    const struct starts *base;
    const struct ks_copy *copy, *copies_end;
    uint32_t near; /* entry of the base behind what was taken over last */
    uint32_t first_run;
    unsigned worker;
    struct ks_err *err;
    struct ks_tree_entry *batch; /* the last new entries */
    size_t waiting;              /* of the batch, whose ids are not known yet */
};

/* Adds `by`; may write up to LANES − 1 numbers too many. */
static void move_starts(uint32_t *out, const uint32_t *in, size_t count,
                        uint32_t by)
{
    typedef uint32_t lanes __attribute__((vector_size(LANES * sizeof(*in))));

    for (size_t i = 0; i < count; i += LANES) {
        lanes some;

        memcpy(&some, in + i, sizeof(some));
        some += by;
        memcpy(out + i, &some, sizeof(some));
    }
}

/* The name of an entry whose mode is sound; most have 5 or 6 digits. */
static const uint8_t *name_at(const uint8_t *entry)
{
    enum { SHORT = 5 };

    for (size_t i = 1; i < SHORT; i++)
        if (entry[i] == ' ')
            return entry + i + 1;
    for (entry += SHORT; *entry != ' '; entry++)
        ;
    return entry + 1;
}

/* What stands behind an entry's name in git's order: '/' for a tree. */
static uint8_t end_of_name(const uint8_t *entry)
{
    unsigned mode = 0;

    while (*entry != ' ')
        mode = mode * 8 + (unsigned)(*entry++ - '0');
    return ks_entry_kind(mode) == KS_ENTRY_TREE ? '/' : 0;
}

/*
 * The first byte in which two names differ, or the NUL that ends both. Words
 * may be read behind a NUL, where an entry has the name of its object.
 */
static size_t differ_at(const uint8_t *a, const uint8_t *b)
{
    static const uint64_t ones = 0x0101010101010101U;

    for (size_t at = 0;; at += sizeof(uint64_t)) {
        uint64_t x, y, ends;

        memcpy(&x, a + at, sizeof(x));
        memcpy(&y, b + at, sizeof(y));
        x = le64toh(x);
        ends = ((x - ones) & ~x & ones << 7) | (x ^ le64toh(y));
        if (ends != 0)
            return at + (size_t)__builtin_ctzll(ends) / 8;
    }
}

static bool in_order(const uint8_t *a, const uint8_t *b)
{
    const uint8_t *an = name_at(a), *bn = name_at(b);
    size_t at = differ_at(an, bn);

    return (an[at] == 0 ? end_of_name(a) : an[at]) <
           (bn[at] == 0 ? end_of_name(b) : bn[at]);
}

/* Whether the entry at `at` comes behind the one before in git's order. */
static void look_at_order(struct noting *noting, uint32_t at)
{
    const struct ks_tree_part *part = noting->part;
    const uint8_t *bytes = noting->tree.ptr;

    if (part->starts.len > 0 &&
        !in_order(bytes + part->starts.items[part->starts.len - 1], bytes + at))
        atomic_store(&noting->log->unordered, true);
}

/*
 * Takes over the base's entries that lie whole in the copy at `*at`, if one
 * begins there.
 */
static enum ks_rc carry(struct noting *noting, uint32_t *at, bool *carried)
{
    const struct starts *base = noting->base;
    uint32_t *starts;
    uint32_t from, first, last;

    *carried = false;
    while (noting->copy < noting->copies_end &&
           noting->copy->to + noting->copy->len <= *at)
        noting->copy++;
    if (noting->copy == noting->copies_end || noting->copy->to > *at)
        return KS_OK;
    from = *at - noting->copy->to + noting->copy->from;
    first = last_at_most(base, from, noting->near);
    last = last_at_most(base, noting->copy->from + noting->copy->len, first);
    noting->near = last;
    if (base->at[first] != from || last <= first)
        return KS_OK;
    if (!room_for(noting->part, last - first + LANES) ||
        !add_run(noting->part, noting->first_run,
                 (struct ks_tree_run){first, last - first, false}))
        return KS_ENOMEM;
    look_at_order(noting, *at);
    starts = noting->part->starts.items + noting->part->starts.len;
    move_starts(starts, base->at + first, last - first, *at - from);
    noting->part->starts.len += last - first;
    *at += base->at[last] - from;
    *carried = true;
    return KS_OK;
}

/* Has the ids of the waiting entries filled in. */
static enum ks_rc identify(struct noting *noting)
{
    const struct ks_tree_part *part = noting->part;
    size_t first = part->entries.len - noting->waiting;
    const struct ks_tree_batch batch = {
        .out = part->entries.items + first,
        .first = (uint32_t)first,
        .entries = noting->batch,
        .count = noting->waiting,
    };

    noting->waiting = 0;
    return batch.count == 0 ? KS_OK
                            : noting->note->entry(&batch, noting->note->ctx,
                                                  noting->worker, noting->err);
}

/* Reads the entry at `*at`. */
static enum ks_rc take_new(struct noting *noting, uint32_t *at)
{
    struct ks_tree_part *part = noting->part;
    struct ks_span rest = ks_span_slice(noting->tree, *at, SIZE_MAX);
    struct ks_tree_entry *entry = &noting->batch[noting->waiting];

    if (ks_tree_next(entry, &rest, noting->log->numbers->packs->oid_len) != 1)
        return KS_EFORMAT;
    look_at_order(noting, *at);
    if (!KS_VEC_PUSH(&part->starts, *at) ||
        !add_run(part, noting->first_run, (struct ks_tree_run){0, 1, true}) ||
        !KS_VEC_PUSH(&part->entries, (struct ks_tree_ids){0, 0}))
        return KS_ENOMEM;
    *at = (uint32_t)(noting->tree.len - rest.len);
    return ++noting->waiting == KS_TREE_LOG_BATCH ? identify(noting) : KS_OK;
}

static enum ks_rc take_all(struct noting *noting)
{
    uint32_t at = 0, end = (uint32_t)noting->tree.len;
    enum ks_rc rc = KS_OK;

    noting->part->starts.len = 0;
    while (rc == KS_OK && at < end) {
        bool carried = false;

        rc = carry(noting, &at, &carried);
        if (rc == KS_OK && !carried)
            rc = take_new(noting, &at);
    }
    return rc == KS_OK ? identify(noting) : rc;
}

static enum ks_rc make_memo(void **out, const struct ks_tree_part *part,
                            uint32_t worker, uint32_t tree, uint32_t end)
{
    size_t count = part->starts.len;
    struct starts *starts =
        malloc(sizeof(*starts) + (count + LANES) * sizeof(starts->at[0]));

    if (starts == NULL)
        return KS_ENOMEM;
    *starts = (struct starts){worker, tree, (uint32_t)count};
    if (count > 0)
        memcpy(starts->at, part->starts.items, count * sizeof(starts->at[0]));
    starts->at[count] = end;
    *out = starts;
    return KS_OK;
}

/* What is noted costs memory; with too much of it the log is of no use. */
static void watch_memory(struct ks_tree_log *log, struct ks_tree_part *part)
{
    size_t used = part->trees.len * sizeof(*part->trees.items) +
                  part->runs.len * sizeof(*part->runs.items) +
                  part->entries.len * sizeof(*part->entries.items);

    if (used <= log->memory && part->entries.len < UINT32_MAX / 2)
        return;
    atomic_store(&log->given_up, true);
    part->trees.len = part->runs.len = part->entries.len = 0;
}

enum ks_rc ks_tree_log_note(struct ks_tree_log *log, unsigned worker,
                            const struct ks_tree_note *note, void **memo,
                            struct ks_err *err)
{
    const struct ks_walk_object *tree = note->tree;
    struct ks_tree_part *part = &log->parts[worker];
    struct ks_tree_noted noted = {
        .object = note->number,
        .base_part = UINT32_MAX,
        .first_run = (uint32_t)part->runs.len,
        .first_new = (uint32_t)part->entries.len,
    };
    struct ks_tree_entry batch[KS_TREE_LOG_BATCH];
    struct noting noting = {.batch = batch,
                            .log = log,
                            .part = part,
                            .note = note,
                            .tree = tree->bytes,
                            .base = tree->memos[KS_COPY_BASE],
                            .copy = tree->copies,
                            .copies_end = tree->copies,
                            .first_run = noted.first_run,
                            .worker = worker,
                            .err = err};
    enum ks_rc rc;

    if (noting.base != NULL) {
        noted.base_part = noting.base->part;
        noted.base = noting.base->tree;
        noting.copies_end += tree->copy_count;
    }
    rc = tree->bytes.len < UINT32_MAX ? take_all(&noting) : KS_EFORMAT;
    if (rc == KS_OK && !KS_VEC_PUSH(&part->trees, noted))
        rc = KS_ENOMEM;
    if (rc == KS_OK && tree->wants_memo)
        rc = make_memo(memo, part, worker, (uint32_t)part->trees.len - 1,
                       (uint32_t)tree->bytes.len);
    if (rc != KS_OK) {
        part->runs.len = noted.first_run;
        part->entries.len = noted.first_new;
        return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
    }
    watch_memory(log, part);
    return KS_OK;
}

void ks_tree_log_give_up(struct ks_tree_log *log)
{
    atomic_store(&log->given_up, true);
}

bool ks_tree_log_is_doubtful(const struct ks_tree_log *log)
{
    return atomic_load(&log->doubtful);
}

void ks_tree_log_forget(void *memo)
{
    free(memo);
}
