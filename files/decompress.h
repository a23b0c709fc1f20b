/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decompress.h: what gzip, xz, zstd, bzip2 and lz4 hold, one after the other,
 * and no more of it than a bound allows. What reads it may skip what it likes:
 * all that is decompressed counts.
 */
#ifndef KS_FILES_DECOMPRESS_H
#define KS_FILES_DECOMPRESS_H

#include "files/archive.h"

struct ks_decompressor;

/*
 * Begins; `from` is borrowed and read by nobody else meanwhile. Gives `*left`
 * bytes at most, and if it is a source KS_ARCHIVE_RATIO for each of its own,
 * which `*left` is raised by. KS_ENOMEM. Whatever is damaged shows when it is
 * read.
 */
enum ks_rc ks_decompressor_new(struct ks_decompressor **out,
                               const struct ks_archive_from *from,
                               uint64_t *left, struct ks_err *err);
void ks_decompressor_free(struct ks_decompressor *decompressor);

/* Before the first read: whether it holds nothing. */
bool ks_decompressor_is_empty(const struct ks_decompressor *decompressor);

/* Before the first read: whether it begins with a record of zeros, as an empty
 * tar does. */
bool ks_decompressor_begins_with_zeros(
    const struct ks_decompressor *decompressor);

/*
 * The next bytes, valid until the next call; 0 at the end; −1 with words in
 * ks_decompressor_error. EFBIG is in errno if the bound is reached.
 */
ssize_t ks_decompressor_read(struct ks_decompressor *decompressor,
                             const void **bytes);

/* Why the last read failed. */
const char *ks_decompressor_error(struct ks_decompressor *decompressor);

/* Whether the bound was reached. */
bool ks_decompressor_is_over(const struct ks_decompressor *decompressor);

/* At the end: whether bytes are left that are not of it. */
bool ks_decompressor_has_more(struct ks_decompressor *decompressor);

#endif
