/* SPDX-License-Identifier: Apache-2.0 */
/* lane.h: what one worker has at hand while it reads files. */
#ifndef KS_FILES_LANE_H
#define KS_FILES_LANE_H

#include "base/buf.h"
#include "files/walk.h"

/* One worker's. Failures of inputs are counted; those of the sink end all. */
struct ks_lane {
    const struct ks_files_options *options;
    const struct ks_blob_sink *sink;
    unsigned worker;
    size_t window, overlap; /* both multiples of 4; overlap ≤ window / 4 */
    struct ks_buf buf;      /* bytes of the present file */
    struct ks_buf names;    /* for whoever lists a directory */
    struct ks_amounts amounts;
    uint64_t ignored; /* files and directories that .gitignore left out */
    struct ks_err *err;
};

void ks_lane_init(struct ks_lane *lane, const struct ks_files_options *options,
                  const struct ks_blob_sink *sink, unsigned worker,
                  struct ks_err *err);

/* Adds the lane's amounts to the coverage, wipes and frees its buffers. */
void ks_lane_release(struct ks_lane *lane);

/* Hands one blob to the sink. */
enum ks_rc ks_lane_give(struct ks_lane *lane, const struct ks_blob *blob);

/* Hands over a name; what begins at or behind `own_from` is its own. */
enum ks_rc ks_lane_give_name(struct ks_lane *lane, const char *path,
                             const char *archive, size_t own_from);

/* Counts an input that was read: `blobs` is 0 for a further part of one. */
void ks_lane_count(struct ks_lane *lane, uint64_t blobs, uint64_t bytes);

/*
 * Counts what could not be read. `path` is NULL for standard input, `archive`
 * the member, or NULL.
 */
void ks_lane_skip(struct ks_lane *lane, enum ks_skip reason, const char *path,
                  const char *archive);

/* As skip, with the reason that errno gives for a failed open or read. */
void ks_lane_skip_errno(struct ks_lane *lane, const char *path, int number);

/* Whether the user asked to stop. */
bool ks_lane_stopped(const struct ks_lane *lane);

#endif
