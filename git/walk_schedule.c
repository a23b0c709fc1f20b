/* SPDX-License-Identifier: Apache-2.0 */
#include "git/walk_schedule.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHARES = 128, /* a family this part of a thread's work is heavy */
    BATCH = 32,   /* light families a task */
};

struct weighed {
    struct ks_walk_root root;
    uint32_t weight;
};

KS_VEC(weighed_vec, struct weighed);

static bool is_root(const struct ks_families *families, uint32_t entry)
{
    return families->bases[entry] == KS_FAMILY_NONE &&
           families->weights[entry] != 0;
}

static int by_weight(const void *left, const void *right)
{
    const struct weighed *a = left;
    const struct weighed *b = right;

    if (a->weight != b->weight)
        return a->weight < b->weight ? 1 : -1;
    if (a->root.part != b->root.part)
        return a->root.part < b->root.part ? -1 : 1;
    return a->root.entry < b->root.entry ? -1 : a->root.entry > b->root.entry;
}

static uint64_t total_weight(const struct ks_walk_part *parts, size_t count)
{
    uint64_t total = 0;

    for (size_t p = 0; p < count; p++)
        for (uint32_t i = 0; i < parts[p].families->count; i++)
            if (is_root(parts[p].families, i))
                total += parts[p].families->weights[i];
    return total;
}

/* Heavy roots go to `heavy`, the others to the schedule, in pack order. */
static bool collect(struct ks_walk_schedule *schedule,
                    struct weighed_vec *heavy, const struct ks_walk_part *parts,
                    size_t count, uint64_t limit)
{
    for (uint32_t p = 0; p < count; p++) {
        const struct ks_families *families = parts[p].families;

        for (uint32_t i = 0; i < families->count; i++) {
            struct ks_walk_root root = {.part = p, .entry = i};

            if (!is_root(families, i))
                continue;
            if (families->weights[i] > limit
                    ? !KS_VEC_PUSH(heavy,
                                   (struct weighed){root, families->weights[i]})
                    : !KS_VEC_PUSH(&schedule->roots, root))
                return false;
        }
    }
    return true;
}

/* Puts the heavy roots, sorted, in front of the others. */
static bool put_in_front(struct ks_walk_schedule *schedule,
                         struct weighed_vec *heavy)
{
    size_t light = schedule->roots.len;

    if (heavy->len == 0)
        return true;
    qsort(heavy->items, heavy->len, sizeof(*heavy->items), by_weight);
    for (size_t i = 0; i < heavy->len; i++)
        if (!KS_VEC_PUSH(&schedule->roots, heavy->items[i].root))
            return false;
    memmove(schedule->roots.items + heavy->len, schedule->roots.items,
            light * sizeof(*schedule->roots.items));
    for (size_t i = 0; i < heavy->len; i++)
        schedule->roots.items[i] = heavy->items[i].root;
    schedule->heavy = heavy->len;
    return true;
}

enum ks_rc ks_walk_schedule_init(struct ks_walk_schedule *schedule,
                                 const struct ks_walk_part *parts, size_t count,
                                 unsigned jobs, struct ks_err *err)
{
    struct weighed_vec heavy = {0};
    uint64_t limit = total_weight(parts, count) / ((uint64_t)jobs * SHARES);
    bool made;

    *schedule = (struct ks_walk_schedule){0};
    made = collect(schedule, &heavy, parts, count, limit) &&
           put_in_front(schedule, &heavy);
    KS_VEC_RELEASE(&heavy);
    if (!made) {
        KS_VEC_RELEASE(&schedule->roots);
        return ks_fail_memory(err);
    }
    (void)pthread_mutex_init(&schedule->lock, NULL);
    (void)pthread_cond_init(&schedule->changed, NULL);
    return KS_OK;
}

void ks_walk_schedule_release(struct ks_walk_schedule *schedule)
{
    KS_VEC_RELEASE(&schedule->roots);
    KS_VEC_RELEASE(&schedule->shared);
    (void)pthread_mutex_destroy(&schedule->lock);
    (void)pthread_cond_destroy(&schedule->changed);
}

static bool take_locked(struct ks_walk_schedule *schedule,
                        struct ks_walk_task *task)
{
    size_t left = schedule->roots.len - schedule->next_root;
    size_t batch = schedule->next_root < schedule->heavy ? 1 : BATCH;

    if (schedule->shared.len > 0) {
        *task = schedule->shared.items[--schedule->shared.len];
        return true;
    }
    if (left == 0 || schedule->failed)
        return false;
    *task = (struct ks_walk_task){
        .from = (uint32_t)schedule->next_root,
        .to = (uint32_t)(schedule->next_root + (left < batch ? left : batch)),
    };
    schedule->next_root = task->to;
    return true;
}

bool ks_walk_schedule_next(struct ks_walk_schedule *schedule,
                           struct ks_walk_task *task)
{
    bool found;

    (void)pthread_mutex_lock(&schedule->lock);
    found = take_locked(schedule, task);
    if (!found)
        atomic_fetch_add(&schedule->hungry, 1);
    while (!found && schedule->busy > 0) {
        (void)pthread_cond_wait(&schedule->changed, &schedule->lock);
        found = take_locked(schedule, task);
        if (found)
            atomic_fetch_sub(&schedule->hungry, 1);
    }
    if (found)
        schedule->busy++;
    (void)pthread_mutex_unlock(&schedule->lock);
    return found;
}

void ks_walk_schedule_done(struct ks_walk_schedule *schedule)
{
    (void)pthread_mutex_lock(&schedule->lock);
    schedule->busy--;
    if (schedule->busy == 0)
        (void)pthread_cond_broadcast(&schedule->changed);
    (void)pthread_mutex_unlock(&schedule->lock);
}

bool ks_walk_schedule_share(struct ks_walk_schedule *schedule,
                            const struct ks_walk_task *task)
{
    bool added;

    (void)pthread_mutex_lock(&schedule->lock);
    added = KS_VEC_PUSH(&schedule->shared, *task);
    if (added)
        (void)pthread_cond_signal(&schedule->changed);
    (void)pthread_mutex_unlock(&schedule->lock);
    return added;
}

void ks_walk_schedule_fail(struct ks_walk_schedule *schedule)
{
    (void)pthread_mutex_lock(&schedule->lock);
    schedule->failed = true;
    (void)pthread_cond_broadcast(&schedule->changed);
    (void)pthread_mutex_unlock(&schedule->lock);
}
