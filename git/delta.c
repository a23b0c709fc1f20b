/* SPDX-License-Identifier: Apache-2.0 */
#include "git/delta.h"

#include "git/inflate.h"

#include <string.h>

enum {
    COPY = 0x80,
    COPY_DEFAULT =
        0x10000, /* length of a copy whose length bytes are left out */
    WORD = 32,   /* bytes moved at once; at most KS_INFLATE_SLACK */
    SHORT = 256, /* up to here, words beat a call of memcpy */
};

/* Reads a little-endian number of 7 bits a byte. */
static bool read_size(uint64_t *out, struct ks_span delta, size_t *at)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 63 && *at < delta.len; shift += 7) {
        uint8_t byte = delta.ptr[(*at)++];

        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *out = value;
            return true;
        }
    }
    return false;
}

enum ks_rc ks_delta_head(struct ks_delta_head *out, struct ks_span delta)
{
    struct ks_delta_head head = {0};

    if (!read_size(&head.base_size, delta, &head.commands_at) ||
        !read_size(&head.result_size, delta, &head.commands_at))
        return KS_EFORMAT;
    *out = head;
    return KS_OK;
}

/* Copies in words, up to WORD − 1 bytes too many at either side. */
static inline void copy_loose(uint8_t *to, const uint8_t *from, size_t len)
{
    if (len > SHORT) {
        memcpy(to, from, len);
        return;
    }
    for (size_t at = 0; at < len; at += WORD)
        memcpy(to + at, from + at, WORD);
}

/* Reads the operands of a copy; true unless the delta ends within them. */
static inline bool read_copy(struct ks_copy *copy, const uint8_t **at,
                             const uint8_t *end, uint8_t command)
{
    const uint8_t *p = *at;
    uint32_t from = 0;
    uint32_t len = 0;

    if (end - p < 7 && end - p < __builtin_popcount(command & 0x7f))
        return false;
    if (command & 0x01)
        from = *p++;
    if (command & 0x02)
        from |= (uint32_t)*p++ << 8;
    if (command & 0x04)
        from |= (uint32_t)*p++ << 16;
    if (command & 0x08)
        from |= (uint32_t)*p++ << 24;
    if (command & 0x10)
        len = *p++;
    if (command & 0x20)
        len |= (uint32_t)*p++ << 8;
    if (command & 0x40)
        len |= (uint32_t)*p++ << 16;
    copy->from = from;
    copy->len = len == 0 ? COPY_DEFAULT : len;
    *at = p;
    return true;
}

static inline bool note_copy(struct ks_copies *copies,
                             const struct ks_copy *copy)
{
    struct ks_copy *last =
        copies->len == 0 ? NULL : &copies->items[copies->len - 1];

    if (last != NULL && last->to + last->len == copy->to &&
        last->from + last->len == copy->from) {
        last->len += copy->len;
        return true;
    }
    return KS_VEC_PUSH(copies, *copy);
}

enum ks_rc ks_delta_apply(uint8_t *out, const struct ks_delta_head *head,
                          struct ks_span base, struct ks_span delta,
                          struct ks_copies *copies)
{
    const uint8_t *p = delta.ptr + head->commands_at;
    const uint8_t *end = delta.ptr + delta.len;
    uint32_t size = (uint32_t)head->result_size;
    struct ks_copy copy = {0}; /* `to` is the length of the result so far */

    if (head->base_size != base.len || head->result_size > UINT32_MAX)
        return KS_EFORMAT;
    if (copies != NULL)
        copies->len = 0;
    while (p < end) {
        uint8_t command = *p++;

        if ((command & COPY) != 0) {
            if (!read_copy(&copy, &p, end, command) || copy.from > base.len ||
                copy.len > base.len - copy.from || copy.len > size - copy.to)
                return KS_EFORMAT;
            copy_loose(out + copy.to, base.ptr + copy.from, copy.len);
            if (copies != NULL && !note_copy(copies, &copy))
                return KS_ENOMEM;
        } else {
            copy.len = command;
            if (command == 0 || command > end - p || command > size - copy.to)
                return KS_EFORMAT;
            copy_loose(out + copy.to, p, command);
            p += command;
        }
        copy.to += copy.len;
    }
    return copy.to == size ? KS_OK : KS_EFORMAT;
}
