/* SPDX-License-Identifier: Apache-2.0 */
#include "git/staged.h"

#include "git/tips.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum ks_rc ks_staged_index(struct ks_index *out, const struct ks_git *git,
                           struct ks_err *err)
{
    const char *named =
        git->options.from_environment ? getenv("GIT_INDEX_FILE") : NULL;
    char path[PATH_MAX];

    if (named != NULL && *named != '\0')
        return ks_index_read(out, named, git->oid_len, err);
    if (git->workdir == NULL)
        return ks_fail(err, KS_EINVAL,
                       "%s: a bare repository has nothing staged",
                       git->git_dir);
    (void)snprintf(path, sizeof(path), "%sindex", git->git_dir);
    return ks_index_read(out, path, git->oid_len, err);
}

enum ks_rc ks_head_tree(struct ks_oid *out, struct ks_git *git,
                        struct ks_objects *objects, struct ks_err *err)
{
    struct ks_object object;
    struct ks_commit_view view;
    struct ks_oid oid;
    enum ks_rc rc = ks_tips_head(&oid, git, err);

    *out = (struct ks_oid){.len = 0};
    if (rc != KS_OK || oid.len == 0)
        return rc;
    rc = ks_objects_read(&object, objects, &oid, err);
    if (rc != KS_OK)
        return ks_fail_within(err, rc, "HEAD");
    if (ks_commit_parse(&view, object.bytes, oid.len))
        *out = view.tree;
    ks_object_release(&object);
    return KS_OK;
}
