/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/shipped.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* An object of this library, whose address says which file it was loaded of. */
static const char anchor = 0;

bool ks_lib_shipped(char *out, size_t room)
{
    Dl_info info;
    const char *slash;
    int used;

    if (dladdr(&anchor, &info) == 0 || info.dli_fname == NULL)
        return false;
    slash = strrchr(info.dli_fname, '/');
    if (slash == NULL)
        return false;
    used = snprintf(out, room, "%.*s/keysweep", (int)(slash - info.dli_fname),
                    info.dli_fname);
    return used > 0 && (size_t)used < room;
}
