/* SPDX-License-Identifier: Apache-2.0 */
#include "files/roots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Copies the path without "./", double and trailing slashes; "." is "". */
static char *tidy(const char *path)
{
    char *out = malloc(strlen(path) + 2);
    size_t len = 0;

    if (out == NULL)
        return NULL;
    if (*path == '/')
        out[len++] = '/';
    while (*path != '\0') {
        size_t part = strcspn(path, "/");

        if (part > 0 && !(part == 1 && *path == '.')) {
            if (len > 0 && out[len - 1] != '/')
                out[len++] = '/';
            memcpy(out + len, path, part);
            len += part;
        }
        path += part;
        path += strspn(path, "/");
    }
    out[len] = '\0';
    return out;
}

/* Orders paths so that what is below a directory follows it directly. */
static int compare(const void *a, const void *b)
{
    const unsigned char *x = *(const unsigned char *const *)a;
    const unsigned char *y = *(const unsigned char *const *)b;

    while (*x == *y && *x != '\0') {
        x++;
        y++;
    }
    if (*x == *y)
        return 0;
    if (*x == '\0' || (*x == '/' && *y != '\0'))
        return -1;
    if (*y == '\0' || *y == '/')
        return 1;
    return *x < *y ? -1 : 1;
}

static bool lies_below(const char *path, const char *above)
{
    size_t len = strlen(above);

    if (len == 0)
        return path[0] != '/' && strncmp(path, "..", 2) != 0;
    return strncmp(path, above, len) == 0 &&
           (above[len - 1] == '/' || path[len] == '/' || path[len] == '\0');
}

static enum ks_rc fail(struct ks_err *err, const char *path)
{
    return ks_fail(err, errno == ENOENT ? KS_ENOENT : KS_EIO, "%s: %s", path,
                   strerror(errno));
}

static enum ks_rc put(struct ks_file_queue *queue, struct ks_job job,
                      struct ks_err *err)
{
    if (ks_file_queue_put(queue, job))
        return KS_OK;
    ks_job_release(&job);
    return ks_fail_memory(err);
}

static enum ks_rc add_dir(struct ks_roots *roots, const char *path,
                          bool gitignore, struct ks_file_queue *queue,
                          struct ks_err *err)
{
    const char *name = *path == '\0' ? "." : path;
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    struct ks_dir *dir;

    if (fd < 0)
        return fail(err, name);
    if (!KS_VEC_PUSH(&roots->fds, fd)) {
        (void)close(fd);
        return ks_fail_memory(err);
    }
    dir = ks_dir_new(NULL, fd, ks_span_str(path));
    if (dir == NULL)
        return ks_fail_memory(err);
    if (gitignore && ks_ignore_read_above(&dir->ignore, path) != KS_OK) {
        ks_dir_release(dir);
        return ks_fail_memory(err);
    }
    return put(queue, (struct ks_job){dir, NULL}, err);
}

static enum ks_rc add_file(struct ks_dir *users, char type, const char *path,
                           struct ks_file_queue *queue, struct ks_err *err)
{
    size_t len = strlen(path) + 1;
    struct ks_batch *batch;

    if (type == 'f' && faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0)
        return fail(err, path);
    batch = malloc(sizeof(*batch) + 1 + len);
    if (batch == NULL)
        return ks_fail_memory(err);
    batch->names[0] = type;
    memcpy(batch->names + 1, path, len);
    batch->len = len + 1;
    ks_dir_use(users);
    return put(queue, (struct ks_job){users, batch}, err);
}

/* Takes one tidied path by what it is. */
static enum ks_rc add_path(struct ks_roots *roots, struct ks_dir *users,
                           const char *path,
                           const struct ks_files_options *options,
                           struct ks_file_queue *queue, struct ks_err *err)
{
    const char *name = *path == '\0' ? "." : path;
    struct stat stat;

    if (fstatat(AT_FDCWD, name, &stat,
                options->follow_root_link ? 0 : AT_SYMLINK_NOFOLLOW) < 0)
        return fail(err, name);
    if (S_ISDIR(stat.st_mode))
        return add_dir(roots, path, options->honor_gitignore, queue, err);
    if (S_ISREG(stat.st_mode))
        return add_file(users, 'f', path, queue, err);
    if (S_ISLNK(stat.st_mode))
        return add_file(users, 'l', path, queue, err);
    ks_coverage_skip(options->coverage, KS_SKIP_SPECIAL, name);
    return KS_OK;
}

static bool is_link(const char *path)
{
    struct stat stat;

    return lstat(path, &stat) == 0 && S_ISLNK(stat.st_mode);
}

/* The paths in order; `tidied` has room for all. */
static enum ks_rc add_paths(struct ks_roots *roots, struct ks_dir *users,
                            char *const *tidied, size_t count,
                            const struct ks_files_options *options,
                            struct ks_file_queue *queue, struct ks_err *err)
{
    bool all_below = count > 0 && *tidied[0] == '\0';
    const char *last = NULL;
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        const char *path = tidied[i];
        bool covered = (last != NULL && lies_below(path, last)) ||
                       (i > 0 && all_below && lies_below(path, ""));

        if (covered && access(*path == '\0' ? "." : path, F_OK) == 0 &&
            !is_link(path))
            continue;
        rc = add_path(roots, users, path, options, queue, err);
        last = path;
    }
    return rc;
}

enum ks_rc ks_roots_open(struct ks_roots *roots, const char *const *paths,
                         size_t count, const struct ks_files_options *options,
                         struct ks_file_queue *queue, struct ks_err *err)
{
    struct ks_dir *users = ks_dir_new(NULL, AT_FDCWD, ks_span_str(""));
    char **tidied = calloc(count + 1, sizeof(*tidied));
    enum ks_rc rc = KS_OK;

    if (users == NULL || tidied == NULL)
        rc = ks_fail_memory(err);
    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        tidied[i] = tidy(paths[i]);
        if (tidied[i] == NULL)
            rc = ks_fail_memory(err);
    }
    if (rc == KS_OK) {
        users->fd = AT_FDCWD;
        qsort(tidied, count, sizeof(*tidied), compare);
        rc = add_paths(roots, users, tidied, count, options, queue, err);
    }
    for (size_t i = 0; tidied != NULL && i < count; i++)
        free(tidied[i]);
    free(tidied);
    ks_dir_release(users);
    return rc;
}

void ks_roots_release(struct ks_roots *roots)
{
    for (size_t i = 0; i < roots->fds.len; i++)
        (void)close(roots->fds.items[i]);
    KS_VEC_RELEASE(&roots->fds);
}
