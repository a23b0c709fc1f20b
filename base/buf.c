/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_ROOM = 256 };

void ks_buf_init(struct ks_buf *buf, size_t cap)
{
    *buf = (struct ks_buf){.cap = cap};
}

void ks_buf_release(struct ks_buf *buf)
{
    free(buf->ptr);
    ks_buf_init(buf, buf->cap);
}

void ks_buf_wipe(struct ks_buf *buf)
{
    if (buf->ptr != NULL)
        ks_secret_wipe(buf->ptr, buf->room);
    ks_buf_release(buf);
}

void ks_buf_clear(struct ks_buf *buf)
{
    buf->len = 0;
}

enum ks_rc ks_buf_reserve(struct ks_buf *buf, size_t more)
{
    size_t room = buf->room < FIRST_ROOM ? FIRST_ROOM : buf->room;
    uint8_t *ptr;

    if (more > buf->cap - buf->len)
        return KS_ELIMIT;
    if (more <= buf->room - buf->len)
        return KS_OK;
    while (room < buf->len + more)
        room = room > SIZE_MAX / 2 ? SIZE_MAX : room * 2;
    if (room > buf->cap)
        room = buf->cap;
    ptr = realloc(buf->ptr, room);
    if (ptr == NULL)
        return KS_ENOMEM;
    buf->ptr = ptr;
    buf->room = room;
    return KS_OK;
}

enum ks_rc ks_buf_add(struct ks_buf *buf, struct ks_span bytes)
{
    enum ks_rc rc = ks_buf_reserve(buf, bytes.len);

    if (rc != KS_OK || bytes.len == 0)
        return rc;
    memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
    buf->len += bytes.len;
    return KS_OK;
}

enum ks_rc ks_buf_add_byte(struct ks_buf *buf, uint8_t byte)
{
    return ks_buf_add(buf, (struct ks_span){&byte, 1});
}

enum ks_rc ks_buf_add_str(struct ks_buf *buf, const char *text)
{
    return ks_buf_add(buf, ks_span_str(text));
}

enum ks_rc ks_buf_printf(struct ks_buf *buf, const char *format, ...)
{
    va_list args;
    enum ks_rc rc;
    int need;

    va_start(args, format);
    need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need < 0)
        return KS_EINVAL;
    rc = ks_buf_reserve(buf, (size_t)need + 1);
    if (rc != KS_OK)
        return rc;
    va_start(args, format);
    (void)vsnprintf((char *)buf->ptr + buf->len, (size_t)need + 1, format,
                    args);
    va_end(args);
    buf->len += (size_t)need;
    return KS_OK;
}

const char *ks_buf_text(struct ks_buf *buf)
{
    if (ks_buf_reserve(buf, 1) != KS_OK)
        return NULL;
    buf->ptr[buf->len] = '\0';
    return (const char *)buf->ptr;
}

struct ks_span ks_buf_span(const struct ks_buf *buf)
{
    return (struct ks_span){buf->ptr, buf->len};
}

ssize_t ks_buf_read(struct ks_buf *buf, int fd, size_t step)
{
    ssize_t got;

    if (step > buf->cap - buf->len)
        step = buf->cap - buf->len;
    if (step == 0) {
        errno = EFBIG;
        return -1;
    }
    if (ks_buf_reserve(buf, step) != KS_OK) {
        errno = ENOMEM;
        return -1;
    }
    got = read(fd, buf->ptr + buf->len, step);
    if (got > 0)
        buf->len += (size_t)got;
    return got;
}
