/* SPDX-License-Identifier: Apache-2.0 */
#include "files/walk.h"

#include "files/file.h"
#include "files/list.h"
#include "files/roots.h"

#include <stdlib.h>

struct walk {
    const struct ks_files_options *options;
    const struct ks_blob_sink *sink;
    struct ks_file_queue queue;
};

unsigned ks_files_jobs(const struct ks_files_options *options)
{
    return options->jobs > 0 ? options->jobs : ks_pool_default_threads();
}

static enum ks_rc do_job(struct walk *walk, struct ks_lane *lane,
                         struct ks_job *job)
{
    enum ks_rc rc =
        job->batch != NULL
            ? ks_list_batch(lane, job->dir, job->batch->names, job->batch->len)
            : ks_list_dir(lane, &walk->queue, job->dir);

    ks_job_release(job);
    return rc;
}

static enum ks_rc work(void *ctx, unsigned worker, struct ks_err *err)
{
    struct walk *walk = ctx;
    struct ks_lane lane;
    struct ks_job job;
    bool busy = false;
    enum ks_rc rc = KS_OK;

    ks_lane_init(&lane, walk->options, walk->sink, worker, err);
    while (rc == KS_OK && !ks_lane_stopped(&lane) &&
           ks_file_queue_take(&walk->queue, &job, busy)) {
        busy = true;
        rc = do_job(walk, &lane, &job);
    }
    if (rc != KS_OK || ks_lane_stopped(&lane))
        ks_file_queue_close(&walk->queue);
    ks_lane_release(&lane);
    return rc;
}

enum ks_rc ks_files_walk(const char *const *paths, size_t count,
                         const struct ks_files_options *options,
                         const struct ks_blob_sink *sink, struct ks_err *err)
{
    struct walk walk = {.options = options, .sink = sink};
    struct ks_roots roots = {0};
    enum ks_rc rc;

    if (!ks_file_queue_init(&walk.queue))
        return ks_fail_memory(err);
    rc = ks_roots_open(&roots, paths, count, options, &walk.queue, err);
    if (rc == KS_OK)
        rc = ks_pool_run(ks_files_jobs(options), work, &walk, err);
    ks_file_queue_release(&walk.queue);
    ks_roots_release(&roots);
    return rc;
}

enum ks_rc ks_files_stream(int fd, const struct ks_files_options *options,
                           const struct ks_blob_sink *sink, struct ks_err *err)
{
    struct ks_lane lane;
    enum ks_rc rc;

    ks_lane_init(&lane, options, sink, 0, err);
    rc = ks_file_scan_stream(&lane, fd);
    ks_lane_release(&lane);
    return rc;
}
