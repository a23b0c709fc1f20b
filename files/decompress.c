/* SPDX-License-Identifier: Apache-2.0 */
#include "files/decompress.h"

#include "files/feed.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 64 * 1024,
    RECORD = 512, /* of a tar */
};

struct ks_decompressor {
    struct archive *archive;
    uint64_t most, given; /* bytes */
    bool over;            /* there was more than that */
    bool first;           /* `block` was read, and not given yet */
    bool failed;          /* the source cannot be read on */
    size_t len;           /* of the block */
    uint8_t block[BLOCK];
    struct ks_feed feed;
};

static void choose(struct archive *archive)
{
    (void)archive_read_support_format_raw(archive);
    (void)archive_read_support_format_empty(archive);
    (void)archive_read_support_filter_gzip(archive);
    (void)archive_read_support_filter_xz(archive);
    (void)archive_read_support_filter_zstd(archive);
    (void)archive_read_support_filter_bzip2(archive);
    (void)archive_read_support_filter_lz4(archive);
}

/* Fills the block, unless the end comes before. */
static void fill(struct ks_decompressor *d)
{
    la_ssize_t got = 1;

    d->len = 0;
    while (got > 0 && d->len < BLOCK) {
        got = archive_read_data(d->archive, d->block + d->len, BLOCK - d->len);
        if (got > 0)
            d->len += (size_t)got;
    }
    d->failed = got < 0;
}

static void begin(struct ks_decompressor *d, const struct ks_archive_from *from,
                  uint64_t *left)
{
    struct archive_entry *entry;
    int got = ARCHIVE_FATAL;

    choose(d->archive);
    if (ks_feed_open(&d->feed, d->archive, from, left) == ARCHIVE_OK)
        got = archive_read_next_header(d->archive, &entry);
    d->first = true;
    d->failed = got != ARCHIVE_OK && got != ARCHIVE_EOF;
    if (got == ARCHIVE_OK)
        fill(d);
}

enum ks_rc ks_decompressor_new(struct ks_decompressor **out,
                               const struct ks_archive_from *from,
                               uint64_t *left, struct ks_err *err)
{
    struct ks_decompressor *d = calloc(1, sizeof(*d));

    if (d != NULL)
        d->archive = archive_read_new();
    if (d == NULL || d->archive == NULL) {
        ks_decompressor_free(d);
        return ks_fail_memory(err);
    }
    d->most = *left;
    begin(d, from, left);
    *out = d;
    return KS_OK;
}

void ks_decompressor_free(struct ks_decompressor *decompressor)
{
    if (decompressor == NULL)
        return;
    if (decompressor->archive != NULL)
        (void)archive_read_free(decompressor->archive);
    explicit_bzero(decompressor->block, BLOCK);
    free(decompressor);
}

bool ks_decompressor_is_empty(const struct ks_decompressor *decompressor)
{
    return decompressor->first && decompressor->len == 0 &&
           !decompressor->failed;
}

bool ks_decompressor_begins_with_zeros(
    const struct ks_decompressor *decompressor)
{
    static const uint8_t zeros[RECORD];

    return decompressor->first && decompressor->len >= RECORD &&
           memcmp(decompressor->block, zeros, RECORD) == 0;
}

ssize_t ks_decompressor_read(struct ks_decompressor *decompressor,
                             const void **bytes)
{
    struct ks_decompressor *d = decompressor;

    if (!d->first) {
        d->len = 0;
        if (!d->failed)
            fill(d);
    }
    d->first = false;
    *bytes = d->block;
    if (d->len == 0 && d->failed) {
        errno = EIO;
        return -1;
    }
    d->given += d->len;
    if (d->given > d->most + d->feed.given * KS_ARCHIVE_RATIO) {
        d->over = true;
        errno = EFBIG;
        return -1;
    }
    return (ssize_t)d->len;
}

const char *ks_decompressor_error(struct ks_decompressor *decompressor)
{
    const char *words = archive_error_string(decompressor->archive);

    return decompressor->over ? "more than the bound allows"
           : words != NULL    ? words
                              : "damaged";
}

bool ks_decompressor_is_over(const struct ks_decompressor *decompressor)
{
    return decompressor->over;
}

bool ks_decompressor_has_more(struct ks_decompressor *decompressor)
{
    struct archive *archive = decompressor->archive;

    return ks_feed_has_more(&decompressor->feed, archive,
                            (uint64_t)archive_filter_bytes(archive, -1));
}
