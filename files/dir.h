/* SPDX-License-Identifier: Apache-2.0 */
/* dir.h: a directory of a walk, shared by the jobs that need it. */
#ifndef KS_FILES_DIR_H
#define KS_FILES_DIR_H

#include "base/span.h"
#include "files/ignore.h"

#include <stdatomic.h>
#include <sys/types.h>

/*
 * Counted: one for the creator, one for each directory below it that lives.
 * The descriptor is counted apart, so that it closes when the last file of the
 * directory was read, not when the last directory below it was.
 */
struct ks_dir {
    atomic_uint refs;
    atomic_uint users;     /* of `fd` */
    struct ks_dir *parent; /* NULL for a PATH of the user's */
    int root;              /* descriptor of the PATH, borrowed */
    int fd;    /* −1 until listed; AT_FDCWD for the user's own files */
    dev_t dev; /* both known once it is listed */
    ino_t ino;
    struct ks_ignore *ignore; /* owned; NULL if nothing is said */
    size_t below; /* where in `path` the part begins that lies below root */
    char path[];  /* as shown: "" or ending in '/' */
};

/*
 * A directory with one reference; `parent` may be NULL. `path` gets its slash
 * here. NULL without memory.
 */
struct ks_dir *ks_dir_new(struct ks_dir *parent, int root, struct ks_span path);
void ks_dir_release(struct ks_dir *dir);

/* Takes and gives back the use of `fd`, together with a reference. */
void ks_dir_use(struct ks_dir *dir);
void ks_dir_done(struct ks_dir *dir);

/* Whether .gitignore files leave out `path`, which lies in the directory. */
bool ks_dir_ignores(const struct ks_dir *dir, const char *path, bool is_dir);

/* Whether the directory is one of its own ancestors. */
bool ks_dir_loops(const struct ks_dir *dir);

#endif
