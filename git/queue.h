/* SPDX-License-Identifier: Apache-2.0 */
/* queue.h: commits by date. */
#ifndef KS_GIT_QUEUE_H
#define KS_GIT_QUEUE_H

#include "git/commits.h"

/* A heap of commit numbers. The commits are borrowed and may grow. */
struct ks_queue {
    const struct ks_commits *commits;
    bool newest_first; /* else the oldest */
    KS_VEC(, uint32_t) heap;
};

/* Equal times are ordered by id. False without memory. */
bool ks_queue_put(struct ks_queue *queue, uint32_t commit);

/* Takes the first off; the queue must hold one. */
uint32_t ks_queue_take(struct ks_queue *queue);
void ks_queue_release(struct ks_queue *queue);

#endif
