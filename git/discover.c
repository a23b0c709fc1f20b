/* SPDX-License-Identifier: Apache-2.0 */
/* gitrepository-layout(5), git-config(1), and git's rules of discovery. */
#include "git/discover.h"

#include "base/file.h"
#include "git/folders.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONFIG_MAX = 1024 * 1024, GITFILE_MAX = 64 * 1024 };

/* What is on the way to an answer; paths end with a slash. */
struct finding {
    char git_dir[PATH_MAX];
    char common_dir[PATH_MAX];
    char workdir[PATH_MAX]; /* "" if bare */
    char gitfile[PATH_MAX]; /* a ".git" that is a file; or "" */
    size_t oid_len;
    bool bare;
};

/* Joins two parts; false if that is too long. */
static bool join(char out[PATH_MAX], const char *folder, const char *name)
{
    return snprintf(out, PATH_MAX, "%s%s", folder, name) < PATH_MAX;
}

static bool is_folder(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat st;

    return join(path, folder, name) && stat(path, &st) == 0 &&
           S_ISDIR(st.st_mode);
}

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat st;

    return join(path, folder, name) && lstat(path, &st) == 0;
}

/* A folder's real path with a slash; false if it is none. */
static bool resolve(char out[PATH_MAX], const char *path)
{
    char real[PATH_MAX];
    struct stat st;

    return realpath(path, real) != NULL && stat(real, &st) == 0 &&
           S_ISDIR(st.st_mode) &&
           join(out, real, strcmp(real, "/") == 0 ? "" : "/");
}

/* A small file's text without its line end; false if it cannot be read. */
static bool read_line(char out[PATH_MAX], const char *path)
{
    struct ks_buf text;
    struct ks_span line;
    bool good;

    ks_buf_init(&text, GITFILE_MAX);
    good = ks_file_read(&text, path, NULL) == KS_OK && text.len > 0;
    if (good) {
        line = ks_span_line_at(ks_buf_span(&text), 0);
        good = line.len < PATH_MAX && memchr(line.ptr, '\0', line.len) == NULL;
        if (good) {
            memcpy(out, line.ptr, line.len);
            out[line.len] = '\0';
        }
    }
    ks_buf_release(&text);
    return good;
}

/* A path that a file names, absolute or from a folder. */
static bool follow(char out[PATH_MAX], const char *from, const char *to)
{
    char path[PATH_MAX];

    return join(path, *to == '/' ? "" : from, to) && resolve(out, path);
}

/* Whether `folder` is a repository's own; finds the common one. */
static bool take_git_dir(struct finding *finding, const char *folder)
{
    char path[PATH_MAX], common[PATH_MAX];

    if (!is_there(folder, "HEAD") || !join(finding->git_dir, folder, ""))
        return false;
    if (!is_there(folder, "commondir"))
        return is_folder(folder, "objects") && is_folder(folder, "refs") &&
               join(finding->common_dir, folder, "");
    return join(path, folder, "commondir") && read_line(common, path) &&
           follow(finding->common_dir, folder, common) &&
           is_folder(finding->common_dir, "objects") &&
           is_folder(finding->common_dir, "refs");
}

/* A work tree: ".git" is the repository, or a file that names it. */
static bool take_dot_git(struct finding *finding, const char *folder)
{
    static const char mark[] = "gitdir: ";
    char path[PATH_MAX], line[PATH_MAX], git_dir[PATH_MAX];
    struct stat st;

    if (!join(path, folder, ".git") || stat(path, &st) != 0)
        return false;
    if (S_ISREG(st.st_mode)) {
        if (!join(finding->gitfile, path, "") || !read_line(line, path) ||
            strncmp(line, mark, strlen(mark)) != 0 ||
            !follow(git_dir, folder, line + strlen(mark)))
            return false;
    } else if (!resolve(git_dir, path)) {
        return false;
    }
    return join(finding->workdir, folder, "") && take_git_dir(finding, git_dir);
}

/* Goes up from `path` to the first repository on the same file system. */
static bool search(struct finding *finding, const char *path)
{
    char folder[PATH_MAX];
    struct stat start, here;

    if (!resolve(folder, path) || stat(folder, &start) != 0)
        return false;
    for (;;) {
        size_t len = strlen(folder);

        if (stat(folder, &here) != 0 || here.st_dev != start.st_dev)
            return false;
        if (is_there(folder, ".git"))
            return take_dot_git(finding, folder);
        if (take_git_dir(finding, folder))
            return true;
        if (len <= 1)
            return false;
        folder[len - 1] = '\0';
        *(strrchr(folder, '/') + 1) = '\0';
    }
}

static struct ks_span trim(struct ks_span text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = ks_span_slice(text, 1, text.len);
    while (text.len > 0 &&
           (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t' ||
            text.ptr[text.len - 1] == '\r'))
        text.len--;
    return text;
}

