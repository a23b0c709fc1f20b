/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/runs.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { LANES = KS_RUN_PIECE };

/* Vectors of bytes; the compiler knows how to add and compare them. */
typedef uint8_t vector __attribute__((vector_size(LANES)));

/* As ks_regex_in_run, 255 for each byte that may be in a run. */
#define IN_RUN(type, bytes)                                                    \
    ((type)((((bytes) | 0x20) - 'a') <= (uint8_t)('z' - 'a')) |                \
     (type)(((bytes) - '-') <= (uint8_t)('9' - '-')) |                         \
     (type)((bytes) == '_') | (type)((bytes) == '+') | (type)((bytes) == '='))

/* A bit for each byte that is 255; the others are 0. */
static inline uint64_t bits_of(vector bytes)
{
#if defined(__x86_64__)
    return (unsigned)_mm_movemask_epi8((__m128i)bytes);
#else
    uint64_t bits = 0;

    for (unsigned i = 0; i < LANES; i++)
        bits |= (uint64_t)(bytes[i] & 1) << i;
    return bits;
#endif
}

static void masks_any(uint64_t *masks, const uint8_t *bytes, size_t blocks)
{
    for (; blocks > 0; blocks--, masks++) {
        *masks = 0;
        for (unsigned i = 0; i < KS_RUN_BLOCK; i += LANES) {
            vector some;

            memcpy(&some, bytes, LANES);
            *masks |= bits_of(IN_RUN(vector, some)) << i;
            bytes += LANES;
        }
    }
}

#if defined(__x86_64__)
typedef uint8_t wide __attribute__((vector_size(2 * LANES)));

__attribute__((target("avx2"))) static void
masks_avx2(uint64_t *masks, const uint8_t *bytes, size_t blocks)
{
    for (; blocks > 0; blocks--, masks++) {
        *masks = 0;
        for (unsigned i = 0; i < KS_RUN_BLOCK; i += 2 * LANES) {
            wide some;

            memcpy(&some, bytes, sizeof(some));
            *masks |= (uint64_t)(uint32_t)_mm256_movemask_epi8(
                          (__m256i)IN_RUN(wide, some))
                      << i;
            bytes += sizeof(some);
        }
    }
}

void ks_run_masks(uint64_t *masks, const uint8_t *bytes, size_t blocks)
{
    if (__builtin_cpu_supports("avx2"))
        masks_avx2(masks, bytes, blocks);
    else
        masks_any(masks, bytes, blocks);
}
#else
void ks_run_masks(uint64_t *masks, const uint8_t *bytes, size_t blocks)
{
    masks_any(masks, bytes, blocks);
}
#endif

uint32_t ks_run_separators(const uint8_t *bytes)
{
    vector some;
    vector separators;

    memcpy(&some, bytes, sizeof(some));
    separators =
        (vector)(some < '0') | (vector)(some == '=') | (vector)(some == '_');
    return (uint32_t)bits_of(separators);
}

static inline vector digits_in(const uint8_t *bytes)
{
    vector some;

    memcpy(&some, bytes, LANES);
    return (vector)((some - '0') <= (uint8_t)9);
}

bool ks_run_has_digit(const uint8_t *bytes, size_t len)
{
    vector seen = digits_in(bytes + len - LANES);

    for (size_t at = 0; at + LANES < len; at += LANES)
        seen |= digits_in(bytes + at);
    return bits_of(seen) != 0;
}
