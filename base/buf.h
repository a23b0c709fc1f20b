/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h: bytes that grow, up to a cap. */
#ifndef KS_BASE_BUF_H
#define KS_BASE_BUF_H

#include "base/err.h"
#include "base/span.h"

#include <stdarg.h>
#include <sys/types.h>

/*
 * A growing run of bytes, owned by its holder. A buffer cannot exist without
 * a cap: what would exceed it fails with KS_ELIMIT and leaves the buffer as it
 * was.
 */
struct ks_buf {
    uint8_t *ptr;
    size_t len;  /* bytes in use */
    size_t room; /* bytes allocated */
    size_t cap;  /* bytes it may ever hold */
};

/* An empty buffer; allocates nothing. `cap` > 0. */
void ks_buf_init(struct ks_buf *buf, size_t cap);

/* Frees the bytes; the buffer may be used again with the same cap. */
void ks_buf_release(struct ks_buf *buf);

/* As ks_buf_release, with the bytes wiped first. */
void ks_buf_wipe(struct ks_buf *buf);

/* Forgets the bytes, keeps the room. */
void ks_buf_clear(struct ks_buf *buf);

/* Makes room for `more` bytes beyond `len`. KS_ELIMIT, KS_ENOMEM. */
enum ks_rc ks_buf_reserve(struct ks_buf *buf, size_t more);

/* Appends. KS_ELIMIT, KS_ENOMEM. */
enum ks_rc ks_buf_add(struct ks_buf *buf, struct ks_span bytes);
enum ks_rc ks_buf_add_byte(struct ks_buf *buf, uint8_t byte);
enum ks_rc ks_buf_add_str(struct ks_buf *buf, const char *text);
enum ks_rc ks_buf_printf(struct ks_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Ends the bytes with a NUL that `len` does not count and returns them as a
 * string, owned by the buffer; NULL when memory or cap does not allow it.
 */
const char *ks_buf_text(struct ks_buf *buf);

/* The bytes, valid until the next call that changes the buffer. */
struct ks_span ks_buf_span(const struct ks_buf *buf);

/*
 * Reads up to `step` bytes from `fd` behind the present ones.
 *
 * Returns the number read, 0 at the end, −1 with errno set (EFBIG when the cap
 * is reached, ENOMEM).
 */
ssize_t ks_buf_read(struct ks_buf *buf, int fd, size_t step);

#endif
