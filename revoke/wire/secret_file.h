/* SPDX-License-Identifier: Apache-2.0 */
/* secret_file.h: secrets of the configuration, which live only in files. */
#ifndef KS_REVOKE_WIRE_SECRET_FILE_H
#define KS_REVOKE_WIRE_SECRET_FILE_H

#include "base/buf.h"

/*
 * Appends the file's bytes without white space at their end; wipe the buffer
 * with ks_buf_wipe(). "credential:NAME" means the file of that name in the
 * service manager's credential directory ($CREDENTIALS_DIRECTORY).
 *
 * KS_EINVAL unless it is a regular file, owned by this user or root, that
 * nobody else may read or write; KS_ENOENT, KS_EIO, KS_ELIMIT (64 KiB).
 */
enum ks_rc ks_secret_file_read(struct ks_buf *out, const char *path,
                               struct ks_err *err);

/* Creates the file with mode 0600. KS_EINVAL if there is one already. */
enum ks_rc ks_secret_file_create(const char *path, struct ks_span bytes,
                                 struct ks_err *err);

#endif
