/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/secret_file.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 64 * 1024 };

static const char credential[] = "credential:";

static enum ks_rc resolve(struct ks_buf *out, const char *path,
                          struct ks_err *err)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    const char *name = path + sizeof(credential) - 1;

    if (strncmp(path, credential, sizeof(credential) - 1) != 0)
        return ks_buf_add_str(out, path);
    if (folder == NULL)
        return ks_fail(err, KS_ENOENT, "%s: $CREDENTIALS_DIRECTORY is not set",
                       path);
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
        return ks_fail(err, KS_EINVAL, "%s: not a credential's name", path);
    return ks_buf_printf(out, "%s/%s", folder, name);
}

static enum ks_rc check(int fd, const char *path, struct ks_err *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return ks_fail(err, KS_EIO, "stat %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return ks_fail(err, KS_EINVAL, "%s: not a regular file", path);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return ks_fail(err, KS_EINVAL, "%s: belongs to another user", path);
    if ((st.st_mode & 077) != 0)
        return ks_fail(err, KS_EINVAL,
                       "%s: others may read it; run chmod 600 on it", path);
    return KS_OK;
}

static enum ks_rc read_checked(struct ks_buf *out, const char *path,
                               struct ks_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    size_t room = out->cap - out->len < LARGEST ? out->cap - out->len : LARGEST;
    enum ks_rc rc;
    ssize_t got = 1;

    if (fd < 0)
        return ks_fail(err, errno == ENOENT ? KS_ENOENT : KS_EIO, "open %s: %s",
                       path, strerror(errno));
    rc = check(fd, path, err);
    /* At once, so that no copy of the secret is left behind by growing. */
    if (rc == KS_OK && ks_buf_reserve(out, room) != KS_OK)
        rc = ks_fail_memory(err);
    while (rc == KS_OK && got > 0) {
        got = out->room == out->len
                  ? (errno = EFBIG, -1)
                  : read(fd, out->ptr + out->len, out->room - out->len);
        if (got > 0)
            out->len += (size_t)got;
        else if (got < 0 && errno == EFBIG)
            rc = ks_fail(err, KS_ELIMIT, "%s: too large", path);
        else if (got < 0)
            rc = ks_fail(err, KS_EIO, "read %s: %s", path, strerror(errno));
    }
    (void)close(fd);
    return rc;
}

enum ks_rc ks_secret_file_read(struct ks_buf *out, const char *path,
                               struct ks_err *err)
{
    struct ks_buf real;
    enum ks_rc rc;

    ks_buf_init(&real, 4096);
    rc = resolve(&real, path, err);
    if (rc == KS_OK && ks_buf_text(&real) == NULL)
        rc = ks_fail(err, KS_EINVAL, "%s: path too long", path);
    if (rc == KS_OK)
        rc = read_checked(out, ks_buf_text(&real), err);
    ks_buf_release(&real);
    while (rc == KS_OK && out->len > 0 &&
           strchr(" \t\r\n", out->ptr[out->len - 1]) != NULL)
        out->len--;
    if (rc == KS_OK && out->len == 0)
        return ks_fail(err, KS_EINVAL, "%s: empty", path);
    return rc;
}

enum ks_rc ks_secret_file_create(const char *path, struct ks_span bytes,
                                 struct ks_err *err)
{
    int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum ks_rc rc;

    if (fd < 0)
        return ks_fail(err, errno == EEXIST ? KS_EINVAL : KS_EIO,
                       "create %s: %s", path, strerror(errno));
    rc = ks_file_write_all(fd, bytes, path, err);
    if (rc == KS_OK && fsync(fd) < 0)
        rc = ks_fail(err, KS_EIO, "write %s: %s", path, strerror(errno));
    (void)close(fd);
    if (rc != KS_OK)
        (void)unlink(path);
    return rc;
}
