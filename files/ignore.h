/* SPDX-License-Identifier: Apache-2.0 */
/* ignore.h: what .gitignore files leave out (gitignore(5)). */
#ifndef KS_FILES_IGNORE_H
#define KS_FILES_IGNORE_H

#include "base/err.h"
#include "base/span.h"

/* The patterns of one file, and of those further up that apply as well. */
struct ks_ignore;

enum ks_ignored { KS_IGNORED_UNSAID, KS_IGNORED_NO, KS_IGNORED_YES };

/*
 * Reads `.gitignore` of the open directory `dir`. NULL in `*out` if there is
 * none that can be read. KS_ENOMEM.
 */
enum ks_rc ks_ignore_read(struct ks_ignore **out, int dir);

/*
 * The files of the directories above `path`, up to the one that holds `.git`;
 * NULL in `*out` if there are none. KS_ENOMEM.
 */
enum ks_rc ks_ignore_read_above(struct ks_ignore **out, const char *path);

/* Puts `above` behind `ignore`, of which it becomes a part. */
void ks_ignore_append(struct ks_ignore **ignore, struct ks_ignore *above);

void ks_ignore_free(struct ks_ignore *ignore);

/* What is said about a path, which is relative to the file's directory. */
enum ks_ignored ks_ignore_says(const struct ks_ignore *ignore, const char *path,
                               bool is_dir);

#endif
