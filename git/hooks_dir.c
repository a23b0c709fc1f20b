/* SPDX-License-Identifier: Apache-2.0 */
#include "git/hooks_dir.h"

#include "git/internal.h"

#include <git2.h>

#include <string.h>

static enum ks_rc add_configured(struct ks_buf *out, const struct ks_git *git,
                                 const char *path)
{
    size_t len = strlen(path);
    enum ks_rc rc = KS_OK;

    /* A relative one is relative to where hooks run. */
    if (*path != '/')
        rc = ks_buf_add_str(out,
                            git->workdir != NULL ? git->workdir : git->git_dir);
    while (len > 1 && path[len - 1] == '/')
        len--;
    if (rc == KS_OK)
        rc = ks_buf_add(out, (struct ks_span){(const uint8_t *)path, len});
    return rc;
}

enum ks_rc ks_git_hooks_dir(struct ks_buf *out, struct ks_git *git,
                            struct ks_err *err)
{
    git_config *config = NULL;
    git_buf path = GIT_BUF_INIT;
    enum ks_rc rc = ks_git_need_libgit2(git, err);
    int code;

    if (rc != KS_OK)
        return rc;
    code = git_repository_config(&config, git->repo);
    if (code < 0)
        return ks_git_fail(err, code, "read the configuration");
    code = git_config_get_path(&path, config, "core.hooksPath");
    if (code == 0) {
        rc = add_configured(out, git, path.ptr);
    } else {
        rc = ks_buf_add_str(out, git->common_dir);
        if (rc == KS_OK)
            rc = ks_buf_add_str(out, "hooks");
    }
    git_buf_dispose(&path);
    git_config_free(config);
    return rc == KS_OK ? KS_OK : ks_fail_memory(err);
}
