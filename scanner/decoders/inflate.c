/* SPDX-License-Identifier: Apache-2.0 */
/* inflate.c: gzip and zlib, within bounds. */
#include "scanner/decoders/kinds.h"

#include <libdeflate.h>

/* The size that a gzip member tells of itself, or a guess for zlib. */
static size_t inflated_size(struct ks_span bytes, bool gzip)
{
    const uint8_t *last = bytes.ptr + bytes.len - 4;

    if (!gzip)
        return bytes.len * 16;
    return (size_t)last[0] | (size_t)last[1] << 8 | (size_t)last[2] << 16 |
           (size_t)last[3] << 24;
}

static enum libdeflate_result inflate(struct ks_decoder *decoder,
                                      struct ks_span bytes, size_t room,
                                      size_t *len)
{
    uint8_t *out = decoder->inflated.bytes.ptr;

    if (bytes.ptr[0] == 0x1f)
        return libdeflate_gzip_decompress(decoder->inflater, bytes.ptr,
                                          bytes.len, out, room, len);
    return libdeflate_zlib_decompress(decoder->inflater, bytes.ptr, bytes.len,
                                      out, room, len);
}

enum ks_rc ks_decode_inflate(struct ks_decode_job *job)
{
    struct ks_decoder *decoder = job->decoder;
    struct ks_span bytes = ks_buf_span(&job->output->bytes);
    struct ks_decode_output swap;
    enum libdeflate_result result;
    size_t room, len = 0;

    if (bytes.len < 18 || (bytes.ptr[0] != 0x1f && bytes.ptr[0] != 0x78))
        return KS_EFORMAT;
    room = inflated_size(bytes, bytes.ptr[0] == 0x1f);
    room = room < KS_DECODE_INFLATED ? room : KS_DECODE_INFLATED;
    room = room < decoder->budget ? room : decoder->budget;
    ks_decode_output_clear(&decoder->inflated);
    if (ks_buf_reserve(&decoder->inflated.bytes, room + 1) != KS_OK)
        return KS_ENOMEM;
    result = inflate(decoder, bytes, room, &len);
    decoder->budget -= result == LIBDEFLATE_SUCCESS ? len : room;
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
        ks_decode_limit(job);
        return KS_ELIMIT;
    }
    if (result != LIBDEFLATE_SUCCESS || len == 0)
        return KS_EFORMAT;
    decoder->inflated.bytes.len = len;
    swap = *job->output;
    *job->output = decoder->inflated;
    decoder->inflated = swap;
    return KS_OK;
}
