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

/* A path beside the folder of the program. */
static bool beside_program(char *out, size_t room, const char *folder,
                           const char *name)
{
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

    if (len <= 0)
        return false;
    program[len] = '\0';
    for (int levels = 0; levels < 2; levels++) {
        char *slash = strrchr(program, '/');

        if (slash == NULL)
            return false;
        *slash = '\0';
    }
    return fits(snprintf(out, room, "%s/%s/%s", program, folder, name),
                room) &&
           access(out, F_OK) == 0;
}

bool ks_cache_dir_shipped(char *out, size_t room)
{
    return beside_program(out, room, KS_LIBDIR, "keysweep");
}

bool ks_data_dir(char *out, size_t room, const char *name)
{
    return beside_program(out, room, KS_DATADIR "/keysweep", name);
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