static bool is_true(struct ks_span value)
{
    return ks_span_equal_caseless(value, "true") ||
           ks_span_equal_caseless(value, "yes") ||
           ks_span_equal_caseless(value, "on") ||
           ks_span_equal_caseless(value, "1");
}

static bool is_false(struct ks_span value)
{
    return ks_span_equal_caseless(value, "false") ||
           ks_span_equal_caseless(value, "no") ||
           ks_span_equal_caseless(value, "off") ||
           ks_span_equal_caseless(value, "0");
}

/* A setting of "core" or "extensions"; false if it is not understood. */
static bool take_setting(struct finding *finding, bool extension,
                         struct ks_span key, struct ks_span value)
{
    static const char *const harmless[] = {"partialclone", "preciousobjects",
                                           "noop", "relativeworktrees"};

    if (!extension) {
        if (ks_span_equal_caseless(key, "worktree"))
            return false;
        if (!ks_span_equal_caseless(key, "bare"))
            return true;
        finding->bare = is_true(value);
        return finding->bare || is_false(value);
    }
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        if (ks_span_equal_caseless(key, harmless[i]))
            return true;
    if (!ks_span_equal_caseless(key, "objectformat"))
        return false;
    if (ks_span_equal_caseless(value, "sha256"))
        finding->oid_len = 32;
    return finding->oid_len == 32 || ks_span_equal_caseless(value, "sha1");
}

/*
 * Reads the two sections that decide how the repository is read. Anything in
 * them that is more than `key = value` on a line of its own is not understood.
 */
static bool take_config(struct finding *finding, struct ks_span text)
{
    bool core = false, extensions = false;

    while (text.len > 0) {
        struct ks_span whole = ks_span_line_at(text, 0);
        struct ks_span line = trim(whole), key, value = {0};
        const uint8_t *equals;
        size_t step = whole.len;

        while (step < text.len && text.ptr[step] != '\n')
            step++;
        text = ks_span_slice(text, step + 1, text.len);
        if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
            continue;
        if (line.ptr[0] == '[') {
            if (line.ptr[line.len - 1] != ']')
                return false;
            line = ks_span_slice(line, 1, line.len - 1);
            core = ks_span_equal_caseless(line, "core");
            extensions = ks_span_equal_caseless(line, "extensions");
            continue;
        }
        if (line.ptr[line.len - 1] == '\\')
            return false;
        if (!core && !extensions)
            continue;
        equals = memchr(line.ptr, '=', line.len);
        if (equals == NULL)
            return false;
        key = trim(ks_span_slice(line, 0, (size_t)(equals - line.ptr)));
        value = trim(
            ks_span_slice(line, (size_t)(equals - line.ptr) + 1, line.len));
        if (!take_setting(finding, extensions, key, value))
            return false;
    }
    return true;
}

static bool read_config(struct finding *finding)
{
    char path[PATH_MAX];
    struct ks_buf text;
    bool good;

    if (!join(path, finding->common_dir, "config"))
        return false;
    ks_buf_init(&text, CONFIG_MAX);
    good = ks_file_read(&text, path, NULL) == KS_OK &&
           take_config(finding, ks_buf_span(&text));
    ks_buf_release(&text);
    return good;
}

/* git's rule: the user's own; for root also what belongs to who called sudo. */
static bool is_own(const char *path)
{
    const char *sudo = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
    struct stat st;

    if (*path == '\0')
        return true;
    if (lstat(path, &st) != 0)
        return false;
    return st.st_uid == geteuid() ||
           (sudo != NULL && strtoul(sudo, NULL, 10) == st.st_uid);
}

static bool is_trusted(const struct finding *finding)
{
    return is_own(finding->git_dir) && is_own(finding->workdir) &&
           is_own(finding->gitfile);
}

/* Whether the environment names a repository. */
static bool is_named(const struct ks_git *git)
{
    static const char *const names[] = {"GIT_DIR", "GIT_WORK_TREE",
                                        "GIT_COMMON_DIR"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (git->options.from_environment && getenv(names[i]) != NULL)
            return true;
    return false;
}

bool ks_discover(struct ks_git *git, const char *path)
{
    struct finding *finding = calloc(1, sizeof(*finding));
    bool good = finding != NULL && !is_named(git);

    if (good)
        finding->oid_len = 20;
    good = good && search(finding, path) && read_config(finding) &&
           finding->bare == (*finding->workdir == '\0') &&
           (git->options.allow_foreign_owner || is_trusted(finding));
    if (good) {
        git->oid_len = finding->oid_len;
        git->git_dir = strdup(finding->git_dir);
        git->common_dir = strdup(finding->common_dir);
        if (!finding->bare)
            git->workdir = strdup(finding->workdir);
        good = git->git_dir != NULL && git->common_dir != NULL &&
               (finding->bare || git->workdir != NULL);
    }
    free(finding);
    return good;
}
