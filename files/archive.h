/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive.h: members of archives and compressed files, through libarchive:
 * zip and its kin (jar, docx, odt …), tar, 7z, deb, and gzip, xz, zstd, bzip2
 * and lz4 around a tar or a single file. Told apart by their first bytes.
 */
#ifndef KS_FILES_ARCHIVE_H
#define KS_FILES_ARCHIVE_H

#include "files/window.h"

enum {
    KS_ARCHIVE_DEPTH = 3,   /* archives in archives; the file itself is 1 */
    KS_ARCHIVE_RATIO = 200, /* bytes that each one of a file may expand to */
};

/* Whether something begins like a file that can be opened here. */
bool ks_archive_begins(struct ks_span head);

/*
 * What to open: bytes in memory, or `fd` from its beginning if it is ≥ 0, or
 * `bytes` and then what `source` gives if that can be read.
 */
struct ks_archive_from {
    struct ks_span bytes;
    int fd;
    struct ks_source source;
    uint64_t size;    /* of all, or 0 if unknown */
    const char *path; /* of the file; NULL for standard input */
};

/*
 * Whether something ends like a zip, which may stand behind anything, such as
 * the first line of a script, and before anything, such as a signature. Not
 * for a source.
 */
bool ks_archive_ends(const struct ks_archive_from *from);

/* As ks_archive_ends, of the last bytes of something long. */
bool ks_archive_ends_here(struct ks_span tail);

/*
 * Hands over every member: its name, its bytes or the target of its link, with
 * `archive` saying where it is. What is encrypted, damaged or beyond a bound is
 * counted. `*whole` tells whether the archive was read to its end and nothing
 * stands around it; if not, the caller scans the plain bytes as well. What
 * stands behind the archive in a source is counted. Does not touch lane->buf.
 *
 * Bounds: KS_ARCHIVE_DEPTH, and expanded bytes of 256 MiB + KS_ARCHIVE_RATIO
 * times the size, members that are passed over included.
 */
enum ks_rc ks_archive_scan(struct ks_lane *lane,
                           const struct ks_archive_from *from, bool *whole);

#endif
