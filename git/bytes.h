/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.h: big-endian numbers of git's files, read from any address. */
#ifndef KS_GIT_BYTES_H
#define KS_GIT_BYTES_H

#include <stdint.h>

static inline uint32_t ks_be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static inline uint64_t ks_be64(const uint8_t *at)
{
    return (uint64_t)ks_be32(at) << 32 | ks_be32(at + 4);
}

#endif
