/* SPDX-License-Identifier: Apache-2.0 */
#include "base/record.h"

#include <string.h>

enum { TEXT_WIDTH = 4 }; /* of a length; 0 is no text, others are one more */

void ks_record_put_bytes(struct ks_record_out *out, const void *bytes,
                         size_t len)
{
    if (out->rc == KS_OK && len > 0)
        out->rc = ks_buf_add(out->buf, (struct ks_span){bytes, len});
}

void ks_record_put(struct ks_record_out *out, uint64_t value, unsigned width)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> 8 * (width - 1 - i));
    ks_record_put_bytes(out, bytes, width);
}

void ks_record_put_text(struct ks_record_out *out, const char *text)
{
    size_t len = text == NULL ? 0 : strlen(text);

    if (out->rc == KS_OK && len >= UINT32_MAX)
        out->rc = KS_ELIMIT;
    ks_record_put(out, text == NULL ? 0 : len + 1, TEXT_WIDTH);
    ks_record_put_bytes(out, text, len);
}

struct ks_span ks_record_take_bytes(struct ks_record_in *in, size_t len)
{
    struct ks_span taken = ks_span_slice(in->rest, 0, len);

    if (taken.len != len)
        in->good = false;
    in->rest = ks_span_slice(in->rest, len, SIZE_MAX);
    return in->good ? taken : (struct ks_span){NULL, 0};
}

uint64_t ks_record_take(struct ks_record_in *in, unsigned width)
{
    struct ks_span bytes = ks_record_take_bytes(in, width);
    uint64_t value = 0;

    for (size_t i = 0; i < bytes.len; i++)
        value = value << 8 | bytes.ptr[i];
    return value;
}

uint64_t ks_record_take_below(struct ks_record_in *in, unsigned width,
                              uint64_t end)
{
    uint64_t value = ks_record_take(in, width);

    if (value < end)
        return value;
    in->good = false;
    return 0;
}

struct ks_span ks_record_take_text(struct ks_record_in *in)
{
    uint64_t len = ks_record_take(in, TEXT_WIDTH);
    struct ks_span empty = {in->rest.ptr, 0};

    if (len == 0)
        return (struct ks_span){NULL, 0};
    return len == 1 ? empty : ks_record_take_bytes(in, (size_t)len - 1);
}

bool ks_record_keep_text(const char **text, struct ks_arena *arena,
                         struct ks_record_in *in)
{
    struct ks_span bytes = ks_record_take_text(in);

    *text = NULL;
    if (bytes.ptr == NULL)
        return true;
    *text = ks_arena_text(arena, bytes);
    return *text != NULL;
}
