/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/target_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { MOST_LINKS = 40, MODE_NEW = 0600, MODE_BITS = 0777, MODE_OWN = 0700 };

static enum ks_rc too_long(const char *path, struct ks_err *err)
{
    return ks_fail(err, KS_EINVAL, "--output %s: the name is too long", path);
}

/* Where the last part of the path begins. */
static size_t last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

static void folder_of(char out[PATH_MAX], const char *path)
{
    size_t len = last_part(path);

    memcpy(out, len == 0 ? "." : path, len == 0 ? 1 : len);
    out[len == 0 ? 1 : len] = '\0';
}

/*
 * Whether a link may be followed, by the rule of Linux' protected_symlinks: in
 * a folder that all may write to it must be ours or the folder's owner's.
 */
static bool may_follow(const char *folder, const struct stat *link)
{
    struct stat info;

    return stat(folder, &info) == 0 &&
           ((info.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH) ||
            link->st_uid == geteuid() || link->st_uid == info.st_uid);
}

/* Replaces the last part of the path by what it links to. */
static enum ks_rc follow(char path[PATH_MAX], struct ks_err *err)
{
    char target[PATH_MAX];
    size_t keep = last_part(path);
    ssize_t len = readlink(path, target, sizeof(target));

    if (len < 0)
        return ks_fail(err, KS_EIO, "read the link %s: %s", path,
                       strerror(errno));
    if (len > 0 && target[0] == '/')
        keep = 0;
    if (keep + (size_t)len >= PATH_MAX)
        return too_long(path, err);
    memcpy(path + keep, target, (size_t)len);
    path[keep + (size_t)len] = '\0';
    return KS_OK;
}

/*
 * Goes to the end of links. `*open_file` tells that one stands for an open file
 * (/dev/stdout), which only the kernel can follow.
 */
static enum ks_rc resolve(struct ks_target_file *file, const char *path,
                          bool *open_file, struct ks_err *err)
{
    char folder[PATH_MAX];
    struct statfs info;

    *open_file = false;
    if (strlen(path) >= sizeof(file->path))
        return too_long(path, err);
    (void)strncpy(file->path, path, sizeof(file->path) - 1);
    for (int links = 0; links < MOST_LINKS; links++) {
        enum ks_rc rc;

        file->exists = lstat(file->path, &file->old) == 0;
        if (!file->exists && errno != ENOENT)
            return ks_fail(err, KS_EIO, "open %s: %s", path, strerror(errno));
        if (!file->exists || !S_ISLNK(file->old.st_mode))
            return KS_OK;
        folder_of(folder, file->path);
        *open_file =
            statfs(folder, &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
        if (*open_file && stat(file->path, &file->old) == 0)
            return KS_OK;
        if (!may_follow(folder, &file->old))
            return ks_fail(err, KS_EINVAL,
                           "--output %s: another user's link, in a folder "
                           "that all may write to, is not followed",
                           path);
        rc = follow(file->path, err);
        if (rc != KS_OK)
            return rc;
    }
    return ks_fail(err, KS_EIO, "open %s: %s", path, strerror(ELOOP));
}

static enum ks_rc open_itself(struct ks_target_file *file, const char *path,
                              struct ks_err *err)
{
    file->fd = open(file->path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
    return file->fd < 0
               ? ks_fail(err, KS_EIO, "open %s: %s", path, strerror(errno))
               : KS_OK;
}

static enum ks_rc open_beside(struct ks_target_file *file, const char *path,
                              struct ks_err *err)
{
    int used = snprintf(file->temporary, sizeof(file->temporary), "%s.XXXXXX",
                        file->path);

    if (used < 0 || (size_t)used >= sizeof(file->temporary)) {
        file->temporary[0] = '\0';
        return too_long(path, err);
    }
    file->fd = mkstemp(file->temporary);
    if (file->fd >= 0)
        return KS_OK;
    file->temporary[0] = '\0';
    return ks_fail(err, KS_EIO, "create a file beside %s: %s", path,
                   strerror(errno));
}

/* Finds the file, and whether it can be replaced; `*itself` if it is not to. */
static enum ks_rc find(struct ks_target_file *file, const char *path,
                       bool *itself, struct ks_err *err)
{
    char folder[PATH_MAX];
    bool open_file;
    enum ks_rc rc;

    *file = (struct ks_target_file){.fd = -1};
    rc = resolve(file, path, &open_file, err);
    *itself = rc == KS_OK &&
              (open_file || (file->exists && !S_ISREG(file->old.st_mode)));
    if (rc != KS_OK)
        return rc;
    if (file->exists && S_ISDIR(file->old.st_mode))
        return ks_fail(err, KS_EINVAL, "--output %s: %s", path,
                       strerror(EISDIR));
    if (*itself)
        return KS_OK;
    folder_of(folder, file->path);
    if ((file->exists &&
         faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) < 0) ||
        faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) < 0)
        return ks_fail(err, KS_EIO, "write %s: %s", path, strerror(errno));
    return KS_OK;
}

enum ks_rc ks_target_file_open(struct ks_target_file *file, const char *path,
                               struct ks_err *err)
{
    bool itself;
    enum ks_rc rc = find(file, path, &itself, err);

    if (rc != KS_OK)
        return rc;
    return itself ? open_itself(file, path, err) : open_beside(file, path, err);
}

enum ks_rc ks_target_file_check(const char *path, struct ks_err *err)
{
    struct ks_target_file file;
    bool itself;

    return find(&file, path, &itself, err);
}

/* The mode that the new file is to have. */
static mode_t mode_of(const struct ks_target_file *file)
{
    struct stat now;

    if (!file->exists)
        return MODE_NEW;
    if (fchown(file->fd, file->old.st_uid, file->old.st_gid) < 0 &&
        (fstat(file->fd, &now) < 0 || now.st_gid != file->old.st_gid))
        return file->old.st_mode & MODE_OWN; /* the bits are for others */
    return file->old.st_mode & MODE_BITS;
}

static enum ks_rc put_in_place(struct ks_target_file *file, struct ks_err *err)
{
    if (fchmod(file->fd, mode_of(file)) < 0 || fsync(file->fd) < 0)
        return ks_fail(err, KS_EIO, "write %s: %s", file->path,
                       strerror(errno));
    if (rename(file->temporary, file->path) < 0)
        return ks_fail(err, KS_EIO, "replace %s: %s", file->path,
                       strerror(errno));
    file->temporary[0] = '\0';
    return KS_OK;
}

enum ks_rc ks_target_file_keep(struct ks_target_file *file, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;
    int fd;

    if (file->temporary[0] != '\0')
        rc = put_in_place(file, err);
    fd = file->fd;
    file->fd = -1;
    if (close(fd) < 0 && rc == KS_OK)
        rc = ks_fail(err, KS_EIO, "write %s: %s", file->path, strerror(errno));
    ks_target_file_drop(file);
    return rc;
}

void ks_target_file_drop(struct ks_target_file *file)
{
    if (file->fd >= 0)
        (void)close(file->fd);
    file->fd = -1;
    if (file->temporary[0] != '\0')
        (void)unlink(file->temporary);
    file->temporary[0] = '\0';
}
