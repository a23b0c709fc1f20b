/* SPDX-License-Identifier: Apache-2.0 */
#include "files/queue.h"

#include <stdlib.h>

enum { BATCHES_MAX = 64 };

bool ks_file_queue_init(struct ks_file_queue *queue)
{
    *queue = (struct ks_file_queue){0};
    if (pthread_mutex_init(&queue->lock, NULL) != 0)
        return false;
    if (pthread_cond_init(&queue->changed, NULL) != 0) {
        (void)pthread_mutex_destroy(&queue->lock);
        return false;
    }
    return true;
}

void ks_job_release(struct ks_job *job)
{
    if (job->batch != NULL)
        ks_dir_done(job->dir);
    else
        ks_dir_release(job->dir);
    free(job->batch);
}

void ks_file_queue_release(struct ks_file_queue *queue)
{
    for (size_t i = 0; i < queue->jobs.len; i++)
        ks_job_release(&queue->jobs.items[i]);
    KS_VEC_RELEASE(&queue->jobs);
    (void)pthread_cond_destroy(&queue->changed);
    (void)pthread_mutex_destroy(&queue->lock);
}

static bool put_below(struct ks_file_queue *queue, struct ks_job job,
                      size_t batches_max)
{
    bool put;

    (void)pthread_mutex_lock(&queue->lock);
    put = queue->batches < batches_max && KS_VEC_PUSH(&queue->jobs, job);
    if (put) {
        queue->batches += job.batch != NULL;
        (void)pthread_cond_signal(&queue->changed);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return put;
}

bool ks_file_queue_put(struct ks_file_queue *queue, struct ks_job job)
{
    return put_below(queue, job, SIZE_MAX);
}

bool ks_file_queue_offer(struct ks_file_queue *queue, struct ks_job job)
{
    return put_below(queue, job, BATCHES_MAX);
}

bool ks_file_queue_take(struct ks_file_queue *queue, struct ks_job *job,
                        bool was_busy)
{
    bool taken;

    (void)pthread_mutex_lock(&queue->lock);
    queue->busy -= was_busy;
    while (!queue->closed && queue->jobs.len == 0 && queue->busy > 0)
        (void)pthread_cond_wait(&queue->changed, &queue->lock);
    taken = !queue->closed && queue->jobs.len > 0;
    if (taken) {
        *job = queue->jobs.items[--queue->jobs.len];
        queue->batches -= job->batch != NULL;
        queue->busy++;
    } else {
        (void)pthread_cond_broadcast(&queue->changed);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return taken;
}

void ks_file_queue_close(struct ks_file_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->lock);
}
