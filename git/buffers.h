/* SPDX-License-Identifier: Apache-2.0 */
/* buffers.h: one thread's buffers for objects, used again while warm. */
#ifndef KS_GIT_BUFFERS_H
#define KS_GIT_BUFFERS_H

#include <stddef.h>
#include <stdint.h>

struct ks_buffer {
    uint8_t *ptr; /* NULL for none */
    size_t room;  /* without the slack of git/inflate.h, which is behind it */
};

enum { KS_BUFFERS_KEPT = 16 };

/* A zeroed one is empty. */
struct ks_buffers {
    struct ks_buffer kept[KS_BUFFERS_KEPT]; /* the last one given is the last */
    size_t count;
};

/* A buffer with room for `size` bytes; `ptr` is NULL without memory. */
struct ks_buffer ks_buffers_take(struct ks_buffers *buffers, size_t size);

/* Takes a buffer back, from whichever thread's; one without bytes is allowed.
 */
void ks_buffers_give(struct ks_buffers *buffers, struct ks_buffer buffer);

void ks_buffers_release(struct ks_buffers *buffers);

#endif
