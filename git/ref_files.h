/* SPDX-License-Identifier: Apache-2.0 */
/* ref_files.h: the files in which git writes refs down, and their lines. */
#ifndef KS_GIT_REF_FILES_H
#define KS_GIT_REF_FILES_H

#include "base/buf.h"
#include "git/internal.h"

enum { KS_REF_FILE = 1024 * 1024 }; /* bytes of a loose ref or of FETCH_HEAD */

/* Counts a file or folder that cannot be read. */
void ks_ref_unreadable(const struct ks_git *git, const char *path);

/*
 * Reads a file of the repository; empty if it is not there or cannot be read,
 * which is counted. Only KS_ENOMEM fails. The caller releases `text`.
 */
enum ks_rc ks_ref_read(struct ks_buf *text, const struct ks_git *git,
                       const char *path, size_t cap, struct ks_err *err);

/*
 * Maps packed-refs, for it may have millions of lines; git replaces it, never
 * writes. Its path goes to `path`, of PATH_MAX bytes. False where there is
 * none; that it cannot be read is counted. To be ended by ks_map_close.
 */
bool ks_ref_map_packed(struct ks_span *text, char *path,
                       const struct ks_git *git, struct ks_err *err);

/* Takes one line off `text`; the last may lack its end. False at the end. */
bool ks_ref_line(struct ks_span *line, struct ks_span *text);

bool ks_ref_begins(struct ks_span text, const char *with);

#endif
