/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target_file.h: the file that --output names. A regular file is replaced
 * whole, by one that was written beside it, or not touched at all. It keeps its
 * mode, its owner and group if we may give them away, and a symbolic link to it
 * stays one. A new file can be read by nobody else. Devices, pipes and what
 * the kernel shows of open files are written to.
 */
#ifndef KS_CLI_TARGET_FILE_H
#define KS_CLI_TARGET_FILE_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct ks_target_file {
    int fd;                   /* to write to */
    char path[PATH_MAX];      /* without links at its end */
    char temporary[PATH_MAX]; /* "" if the file itself is written to */
    struct stat old;          /* of the file, if it `exists` */
    bool exists;
};

/*
 * Opens what is to be written. KS_EINVAL, KS_EIO: a folder, a file that is not
 * writable, a link that somebody else put into a folder of all. Whatever was
 * opened must be kept or dropped.
 */
enum ks_rc ks_target_file_open(struct ks_target_file *file, const char *path,
                               struct ks_err *err);

/* As open, without leaving anything: to tell before long work. */
enum ks_rc ks_target_file_check(const char *path, struct ks_err *err);

/* Puts in place what was written. If that fails, the old file stays. */
enum ks_rc ks_target_file_keep(struct ks_target_file *file, struct ks_err *err);

/* Forgets what was written. */
void ks_target_file_drop(struct ks_target_file *file);

#endif
