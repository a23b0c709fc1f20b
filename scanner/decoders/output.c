/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/decoders/output.h"

#include <stdlib.h>

void ks_decode_output_init(struct ks_decode_output *output, size_t cap)
{
    *output = (struct ks_decode_output){.map.pieces.items = NULL};
    ks_buf_init(&output->bytes, cap);
}

void ks_decode_output_release(struct ks_decode_output *output)
{
    ks_buf_wipe(&output->bytes);
    KS_VEC_RELEASE(&output->map.pieces);
}

void ks_decode_output_clear(struct ks_decode_output *output)
{
    ks_buf_clear(&output->bytes);
    output->map.pieces.len = 0;
}

/* Whether the last piece, continued, says the same of the next byte. */
static bool continues(const struct ks_decode_output *output, size_t outer,
                      unsigned in, unsigned out)
{
    const struct ks_decode_pieces *pieces = &output->map.pieces;
    const struct ks_decode_piece *last;

    if (pieces->len == 0 || in != 1 || out != 1)
        return false;
    last = &pieces->items[pieces->len - 1];
    return last->in == 1 && last->out == 1 &&
           last->outer + (output->bytes.len - last->at) == outer;
}

enum ks_rc ks_decode_output_piece(struct ks_decode_output *output, size_t outer,
                                  unsigned in, unsigned out)
{
    if (continues(output, outer, in, out))
        return KS_OK;
    if (!KS_VEC_PUSH(&output->map.pieces,
                     (struct ks_decode_piece){(uint32_t)output->bytes.len,
                                              (uint32_t)outer, (uint8_t)in,
                                              (uint8_t)out}))
        return KS_ENOMEM;
    return KS_OK;
}

enum ks_rc ks_decode_output_copy(struct ks_decode_output *output, size_t outer,
                                 struct ks_span bytes)
{
    enum ks_rc rc;

    if (bytes.len == 0)
        return KS_OK;
    rc = ks_decode_output_piece(output, outer, 1, 1);
    return rc == KS_OK ? ks_buf_add(&output->bytes, bytes) : rc;
}

static size_t to_utf8(uint8_t out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | (c >> 18 & 7));
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

enum ks_rc ks_decode_output_char(struct ks_decode_output *output, size_t outer,
                                 unsigned in, uint32_t c)
{
    uint8_t bytes[4];
    size_t len = to_utf8(bytes, c);
    enum ks_rc rc = ks_decode_output_piece(output, outer, in, (unsigned)len);

    if (rc != KS_OK)
        return rc;
    return ks_buf_add(&output->bytes, (struct ks_span){bytes, len});
}
