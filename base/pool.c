/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct task {
    pthread_t thread;
    ks_pool_fn work;
    void *ctx;
    unsigned worker;
    bool started;
    enum ks_rc rc;
    struct ks_err err;
};

static void *run(void *arg)
{
    struct task *task = arg;

    task->rc = task->work(task->ctx, task->worker, &task->err);
    return NULL;
}

enum ks_rc ks_pool_run(unsigned threads, ks_pool_fn work, void *ctx,
                       struct ks_err *err)
{
    struct task *tasks = calloc(threads, sizeof(*tasks));
    enum ks_rc rc = KS_OK;

    if (tasks == NULL)
        return ks_fail_memory(err);
    for (unsigned i = 0; i < threads; i++)
        tasks[i] = (struct task){.work = work, .ctx = ctx, .worker = i};
    for (unsigned i = 1; i < threads; i++)
        tasks[i].started =
            pthread_create(&tasks[i].thread, NULL, run, &tasks[i]) == 0;
    (void)run(&tasks[0]);
    for (unsigned i = 1; i < threads; i++)
        if (tasks[i].started)
            (void)pthread_join(tasks[i].thread, NULL);
    for (unsigned i = 0; i < threads && rc == KS_OK; i++)
        if (tasks[i].rc != KS_OK)
            rc = ks_fail(err, tasks[i].rc, "%s", tasks[i].err.text);
    free(tasks);
    return rc;
}

unsigned ks_pool_default_threads(void)
{
    cpu_set_t set;
    int count = 0;

    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        count = CPU_COUNT(&set);
    return count < 1 ? 1 : (unsigned)count;
}
