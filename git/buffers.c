/* SPDX-License-Identifier: Apache-2.0 */
#include "git/buffers.h"

#include "git/inflate.h"

#include <stdlib.h>
#include <string.h>

enum {
    SMALLEST = 16 * 1024,
    WASTE = 8, /* times its size that an object may occupy */
    LARGEST_KEPT = 4 * 1024 * 1024,
};

static struct ks_buffer remove_at(struct ks_buffers *buffers, size_t at)
{
    struct ks_buffer buffer = buffers->kept[at];

    buffers->count--;
    memmove(&buffers->kept[at], &buffers->kept[at + 1],
            (buffers->count - at) * sizeof(buffer));
    return buffer;
}

struct ks_buffer ks_buffers_take(struct ks_buffers *buffers, size_t size)
{
    struct ks_buffer made;
    size_t room = size < SMALLEST ? SMALLEST : size;

    for (size_t i = buffers->count; i-- > 0;) {
        size_t here = buffers->kept[i].room;

        if (here >= room && here / WASTE <= room)
            return remove_at(buffers, i);
    }
    room += room / 8; /* so that the next version fits as well */
    made.ptr = malloc(room + KS_INFLATE_SLACK);
    made.room = made.ptr == NULL ? 0 : room;
    return made;
}

void ks_buffers_give(struct ks_buffers *buffers, struct ks_buffer buffer)
{
    if (buffer.ptr == NULL)
        return;
    if (buffer.room > LARGEST_KEPT) {
        free(buffer.ptr);
        return;
    }
    if (buffers->count == KS_BUFFERS_KEPT)
        free(remove_at(buffers, 0).ptr);
    buffers->kept[buffers->count++] = buffer;
}

void ks_buffers_release(struct ks_buffers *buffers)
{
    while (buffers->count > 0)
        free(buffers->kept[--buffers->count].ptr);
}
