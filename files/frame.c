/* SPDX-License-Identifier: Apache-2.0 */
#include "files/frame.h"

#include "files/zip.h"

#include <string.h>
#include <unistd.h>

enum {
    SEVEN_ZIP_HEAD = 32 /* of which the last 20 say where it ends */
};

static const struct {
    const char *bytes;
    size_t len;
    size_t at;
    enum ks_frame frame;
} magics[] = {
    {"PK\003\004", 4, 0, KS_FRAME_CONTAINER},
    {"ustar", 5, 257, KS_FRAME_CONTAINER},
    {"7z\274\257\047\034", 6, 0, KS_FRAME_CONTAINER},
    {"!<arch>\ndebian-binary", 21, 0, KS_FRAME_CONTAINER},
    {"\037\213\010", 3, 0, KS_FRAME_COMPRESSED},
    {"\3757zXZ\0", 6, 0, KS_FRAME_COMPRESSED},
    {"(\265/\375", 4, 0, KS_FRAME_COMPRESSED},
    {"1AY&SY", 6, 4, KS_FRAME_COMPRESSED}, /* bzip2: BZh1 … BZh9 before it */
    {"\004\"M\030", 4, 0, KS_FRAME_COMPRESSED},
};

enum ks_frame ks_frame_of(struct ks_span head)
{
    for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
        struct ks_span part =
            ks_span_slice(head, magics[i].at, magics[i].at + magics[i].len);

        if (part.len == magics[i].len &&
            memcmp(part.ptr, magics[i].bytes, part.len) == 0)
            return magics[i].frame;
    }
    return KS_FRAME_NONE;
}

bool ks_archive_begins(struct ks_span head)
{
    return ks_frame_of(head) != KS_FRAME_NONE;
}

uint64_t ks_frame_size(const struct ks_archive_from *from)
{
    return from->fd >= 0 ? from->size : from->bytes.len;
}

bool ks_frame_read(uint8_t *to, size_t len, const struct ks_archive_from *from,
                   uint64_t at)
{
    if (at > ks_frame_size(from) || len > ks_frame_size(from) - at)
        return false;
    if (from->fd >= 0)
        return pread(from->fd, to, len, (off_t)at) == (ssize_t)len;
    if (len > 0)
        memcpy(to, from->bytes.ptr + at, len);
    return true;
}

bool ks_archive_ends(const struct ks_archive_from *from)
{
    return ks_zip_ends(from);
}

bool ks_archive_ends_here(struct ks_span tail)
{
    struct ks_archive_from from = {.bytes = tail, .fd = -1};

    return ks_zip_ends(&from);
}

static uint64_t number(const uint8_t *bytes)
{
    uint64_t out = 0;

    for (size_t i = 8; i-- > 0;)
        out = out << 8 | bytes[i];
    return out;
}

/* What a damaged head claims may be anything: then nothing stands behind. */
static bool seven_zip_has_more(const struct ks_archive_from *from)
{
    uint8_t head[SEVEN_ZIP_HEAD];
    uint64_t left = ks_frame_size(from) - SEVEN_ZIP_HEAD;

    if (!ks_frame_read(head, sizeof(head), from, 0) || number(head + 12) > left)
        return false;
    left -= number(head + 12);
    return number(head + 20) < left;
}

bool ks_frame_has_more(const struct ks_archive_from *from)
{
    struct ks_span head = from->bytes;

    if (ks_frame_of(head) == KS_FRAME_NONE)
        return true;
    if (memcmp(head.ptr, "PK\003\004", 4) == 0)
        return from->source.read != NULL || ks_zip_has_more(from);
    return from->source.read == NULL &&
           memcmp(head.ptr, "7z\274\257", 4) == 0 && seven_zip_has_more(from);
}
