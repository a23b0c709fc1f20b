/* SPDX-License-Identifier: Apache-2.0 */
/* frame.h: how archives begin and end, and what stands outside of them. */
#ifndef KS_FILES_FRAME_H
#define KS_FILES_FRAME_H

#include "files/archive.h"

enum ks_frame { KS_FRAME_NONE, KS_FRAME_CONTAINER, KS_FRAME_COMPRESSED };

enum ks_frame ks_frame_of(struct ks_span head);

/*
 * Whether bytes stand before or behind what is opened, or in a zip's comment,
 * that no member holds. `used` bytes were read by the decompressor; containers
 * are judged by what they say of themselves. False of a source.
 */
bool ks_frame_has_more(const struct ks_archive_from *from, uint64_t used);

#endif
