/* SPDX-License-Identifier: Apache-2.0 */
#include "git/map_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAPS_MAX = 16384 };

/* `from` is written last and cleared first; 0 means free. */
struct guarded {
    atomic_uintptr_t from;
    atomic_size_t len;
};

static struct guarded maps[MAPS_MAX];
static atomic_size_t maps_used; /* slots at or behind it were never used */
static atomic_ulong faults;
static pthread_mutex_t maps_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction before;
static uintptr_t page_size;

static bool is_guarded(uintptr_t at)
{
    size_t used = atomic_load(&maps_used);

    for (size_t i = 0; i < used; i++) {
        uintptr_t from = atomic_load(&maps[i].from);

        if (from != 0 && at >= from && at - from < atomic_load(&maps[i].len))
            return true; /* `len` is of whole pages: readers look ahead */
    }
    return false;
}

/* Lets the handler from before, or the default one, see the fault. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    } else {
        /* On return the access faults again, now with nobody to catch it. */
        (void)signal(number, SIG_DFL);
    }
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    uintptr_t at = (uintptr_t)info->si_addr;
    void *page = (void *)(at & ~(page_size - 1)); /* NOLINT */

    if (!is_guarded(at) ||
        mmap(page, page_size, PROT_READ,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        pass_on(number, info, context);
    else
        atomic_fetch_add(&faults, 1);
    errno = saved;
}

/* Others may have put a handler of theirs in our place since. */
static void install(void)
{
    struct sigaction action = {.sa_sigaction = on_fault};
    struct sigaction present;

    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (sigaction(SIGBUS, NULL, &present) == 0 &&
        (present.sa_flags & SA_SIGINFO) != 0 &&
        present.sa_sigaction == on_fault)
        return;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGBUS, &action, &before);
}

static bool guard(void *at, size_t len)
{
    size_t i = 0;

    (void)pthread_mutex_lock(&maps_lock);
    install();
    while (i < MAPS_MAX && atomic_load(&maps[i].from) != 0)
        i++;
    if (i < MAPS_MAX) {
        atomic_store(&maps[i].len, (len + page_size - 1) & ~(page_size - 1));
        atomic_store(&maps[i].from, (uintptr_t)at);
        if (i >= atomic_load(&maps_used))
            atomic_store(&maps_used, i + 1);
    }
    (void)pthread_mutex_unlock(&maps_lock);
    return i < MAPS_MAX;
}

static void unguard(const void *at)
{
    (void)pthread_mutex_lock(&maps_lock);
    for (size_t i = 0; i < atomic_load(&maps_used); i++)
        if (atomic_load(&maps[i].from) == (uintptr_t)at)
            atomic_store(&maps[i].from, 0);
    (void)pthread_mutex_unlock(&maps_lock);
}

static enum ks_rc map_file(struct ks_span *out, int fd, const char *path,
                           struct ks_err *err)
{
    struct stat stat;
    void *at;

    if (fstat(fd, &stat) != 0)
        return ks_fail(err, KS_EIO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(stat.st_mode))
        return ks_fail(err, KS_EFORMAT, "%s: not a regular file", path);
    if (stat.st_size == 0) {
        *out = (struct ks_span){0};
        return KS_OK;
    }
    at = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED)
        return ks_fail(err, KS_EIO, "%s: map: %s", path, strerror(errno));
    if (!guard(at, (size_t)stat.st_size)) {
        (void)munmap(at, (size_t)stat.st_size);
        return ks_fail(err, KS_ELIMIT, "%s: more than %d packs mapped at once",
                       path, MAPS_MAX / 2);
    }
    *out = (struct ks_span){at, (size_t)stat.st_size};
    return KS_OK;
}

enum ks_rc ks_map_open(struct ks_span *out, const char *path,
                       struct ks_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    enum ks_rc rc;

    if (fd < 0)
        return ks_fail(err, errno == ENOENT ? KS_ENOENT : KS_EIO, "%s: %s",
                       path, strerror(errno));
    rc = map_file(out, fd, path, err);
    (void)close(fd);
    return rc;
}

void ks_map_watch(void)
{
    (void)pthread_mutex_lock(&maps_lock);
    if (atomic_load(&maps_used) > 0)
        install();
    (void)pthread_mutex_unlock(&maps_lock);
}

void ks_map_close(struct ks_span map)
{
    if (map.ptr == NULL)
        return;
    unguard(map.ptr);
    (void)munmap((void *)(uintptr_t)map.ptr, map.len);
}

unsigned long ks_map_faults(void)
{
    return atomic_load(&faults);
}
