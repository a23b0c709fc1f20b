/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 64 * 1024 };

static enum ks_rc read_whole(struct ks_buf *out, int fd, const char *path,
                             struct ks_err *err)
{
    for (;;) {
        ssize_t got = ks_buf_read(out, fd, READ_STEP);

        if (got == 0)
            return KS_OK;
        if (got < 0 && errno == EFBIG)
            return ks_fail(err, KS_ELIMIT, "%s: larger than %zu bytes", path,
                           out->cap);
        if (got < 0 && errno == ENOMEM)
            return ks_fail_memory(err);
        if (got < 0 && errno != EINTR)
            return ks_fail(err, KS_EIO, "read %s: %s", path, strerror(errno));
    }
}

enum ks_rc ks_file_read(struct ks_buf *out, const char *path,
                        struct ks_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum ks_rc rc;

    if (fd < 0)
        return ks_fail(err, errno == ENOENT ? KS_ENOENT : KS_EIO, "open %s: %s",
                       path, strerror(errno));
    rc = read_whole(out, fd, path, err);
    (void)close(fd);
    return rc;
}

enum ks_rc ks_file_read_plain(struct ks_buf *out, const char *path,
                              struct ks_err *err)
{
    int fd =
        open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat info;
    enum ks_rc rc;

    if (fd < 0 && (errno == ELOOP || errno == ENXIO))
        return ks_fail(err, KS_EINVAL, "%s: a link or no regular file", path);
    if (fd < 0)
        return ks_fail(err, errno == ENOENT ? KS_ENOENT : KS_EIO, "open %s: %s",
                       path, strerror(errno));
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
        rc = ks_fail(err, KS_EINVAL, "%s: no regular file", path);
    else
        rc = read_whole(out, fd, path, err);
    (void)close(fd);
    return rc;
}

enum ks_rc ks_file_write_all(int fd, struct ks_span bytes, const char *name,
                             struct ks_err *err)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return ks_fail(err, KS_EIO, "write %s: %s", name, strerror(errno));
        bytes = ks_span_slice(bytes, (size_t)put, bytes.len);
    }
    return KS_OK;
}

static enum ks_rc write_temporary(char *temporary, struct ks_span bytes,
                                  unsigned mode, const char *path,
                                  struct ks_err *err)
{
    int fd = mkstemp(temporary);
    mode_t mask = umask(0);
    enum ks_rc rc;

    (void)umask(mask);
    if (fd < 0)
        return ks_fail(err, KS_EIO, "create a file beside %s: %s", path,
                       strerror(errno));
    rc = ks_file_write_all(fd, bytes, path, err);
    if (rc == KS_OK && (fchmod(fd, (mode_t)mode & ~mask) < 0 || fsync(fd) < 0))
        rc = ks_fail(err, KS_EIO, "write %s: %s", path, strerror(errno));
    if (close(fd) < 0 && rc == KS_OK)
        rc = ks_fail(err, KS_EIO, "write %s: %s", path, strerror(errno));
    if (rc == KS_OK && rename(temporary, path) < 0)
        rc = ks_fail(err, KS_EIO, "replace %s: %s", path, strerror(errno));
    if (rc != KS_OK)
        (void)unlink(temporary);
    return rc;
}

enum ks_rc ks_file_replace(const char *path, struct ks_span bytes,
                           unsigned mode, struct ks_err *err)
{
    static const char suffix[] = ".XXXXXX";
    size_t len = strlen(path);
    char *temporary = malloc(len + sizeof(suffix));
    enum ks_rc rc;

    if (temporary == NULL)
        return ks_fail_memory(err);
    memcpy(temporary, path, len);
    memcpy(temporary + len, suffix, sizeof(suffix));
    rc = write_temporary(temporary, bytes, mode, path, err);
    free(temporary);
    return rc;
}
