/* SPDX-License-Identifier: Apache-2.0 */
/* below.h: opening what lies below a directory without leaving it. */
#ifndef KS_FILES_BELOW_H
#define KS_FILES_BELOW_H

/*
 * Opens the directory `path` (relative, of any length, "" for the root itself)
 * below `root`. No component may be a symbolic link. −1 with errno.
 */
int ks_below_open(int root, const char *path);

#endif
