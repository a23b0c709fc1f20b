/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_ROOM = 16 };

bool ks_vec_grow(void **items, size_t *room, size_t len, size_t size)
{
    size_t more = *room < FIRST_ROOM ? FIRST_ROOM : *room * 2;
    void *grown;

    if (len < *room)
        return true;
    if (more > SIZE_MAX / size)
        return false;
    grown = realloc(*items, more * size);
    if (grown == NULL)
        return false;
    *items = grown;
    *room = more;
    return true;
}
