/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cache_dir.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool fits(int used, size_t room)
{
    return used > 0 && (size_t)used < room;
}

bool ks_cache_dir_shipped(char *out, size_t room)
{
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    char *slash;

    if (len <= 0)
        return false;
    program[len] = '\0';
    slash = strrchr(program, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    return fits(snprintf(out, room, "%s/../" KS_LIBDIR "/keysweep", program),
                room);
}

bool ks_cache_dir_user(char *out, size_t room)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    if (cache != NULL && *cache == '/')
        return fits(snprintf(out, room, "%s/keysweep", cache), room);
    if (home != NULL && *home == '/')
        return fits(snprintf(out, room, "%s/.cache/keysweep", home), room);
    return false;
}
