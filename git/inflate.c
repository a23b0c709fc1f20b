/* SPDX-License-Identifier: Apache-2.0 */
#include "git/inflate.h"

#include <libdeflate.h>

struct ks_inflater;

static struct libdeflate_decompressor *decoder(struct ks_inflater *inflater)
{
    return (struct libdeflate_decompressor *)inflater;
}

enum ks_rc ks_inflater_new(struct ks_inflater **out, struct ks_err *err)
{
    struct libdeflate_decompressor *made = libdeflate_alloc_decompressor();

    if (made == NULL)
        return ks_fail_memory(err);
    *out = (struct ks_inflater *)made;
    return KS_OK;
}

void ks_inflater_free(struct ks_inflater *inflater)
{
    if (inflater != NULL)
        libdeflate_free_decompressor(decoder(inflater));
}

bool ks_inflate(struct ks_inflater *inflater, struct ks_span in, uint8_t *out,
                size_t size)
{
    return ks_inflate_up_to(inflater, in, out, size + KS_INFLATE_SLACK) == size;
}

size_t ks_inflate_up_to(struct ks_inflater *inflater, struct ks_span in,
                        uint8_t *out, size_t room)
{
    size_t size = 0;

    switch (libdeflate_zlib_decompress_ex(decoder(inflater), in.ptr, in.len,
                                          out, room, NULL, &size)) {
    case LIBDEFLATE_SUCCESS:
        return size;
    case LIBDEFLATE_INSUFFICIENT_SPACE:
        return SIZE_MAX - 1;
    case LIBDEFLATE_BAD_DATA:
    case LIBDEFLATE_SHORT_OUTPUT:
        break;
    }
    return SIZE_MAX;
}
