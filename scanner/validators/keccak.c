/* SPDX-License-Identifier: Apache-2.0 */
/* Source: "The Keccak reference", version 3.0, section 1. */
#include "scanner/validators/keccak.h"

#include <string.h>

static uint64_t rotate(uint64_t x, unsigned by)
{
    return by == 0 ? x : x << by | x >> (64 - by);
}

static void theta(uint64_t a[25])
{
    uint64_t c[5];

    for (size_t x = 0; x < 5; x++)
        c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (size_t i = 0; i < 25; i++)
        a[i] ^= c[(i + 4) % 5] ^ rotate(c[(i + 1) % 5], 1);
}

/* Rotates lane (t+1)(t+2)/2 far along the walk of the reference, and moves. */
static void rho_pi(uint64_t a[25])
{
    size_t x = 1;
    size_t y = 0;
    uint64_t held = a[1];

    for (unsigned t = 0; t < 24; t++) {
        size_t next = (2 * x + 3 * y) % 5;
        uint64_t lane;

        x = y;
        y = next;
        lane = a[x + 5 * y];
        a[x + 5 * y] = rotate(held, (t + 1) * (t + 2) / 2 % 64);
        held = lane;
    }
}

static void chi(uint64_t a[25])
{
    for (size_t y = 0; y < 25; y += 5) {
        uint64_t row[5];

        memcpy(row, a + y, sizeof(row));
        for (size_t x = 0; x < 5; x++)
            a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
}

/* The next bit of the round constants' shift register. */
static unsigned next_bit(unsigned *lfsr)
{
    unsigned bit = *lfsr & 1;

    *lfsr = (*lfsr & 0x80) != 0 ? *lfsr << 1 ^ 0x171 : *lfsr << 1;
    return bit;
}

static void permute(uint64_t a[25])
{
    unsigned lfsr = 1;

    for (int round = 0; round < 24; round++) {
        theta(a);
        rho_pi(a);
        chi(a);
        for (unsigned j = 0; j < 7; j++)
            a[0] ^= (uint64_t)next_bit(&lfsr) << ((1U << j) - 1);
    }
}

void ks_keccak256(uint8_t out[KS_KECCAK_LEN], struct ks_span bytes)
{
    uint8_t block[KS_KECCAK_RATE] = {0};
    uint64_t a[25] = {0};

    if (bytes.len > 0)
        memcpy(block, bytes.ptr, bytes.len);
    block[bytes.len] = 0x01;
    block[KS_KECCAK_RATE - 1] |= 0x80;
    for (size_t i = 0; i < sizeof(block); i++)
        a[i / 8] |= (uint64_t)block[i] << (8 * (i % 8));
    permute(a);
    for (size_t i = 0; i < KS_KECCAK_LEN; i++)
        out[i] = (uint8_t)(a[i / 8] >> (8 * (i % 8)));
}
