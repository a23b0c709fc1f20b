/* SPDX-License-Identifier: Apache-2.0 */
/* walk_schedule.h: which thread of a walk does what next. */
#ifndef KS_GIT_WALK_SCHEDULE_H
#define KS_GIT_WALK_SCHEDULE_H

#include "base/vec.h"
#include "git/buffers.h"
#include "git/walk.h"

#include <pthread.h>
#include <stdatomic.h>

/* What a visitor left of an object; ended by the last holder. */
struct ks_walk_memo {
    atomic_uint holders;
    void *memo;
};

/*
 * A visited object whose deltas are still to come; shared by the threads that
 * hold a reference. Only a sole holder may change it.
 */
struct ks_walk_base {
    atomic_uint holders;
    uint32_t part;
    uint32_t entry;
    struct ks_buffer buffer; /* no bytes: dropped, to be made again */
    size_t size;
    struct ks_walk_memo *memo; /* a reference; or NULL */
};

struct ks_walk_root {
    uint32_t part;
    uint32_t entry;
};

/* Either roots [from, to), or children [from, to) of `base`. */
struct ks_walk_task {
    struct ks_walk_base *base; /* a reference comes with it; or NULL */
    uint32_t from;
    uint32_t to;
};

struct ks_walk_schedule {
    KS_VEC(, struct ks_walk_root) roots; /* heavy ones first */
    size_t heavy;                        /* how many are one task each */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t next_root;
    KS_VEC(, struct ks_walk_task) shared;
    unsigned busy; /* threads that have a task */
    bool failed;
    atomic_uint hungry; /* threads that wait for a task */
};

enum ks_rc ks_walk_schedule_init(struct ks_walk_schedule *schedule,
                                 const struct ks_walk_part *parts, size_t count,
                                 unsigned jobs, struct ks_err *err);

/* No thread may be at work. Shared tasks must have been taken. */
void ks_walk_schedule_release(struct ks_walk_schedule *schedule);

/*
 * The next task, waiting for one as long as others are at work. False when
 * there will be none. Each task taken must be ended by ks_walk_schedule_done.
 */
bool ks_walk_schedule_next(struct ks_walk_schedule *schedule,
                           struct ks_walk_task *task);
void ks_walk_schedule_done(struct ks_walk_schedule *schedule);

/* Gives a task away; false without memory, and the task stays the caller's. */
bool ks_walk_schedule_share(struct ks_walk_schedule *schedule,
                            const struct ks_walk_task *task);

/* Makes every thread's next call of ks_walk_schedule_next return shared
 * tasks only, then false. */
void ks_walk_schedule_fail(struct ks_walk_schedule *schedule);

#endif
