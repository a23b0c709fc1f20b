/* SPDX-License-Identifier: Apache-2.0 */
/* output.h: decoded bytes as they grow, and where each came from. */
#ifndef KS_SCANNER_DECODERS_OUTPUT_H
#define KS_SCANNER_DECODERS_OUTPUT_H

#include "base/buf.h"
#include "base/vec.h"

/*
 * From decoded offset `at` on, each `out` decoded bytes stand for `in` bytes of
 * the outer text, beginning at `outer`.
 */
struct ks_decode_piece {
    uint32_t at, outer; /* `outer` counts from the span's beginning */
    uint8_t in, out;
};

KS_VEC(ks_decode_pieces, struct ks_decode_piece);

/* Empty pieces: nothing is known but the span. */
struct ks_decode_map {
    struct ks_decode_pieces pieces;
};

struct ks_decode_output {
    struct ks_buf bytes;
    struct ks_decode_map map;
};

void ks_decode_output_init(struct ks_decode_output *output, size_t cap);
void ks_decode_output_release(struct ks_decode_output *output);
void ks_decode_output_clear(struct ks_decode_output *output);

/* Says what the bytes that are added from now on stand for. KS_ENOMEM. */
enum ks_rc ks_decode_output_piece(struct ks_decode_output *output, size_t outer,
                                  unsigned in, unsigned out);

/* Appends bytes that stand for themselves, from `outer` on. */
enum ks_rc ks_decode_output_copy(struct ks_decode_output *output, size_t outer,
                                 struct ks_span bytes);

/* Appends the UTF-8 form of a code point that `in` bytes at `outer` encode. */
enum ks_rc ks_decode_output_char(struct ks_decode_output *output, size_t outer,
                                 unsigned in, uint32_t c);

#endif
