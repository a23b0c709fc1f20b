/* SPDX-License-Identifier: Apache-2.0 */
/* queue.h: what is left to do in a walk, shared by its workers. */
#ifndef KS_FILES_QUEUE_H
#define KS_FILES_QUEUE_H

#include "base/vec.h"
#include "files/dir.h"

#include <pthread.h>

/* Names of one directory: each a type byte ('f' or 'l'), the name, a NUL. */
struct ks_batch {
    size_t len;
    char names[];
};

/* Files of a directory to read (a use of it), or a directory to list. */
struct ks_job {
    struct ks_dir *dir;
    struct ks_batch *batch; /* NULL: list the directory */
};

/* Directories form a stack, so that few are open or pending at a time. */
struct ks_file_queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    KS_VEC(, struct ks_job) jobs;
    size_t batches; /* among the jobs */
    unsigned busy;  /* workers that may add jobs */
    bool closed;    /* nobody takes any more */
};

bool ks_file_queue_init(struct ks_file_queue *queue);

/* Frees what was not taken. */
void ks_file_queue_release(struct ks_file_queue *queue);

/* Adds a job, which is the queue's from then on; false without memory. */
bool ks_file_queue_put(struct ks_file_queue *queue, struct ks_job job);

/*
 * As put, but refuses when enough batches wait for workers: each of them keeps
 * its directory open.
 */
bool ks_file_queue_offer(struct ks_file_queue *queue, struct ks_job job);

/*
 * Takes a job and makes the caller busy; waits while others may add some.
 * False when there will be no more. A caller that was busy is so no longer.
 */
bool ks_file_queue_take(struct ks_file_queue *queue, struct ks_job *job,
                        bool was_busy);

/* Ends it for everybody. */
void ks_file_queue_close(struct ks_file_queue *queue);

/* Gives back what a job holds. */
void ks_job_release(struct ks_job *job);

#endif
