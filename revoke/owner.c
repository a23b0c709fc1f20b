/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { SMALL_FILE = 1024, PLACE_TEXT = 96, START_TIME_FIELD = 22 };

/* The text of a small file, "" if it cannot be read. */
static void read_small(char out[SMALL_FILE], const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, out, SMALL_FILE - 1);

    if (fd >= 0)
        (void)close(fd);
    out[got < 0 ? 0 : got] = '\0';
    out[strcspn(out, "\n")] = '\0';
}

/* Field 22 of /proc/PID/stat (proc(5)); the name before it may hold spaces. */
static bool start_time(char out[32], long pid)
{
    char path[64], text[SMALL_FILE];
    char *at;

    (void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
    read_small(text, path);
    at = strrchr(text, ')');
    for (int field = 2; at != NULL && field < START_TIME_FIELD; field++) {
        at = strchr(at, ' ');
        at = at == NULL ? NULL : at + 1;
    }
    if (at == NULL)
        return false;
    at[strcspn(at, " ")] = '\0';
    (void)snprintf(out, 32, "%.31s", at);
    return true;
}

static void place(char out[PLACE_TEXT])
{
    char boot[SMALL_FILE];
    char names[64] = "";
    ssize_t len = readlink("/proc/self/ns/pid", names, sizeof(names) - 1);

    names[len < 0 ? 0 : len] = '\0';
    read_small(boot, "/proc/sys/kernel/random/boot_id");
    (void)snprintf(out, PLACE_TEXT, "%.36s/%.40s", boot, names);
}

void ks_owner_init(struct ks_owner *owner)
{
    char where[PLACE_TEXT], start[32] = "0", room[SMALL_FILE];
    struct passwd entry, *found = NULL;

    *owner = (struct ks_owner){0};
    place(where);
    (void)start_time(start, (long)getpid());
    (void)snprintf(owner->process, sizeof(owner->process), "%s %ld %s", where,
                   (long)getpid(), start);
    if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) == 0 &&
        found != NULL)
        (void)snprintf(owner->user, sizeof(owner->user), "%s", entry.pw_name);
    else
        (void)snprintf(owner->user, sizeof(owner->user), "uid %lu",
                       (unsigned long)geteuid());
    (void)gethostname(owner->host, sizeof(owner->host) - 1);
}

bool ks_owner_is_gone(const char *process)
{
    char where[PLACE_TEXT], start[32];
    size_t len;
    char *end = NULL;
    long pid;

    place(where);
    len = strlen(where);
    if (strncmp(process, where, len) != 0 || process[len] != ' ')
        return false;
    pid = strtol(process + len + 1, &end, 10);
    if (pid <= 0 || *end != ' ')
        return false;
    if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
        return true;
    /* Where /proc hides it, it is taken for alive. */
    return start_time(start, pid) && strcmp(start, end + 1) != 0;
}
