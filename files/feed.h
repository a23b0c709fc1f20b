/* SPDX-License-Identifier: Apache-2.0 */
/* feed.h: gives libarchive the bytes of what is opened, from its beginning. */
#ifndef KS_FILES_FEED_H
#define KS_FILES_FEED_H

#include "files/archive.h"

struct archive;

enum { KS_FEED_BLOCK = 64 * 1024 };

/* Bytes at hand, then those of a source: for input that cannot be rewound. */
struct ks_feed {
    const struct ks_archive_from *from; /* borrowed */
    uint64_t given; /* of a source, with the bytes at hand */
    uint64_t *left;
    uint8_t block[KS_FEED_BLOCK];
};

/*
 * Opens an archive whose formats are chosen. The feed must live as long as the
 * archive. The size of a source is not known before: what it gives raises the
 * bytes that are `left` to expand. Returns what libarchive does.
 */
int ks_feed_open(struct ks_feed *feed, struct archive *archive,
                 const struct ks_archive_from *from, uint64_t *left);

/* Whether anything is left behind the first `used` bytes; reads on. */
bool ks_feed_has_more(struct ks_feed *feed, struct archive *archive,
                      uint64_t used);

#endif
