/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sweep.h: the one pass over all bytes: which could be base64, and where
 * another encoding may have left its mark.
 */
#ifndef KS_SCANNER_DECODERS_SWEEP_H
#define KS_SCANNER_DECODERS_SWEEP_H

#include <stddef.h>
#include <stdint.h>

enum { KS_SWEEP_BLOCK = 64 };

/* What 64 bytes are; bit i stands for byte i. */
struct ks_sweep_masks {
    /* Digits of base64: A–Z a–z 0–9 + / - _ */
    uint64_t digits;

    /*
     * This byte and the next are one of these pairs, and perhaps a few others:
     *     %0 %2 … %7      \u \x \U \X \0 \1 \" \/      &# &q      =3 -\
     *     (also -3 =\)    = and a line end
     */
    uint64_t marks;

    /* A quote, and behind it one of  space CR LF + - . & * ' " */
    uint64_t quotes;
};

/* Fills in the masks of each block. Reads one byte behind the last block. */
void ks_sweep(struct ks_sweep_masks *masks, const uint8_t *bytes,
              size_t blocks);

#endif
