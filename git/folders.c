/* SPDX-License-Identifier: Apache-2.0 */
#include "git/folders.h"

#include "base/file.h"

#include <git2.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALTERNATES_MAX = 1024,         /* folders of objects */
    ALTERNATES_FILE = 1024 * 1024, /* bytes of one info/alternates */
};

/* Absolute, links resolved, with a slash at the end; NULL if not there. */
static char *folder(const char *path)
{
    char *real = realpath(path, NULL);
    size_t len = real == NULL ? 0 : strlen(real);
    char *out = real == NULL ? NULL : realloc(real, len + 2);

    if (out == NULL) {
        free(real);
        return NULL;
    }
    if (len == 0 || out[len - 1] != '/') {
        out[len] = '/';
        out[len + 1] = '\0';
    }
    return out;
}

/* A value of the environment, where the options allow to look at it. */
static const char *environment(const struct ks_git *git, const char *name)
{
    const char *value = git->options.from_environment ? getenv(name) : NULL;

    return value == NULL || *value == '\0' ? NULL : value;
}

/*
 * Adds a folder of objects. One that is not there is left out: what it held
 * will be counted as missing.
 */
static enum ks_rc add_objects(struct ks_git *git, const char *path,
                              struct ks_err *err)
{
    char *found = folder(path);
    char **grown;

    if (found == NULL)
        return KS_OK;
    for (size_t i = 0; i < git->object_dir_count; i++)
        if (strcmp(git->object_dirs[i], found) == 0) {
            free(found);
            return KS_OK;
        }
    if (git->object_dir_count == ALTERNATES_MAX) {
        free(found);
        return ks_fail(err, KS_ELIMIT, "%s: more than %d alternates", path,
                       ALTERNATES_MAX);
    }
    grown =
        realloc(git->object_dirs, (git->object_dir_count + 1) * sizeof(*grown));
    if (grown == NULL) {
        free(found);
        return ks_fail_memory(err);
    }
    git->object_dirs = grown;
    git->object_dirs[git->object_dir_count++] = found;
    return KS_OK;
}

/* One line of info/alternates: absolute, or from the folder that names it. */
static enum ks_rc add_alternate(struct ks_git *git, const char *line, size_t of,
                                struct ks_err *err)
{
    char path[PATH_MAX];

    if (*line == '\0' || *line == '#')
        return KS_OK;
    if (snprintf(path, sizeof(path), "%s%s",
                 *line == '/' ? "" : git->object_dirs[of],
                 line) >= (int)sizeof(path))
        return KS_OK;
    return add_objects(git, path, err);
}

static enum ks_rc add_alternates(struct ks_git *git, size_t of,
                                 struct ks_err *err)
{
    struct ks_buf text;
    char path[PATH_MAX];
    char *line, *rest;
    enum ks_rc rc;

    (void)snprintf(path, sizeof(path), "%sinfo/alternates",
                   git->object_dirs[of]);
    ks_buf_init(&text, ALTERNATES_FILE);
    rc = ks_file_read(&text, path, err);
    if (rc == KS_OK)
        rc = ks_buf_add_byte(&text, '\0');
    rest = (char *)text.ptr;
    while (rc == KS_OK && rest != NULL && (line = strsep(&rest, "\n")) != NULL)
        rc = add_alternate(git, line, of, err);
    ks_buf_release(&text);
    return rc == KS_ENOENT ? KS_OK : rc;
}

/* A list of folders with ':' between them, as in git's environment. */
static enum ks_rc add_list(struct ks_git *git, const char *list,
                           struct ks_err *err)
{
    char *copy = strdup(list), *rest = copy, *item;
    enum ks_rc rc = KS_OK;

    if (copy == NULL)
        return ks_fail_memory(err);
    while (rc == KS_OK && (item = strsep(&rest, ":")) != NULL)
        rc = add_objects(git, item, err);
    free(copy);
    return rc;
}

enum ks_rc ks_folders_find_objects(struct ks_git *git, struct ks_err *err)
{
    const char *own = environment(git, "GIT_OBJECT_DIRECTORY");
    const char *more = environment(git, "GIT_ALTERNATE_OBJECT_DIRECTORIES");
    char path[PATH_MAX];
    enum ks_rc rc = KS_OK;

    if (own != NULL)
        rc = add_objects(git, own, err);
    (void)snprintf(path, sizeof(path), "%sobjects", git->common_dir);
    if (rc == KS_OK && own == NULL)
        rc = add_objects(git, path, err);
    if (rc == KS_OK && git->object_dir_count == 0)
        return ks_fail(err, KS_EIO, "%s: there is no such folder",
                       own != NULL ? own : path);
    if (rc == KS_OK && more != NULL)
        rc = add_list(git, more, err);
    for (size_t i = 0; rc == KS_OK && i < git->object_dir_count; i++)
        rc = add_alternates(git, i, err);
    return rc;
}

enum ks_rc ks_folders_take(struct ks_git *git, struct ks_err *err)
{
    const char *workdir = git_repository_workdir(git->repo);

    free(git->git_dir);
    free(git->common_dir);
    free(git->workdir);
    git->workdir = NULL;
    git->git_dir = folder(git_repository_path(git->repo));
    git->common_dir = folder(git_repository_commondir(git->repo));
    if (git->git_dir == NULL || git->common_dir == NULL)
        return ks_fail(err, KS_EIO, "%s: cannot be found",
                       git_repository_path(git->repo));
    if (workdir != NULL)
        git->workdir = folder(workdir);
    return KS_OK;
}

void ks_folders_release(struct ks_git *git)
{
    for (size_t i = 0; i < git->object_dir_count; i++)
        free(git->object_dirs[i]);
    free(git->object_dirs);
    free(git->git_dir);
    free(git->common_dir);
    free(git->workdir);
}
