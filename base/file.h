/* SPDX-License-Identifier: Apache-2.0 */
/* file.h: whole files, read and replaced. */
#ifndef KS_BASE_FILE_H
#define KS_BASE_FILE_H

#include "base/buf.h"

/*
 * Appends the file's bytes to `out`. KS_ENOENT, KS_EIO, KS_ELIMIT (larger than
 * the buffer's cap), KS_ENOMEM.
 */
enum ks_rc ks_file_read(struct ks_buf *out, const char *path,
                        struct ks_err *err);

/*
 * As ks_file_read(), of a file that somebody else put there: KS_EINVAL if it is
 * a symbolic link or no regular file. Links among its folders are followed.
 */
enum ks_rc ks_file_read_plain(struct ks_buf *out, const char *path,
                              struct ks_err *err);

/*
 * Puts `bytes` in the place of the file at `path`, or leaves it as it was:
 * written to a temporary file beside it, synced, renamed. A new file gets
 * `mode` less the umask. KS_EIO, KS_ENOMEM.
 */
enum ks_rc ks_file_replace(const char *path, struct ks_span bytes,
                           unsigned mode, struct ks_err *err);

/* Writes all bytes, going on after short writes and EINTR. KS_EIO. */
enum ks_rc ks_file_write_all(int fd, struct ks_span bytes, const char *name,
                             struct ks_err *err);

#endif
