/* SPDX-License-Identifier: Apache-2.0 */
#include "files/below.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
    /* What one system call takes, with its NUL. */
    CHUNK = PATH_MAX - 1,
};

/* One call for a path that fits in it. ENOSYS where the kernel is too old. */
static int open_at_once(int dir, const char *path)
{
    struct open_how how = {
        .flags = FLAGS,
        .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH,
    };

    return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

/* Length of as many components as fit in `most` bytes, at least one. */
static size_t head_of(const char *path, size_t most)
{
    size_t len = strlen(path);
    const char *slash;

    if (len <= most)
        return len;
    slash = memrchr(path, '/', most);
    return slash == NULL ? strcspn(path, "/") : (size_t)(slash - path);
}

/* Opens in steps of up to `most` bytes, each from where the last one led. */
static int open_in_steps(int root, const char *path, size_t most)
{
    char part[PATH_MAX];
    int dir = root;

    while (*path != '\0') {
        size_t len = head_of(path, most);
        int next;

        if (len >= sizeof(part)) {
            errno = ENAMETOOLONG;
            next = -1;
        } else {
            memcpy(part, path, len);
            part[len] = '\0';
            next =
                most == 1 ? openat(dir, part, FLAGS) : open_at_once(dir, part);
        }
        if (dir != root) {
            int number = errno;

            (void)close(dir);
            errno = number;
        }
        if (next < 0)
            return -1;
        dir = next;
        path += len;
        path += strspn(path, "/");
    }
    return dir;
}

int ks_below_open(int root, const char *path)
{
    int fd;

    if (*path == '\0')
        return openat(root, ".", FLAGS);
    fd = strlen(path) < CHUNK ? open_at_once(root, path)
                              : open_in_steps(root, path, CHUNK - 1);
    if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
        return fd;
    return open_in_steps(root, path, 1);
}
