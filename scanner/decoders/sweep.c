/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep.c: classes of bytes by their two halves: a byte is in class i if bit i
 * is set in both the entry of its high and the entry of its low four bits.
 */
#include "scanner/decoders/sweep.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct halves {
    uint8_t high[16], low[16];
};

/* 0: row 2 (+ - /); 1: 0–9; 2: A–O a–o; 3: P–Z p–z; 4: _ */
static const struct halves digit_class = {
    {[2] = 1, [3] = 2, [4] = 4, [5] = 8 | 16, [6] = 4, [7] = 8},
    {8 | 2, 4 | 8 | 2, 4 | 8 | 2, 4 | 8 | 2, 4 | 8 | 2, 4 | 8 | 2, 4 | 8 | 2,
     4 | 8 | 2, 4 | 8 | 2, 4 | 8 | 2, 4 | 8, 4 | 1, 4, 4 | 1, 4, 4 | 16 | 1}};

/*
 * The kinds of pairs: bit 0 percent, 1 and 2 backslash, 3 and 4 ampersand,
 * 5 "=3" and "-\", 6 quotes, 7 "=" and a line end.
 */
static const struct halves first_class = {
    {[2] = 1 | 8 | 16 | 32 | 64, [3] = 32 | 128, [5] = 2 | 4},
    {[2] = 64,
     [5] = 1,
     [6] = 8 | 16,
     [7] = 64,
     [0xc] = 2 | 4,
     [0xd] = 32 | 128}};

static const struct halves second_class = {
    {[0] = 64 | 128,
     [2] = 4 | 8 | 64,
     [3] = 1 | 2 | 32,
     [5] = 2 | 32,
     [7] = 2 | 16},
    {1 | 2 | 64, 2 | 16, 1 | 4 | 64, 1 | 8 | 32, 1, 1 | 2, 1 | 64, 1 | 64, 2, 0,
     64 | 128, 64, 32, 64 | 128, 64, 4}};

enum { QUOTE = 64 };

static unsigned class_of(const struct halves *classes, uint8_t c)
{
    return classes->high[c >> 4] & classes->low[c & 15];
}

static void sweep_any(struct ks_sweep_masks *masks, const uint8_t *bytes,
                      size_t blocks)
{
    for (; blocks > 0; blocks--, masks++, bytes += KS_SWEEP_BLOCK) {
        *masks = (struct ks_sweep_masks){0};
        for (unsigned i = 0; i < KS_SWEEP_BLOCK; i++) {
            unsigned pair = class_of(&first_class, bytes[i]) &
                            class_of(&second_class, bytes[i + 1]);
            uint64_t bit = (uint64_t)1 << i;

            masks->digits |= class_of(&digit_class, bytes[i]) != 0 ? bit : 0;
            masks->marks |= (pair & ~(unsigned)QUOTE) != 0 ? bit : 0;
            masks->quotes |= (pair & QUOTE) != 0 ? bit : 0;
        }
    }
}

#if defined(__x86_64__)
#define KS_AVX2 __attribute__((target("avx2")))
#define KS_AVX2_INLINE inline __attribute__((target("avx2"), always_inline))

static KS_AVX2_INLINE __m256i table(const uint8_t half[16])
{
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)half));
}

static KS_AVX2_INLINE __m256i classes_of(__m256i high, __m256i low,
                                         __m256i high_half, __m256i low_half)
{
    return _mm256_and_si256(_mm256_shuffle_epi8(high, high_half),
                            _mm256_shuffle_epi8(low, low_half));
}

static KS_AVX2_INLINE uint32_t nonzero(__m256i bytes)
{
    return ~(uint32_t)_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(bytes, _mm256_setzero_si256()));
}

struct tables {
    __m256i digit_high, digit_low, first_high, first_low, second_high,
        second_low;
};

/* The masks of 32 bytes, in the lower half of each. */
static KS_AVX2_INLINE struct ks_sweep_masks
half_block(const struct tables *tables, const uint8_t *bytes)
{
    const __m256i mask = _mm256_set1_epi8(15);
    __m256i c = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    __m256i d = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 1));
    __m256i c_high = _mm256_and_si256(_mm256_srli_epi16(c, 4), mask);
    __m256i c_low = _mm256_and_si256(c, mask);
    __m256i d_high = _mm256_and_si256(_mm256_srli_epi16(d, 4), mask);
    __m256i d_low = _mm256_and_si256(d, mask);
    __m256i pair = _mm256_and_si256(
        classes_of(tables->first_high, tables->first_low, c_high, c_low),
        classes_of(tables->second_high, tables->second_low, d_high, d_low));
    __m256i quote = _mm256_set1_epi8(QUOTE);

    return (struct ks_sweep_masks){
        .digits = nonzero(
            classes_of(tables->digit_high, tables->digit_low, c_high, c_low)),
        .marks = nonzero(_mm256_andnot_si256(quote, pair)),
        .quotes = nonzero(_mm256_and_si256(quote, pair)),
    };
}

static KS_AVX2 void sweep_avx2(struct ks_sweep_masks *masks,
                               const uint8_t *bytes, size_t blocks)
{
    const struct tables tables = {
        table(digit_class.high),  table(digit_class.low),
        table(first_class.high),  table(first_class.low),
        table(second_class.high), table(second_class.low),
    };

    for (; blocks > 0; blocks--, masks++, bytes += KS_SWEEP_BLOCK) {
        struct ks_sweep_masks low = half_block(&tables, bytes);
        struct ks_sweep_masks high = half_block(&tables, bytes + 32);

        masks->digits = low.digits | high.digits << 32;
        masks->marks = low.marks | high.marks << 32;
        masks->quotes = low.quotes | high.quotes << 32;
    }
}

void ks_sweep(struct ks_sweep_masks *masks, const uint8_t *bytes, size_t blocks)
{
    if (__builtin_cpu_supports("avx2"))
        sweep_avx2(masks, bytes, blocks);
    else
        sweep_any(masks, bytes, blocks);
}
#else
void ks_sweep(struct ks_sweep_masks *masks, const uint8_t *bytes, size_t blocks)
{
    sweep_any(masks, bytes, blocks);
}
#endif
