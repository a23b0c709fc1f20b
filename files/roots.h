/* SPDX-License-Identifier: Apache-2.0 */
/* roots.h: the PATHs that the user named. */
#ifndef KS_FILES_ROOTS_H
#define KS_FILES_ROOTS_H

#include "files/queue.h"
#include "files/walk.h"

/* Open directories; zeroed is empty. They must outlive the queue. */
struct ks_roots {
    KS_VEC(, int) fds;
};

/*
 * Checks every PATH and puts it into the queue; one that lies below another is
 * left out. Special files are counted in the coverage. KS_ENOENT, KS_EIO.
 */
enum ks_rc ks_roots_open(struct ks_roots *roots, const char *const *paths,
                         size_t count, const struct ks_files_options *options,
                         struct ks_file_queue *queue, struct ks_err *err);
void ks_roots_release(struct ks_roots *roots);

#endif
