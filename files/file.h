/* SPDX-License-Identifier: Apache-2.0 */
/* file.h: one entry of a directory, read and handed over. */
#ifndef KS_FILES_FILE_H
#define KS_FILES_FILE_H

#include "files/lane.h"

/*
 * Reads the regular file `name` of the directory `dir` and hands it over as
 * `path`: whole, in windows, or as the members of an archive. Never blocks on
 * what is no regular file, and follows a symbolic link only if `follow`. What
 * cannot be read is counted. Fails only when the sink fails.
 */
enum ks_rc ks_file_scan(struct ks_lane *lane, int dir, const char *name,
                        const char *path, bool follow);

/* Hands over where the symbolic link `name` points to. */
enum ks_rc ks_file_scan_link(struct ks_lane *lane, int dir, const char *name,
                             const char *path);

/* Hands over what `fd` gives; its end is where read says so. */
enum ks_rc ks_file_scan_stream(struct ks_lane *lane, int fd);

#endif
