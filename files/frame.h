/* SPDX-License-Identifier: Apache-2.0 */
/* frame.h: how archives begin and end, and what stands outside of them. */
#ifndef KS_FILES_FRAME_H
#define KS_FILES_FRAME_H

#include "files/archive.h"

enum ks_frame { KS_FRAME_NONE, KS_FRAME_CONTAINER, KS_FRAME_COMPRESSED };

enum ks_frame ks_frame_of(struct ks_span head);

/* Bytes of a file or of memory; not for a source. */
uint64_t ks_frame_size(const struct ks_archive_from *from);

/* Copies [at, at + len), or returns false. */
bool ks_frame_read(uint8_t *to, size_t len, const struct ks_archive_from *from,
                   uint64_t at);

/*
 * Whether bytes stand before or behind the members of a container, or in a zip
 * between them or in comments, by what it says of itself. True of a zip that
 * comes from a source: what it says stands at its end.
 */
bool ks_frame_has_more(const struct ks_archive_from *from);

#endif
