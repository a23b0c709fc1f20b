/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/entropy.h"

enum { LONGEST = 4096, FRACTION_BITS = 20 };

/* log2(x) in units of 2^-20, x > 0: the bit-by-bit squaring method. */
static uint64_t log2_fixed(uint64_t x)
{
    unsigned whole = 63 - (unsigned)__builtin_clzll(x);
    uint64_t y = whole > 31 ? x >> (whole - 31) : x << (31 - whole);
    uint64_t result = (uint64_t)whole << FRACTION_BITS;

    for (unsigned bit = FRACTION_BITS; bit-- > 0;) {
        y = (y * y) >> 31;
        if (y >> 32 != 0) {
            y >>= 1;
            result |= 1ULL << bit;
        }
    }
    return result;
}

unsigned ks_entropy_milli(struct ks_span bytes)
{
    uint32_t counts[256] = {0};
    size_t len = bytes.len < LONGEST ? bytes.len : LONGEST;
    uint64_t weighted = 0;

    if (len == 0)
        return 0;
    for (size_t i = 0; i < len; i++)
        counts[bytes.ptr[i]]++;
    for (size_t i = 0; i < 256; i++)
        if (counts[i] > 1)
            weighted += counts[i] * log2_fixed(counts[i]);
    return (unsigned)(((log2_fixed(len) - weighted / len) * 1000) >>
                      FRACTION_BITS);
}
