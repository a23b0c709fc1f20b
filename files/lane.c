/* SPDX-License-Identifier: Apache-2.0 */
#include "files/lane.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    DEFAULT_WINDOW = 64 * 1024 * 1024,
    SMALLEST_WINDOW = 16,
    NAMES = 64 * 1024 * 1024,
    PLACE = 8192,
};

void ks_lane_init(struct ks_lane *lane, const struct ks_files_options *options,
                  const struct ks_blob_sink *sink, unsigned worker,
                  struct ks_err *err)
{
    size_t window = options->window == 0 ? DEFAULT_WINDOW : options->window;
    size_t overlap = options->overlap;

    overlap = (overlap + 3) / 4 * 4;
    window = window / 4 * 4;
    if (window < SMALLEST_WINDOW)
        window = SMALLEST_WINDOW;
    if (window < 4 * overlap)
        window = 4 * overlap;
    *lane = (struct ks_lane){
        .options = options,
        .sink = sink,
        .worker = worker,
        .window = window,
        .overlap = overlap,
        .err = err,
    };
    ks_buf_init(&lane->buf, window);
    ks_buf_init(&lane->names, NAMES);
}

void ks_lane_release(struct ks_lane *lane)
{
    ks_coverage_add(lane->options->coverage, lane->amounts);
    if (lane->ignored > 0)
        ks_log(lane->options->log, KS_LOG_DEBUG,
               "left out by .gitignore: %llu files and directories",
               (unsigned long long)lane->ignored);
    ks_buf_wipe(&lane->buf);
    ks_buf_release(&lane->names);
}

enum ks_rc ks_lane_give(struct ks_lane *lane, const struct ks_blob *blob)
{
    void *memo = NULL;

    return lane->sink->take(lane->sink->ctx, lane->worker, blob, &memo,
                            lane->err);
}

enum ks_rc ks_lane_give_name(struct ks_lane *lane, const char *path,
                             const char *archive, size_t own_from)
{
    struct ks_blob blob = ks_blob_whole(
        ks_span_str(archive != NULL ? archive : path), KS_BLOB_PATH_NAME, path);

    blob.archive = archive;
    blob.own_from = own_from;
    return ks_lane_give(lane, &blob);
}

void ks_lane_count(struct ks_lane *lane, uint64_t blobs, uint64_t bytes)
{
    lane->amounts.blobs += blobs;
    lane->amounts.bytes += bytes;
    ks_progress_done(lane->options->progress, blobs, bytes);
}

void ks_lane_skip(struct ks_lane *lane, enum ks_skip reason, const char *path,
                  const char *archive)
{
    char place[PLACE];

    (void)snprintf(place, sizeof(place), "%s%s%s",
                   path != NULL ? path : "(standard input)",
                   archive != NULL ? "!" : "", archive != NULL ? archive : "");
    ks_coverage_skip(lane->options->coverage, reason, place);
}

void ks_lane_skip_errno(struct ks_lane *lane, const char *path, int number)
{
    enum ks_skip reason = KS_SKIP_UNREADABLE;

    if (number == ENOENT || number == ENOTDIR)
        reason = KS_SKIP_VANISHED;
    else if (number == ELOOP)
        reason = KS_SKIP_CHANGED;
    ks_lane_skip(lane, reason, path, NULL);
    ks_log(lane->options->log, KS_LOG_DEBUG, "%s: %s", path, strerror(number));
}

bool ks_lane_stopped(const struct ks_lane *lane)
{
    return lane->options->stop != NULL &&
           atomic_load_explicit(&lane->options->stop->wanted,
                                memory_order_relaxed);
}
