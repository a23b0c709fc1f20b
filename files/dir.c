/* SPDX-License-Identifier: Apache-2.0 */
#include "files/dir.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ks_dir *ks_dir_new(struct ks_dir *parent, int root, struct ks_span path)
{
    struct ks_dir *dir = calloc(1, sizeof(*dir) + path.len + 2);

    if (dir == NULL)
        return NULL;
    atomic_init(&dir->refs, 1);
    atomic_init(&dir->users, 0);
    dir->root = root;
    dir->fd = -1;
    dir->parent = parent;
    if (path.len > 0)
        memcpy(dir->path, path.ptr, path.len);
    if (path.len > 0 && path.ptr[path.len - 1] != '/')
        dir->path[path.len] = '/';
    dir->below = strlen(dir->path);
    if (parent != NULL) {
        atomic_fetch_add(&parent->refs, 1);
        dir->below = parent->below;
    }
    return dir;
}

void ks_dir_release(struct ks_dir *dir)
{
    while (dir != NULL && atomic_fetch_sub(&dir->refs, 1) == 1) {
        struct ks_dir *parent = dir->parent;

        ks_ignore_free(dir->ignore);
        free(dir);
        dir = parent;
    }
}

void ks_dir_use(struct ks_dir *dir)
{
    atomic_fetch_add(&dir->refs, 1);
    atomic_fetch_add(&dir->users, 1);
}

void ks_dir_done(struct ks_dir *dir)
{
    if (atomic_fetch_sub(&dir->users, 1) == 1 && dir->fd >= 0)
        (void)close(dir->fd);
    ks_dir_release(dir);
}

bool ks_dir_ignores(const struct ks_dir *dir, const char *path, bool is_dir)
{
    enum ks_ignored said = KS_IGNORED_UNSAID;

    for (; dir != NULL && said == KS_IGNORED_UNSAID; dir = dir->parent)
        said = ks_ignore_says(dir->ignore, path + strlen(dir->path), is_dir);
    return said == KS_IGNORED_YES;
}

bool ks_dir_loops(const struct ks_dir *dir)
{
    const struct ks_dir *above = dir->parent;

    while (above != NULL && (above->ino != dir->ino || above->dev != dir->dev))
        above = above->parent;
    return above != NULL;
}
