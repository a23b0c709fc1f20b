/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip.h: what of a zip is no member of it: bytes around it, between its members
 * and in comments. After PKWARE's APPNOTE 6.3.10, section 4.3.
 */
#ifndef KS_FILES_ZIP_H
#define KS_FILES_ZIP_H

#include "files/archive.h"

/*
 * Whether a zip ends where this ends, or so close before it that its last
 * record is found; of a file or memory, not a source.
 */
bool ks_zip_ends(const struct ks_archive_from *from);

/*
 * Whether anything stands in it that is neither a member nor says what any zip
 * says of one: bytes before, between and behind, comments, extra fields that
 * are not known. True also if that cannot be told. Not for a source.
 */
bool ks_zip_has_more(const struct ks_archive_from *from);

#endif
