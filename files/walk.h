/* SPDX-License-Identifier: Apache-2.0 */
/* walk.h: files and directories, handed to a sink as blobs. */
#ifndef KS_FILES_WALK_H
#define KS_FILES_WALK_H

#include "base/blob.h"
#include "base/coverage.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/progress.h"

struct ks_files_options {
    unsigned jobs;         /* threads; 0 means as many as processors */
    size_t window;         /* largest blob in bytes; larger inputs come as
                              windows; 0 means 64 MiB */
    size_t overlap;        /* bytes that windows share on either side of what
                              they own; the scanner says how many it needs */
    bool honor_gitignore;  /* leave out what .gitignore files exclude: off,
                              because ignored files are where secrets live */
    bool no_archives;      /* take archives as plain bytes only */
    bool follow_root_link; /* a PATH that is a symbolic link is followed; links
                              below it never are */
    struct ks_coverage *coverage; /* borrowed; never NULL */
    struct ks_progress *progress; /* or NULL */
    const struct ks_stop *stop;   /* or NULL */
    const struct ks_log *log;     /* or NULL */
    /*
     * Whether a file, or a directory with all below it, is left out by the
     * user's configuration; called by every worker; or NULL.
     */
    bool (*excluded)(void *ctx, const char *path);
    void *excluded_ctx;
};

/* Number of workers that the sink will see. */
unsigned ks_files_jobs(const struct ks_files_options *options);

/*
 * Hands over every file at or below the paths: contents, targets of symbolic
 * links, and each name (KS_BLOB_PATH_NAME: the bytes are the whole path, of
 * which the last component is the blob's own). A path that lies below another
 * is walked once. A path that does not exist or cannot be opened is KS_ENOENT
 * or KS_EIO before anything is read; what fails below it is counted in the
 * coverage and the walk goes on. A wish to stop ends it early with KS_OK: who
 * wished so counts that.
 *
 * Left out without being counted: special files below a path, the object store
 * of git directories (`keysweep git` reads that), and file systems that the
 * kernel makes up, such as /proc, unless a path names them.
 *
 * Adds blobs and bytes to the coverage: a file counts once, names do not.
 */
enum ks_rc ks_files_walk(const char *const *paths, size_t count,
                         const struct ks_files_options *options,
                         const struct ks_blob_sink *sink, struct ks_err *err);

/* Hands over what `fd` gives until its end, as KS_BLOB_STDIN. */
enum ks_rc ks_files_stream(int fd, const struct ks_files_options *options,
                           const struct ks_blob_sink *sink, struct ks_err *err);

#endif
