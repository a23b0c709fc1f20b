/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.h: big-endian numbers and names of git's files, at any address. */
#ifndef KS_GIT_BYTES_H
#define KS_GIT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t ks_be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static inline uint64_t ks_be64(const uint8_t *at)
{
    return (uint64_t)ks_be32(at) << 32 | ks_be32(at + 4);
}

/* Whether two names of `len` bytes, 8 or more, are one: quicker than memcmp. */
static inline bool ks_same_name(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint64_t differ = 0, x, y;

    for (size_t at = 0; at < len; at += sizeof(x)) {
        size_t from = at + sizeof(x) <= len ? at : len - sizeof(x);

        memcpy(&x, a + from, sizeof(x));
        memcpy(&y, b + from, sizeof(y));
        differ |= x ^ y;
    }
    return differ == 0;
}

#endif
