/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hook_install.h"

#include "base/coverage.h"
#include "base/file.h"
#include "cli/shell.h"
#include "git/history.h"
#include "git/hooks_dir.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPT_CAP = 1 << 16, SCRIPT_MODE = 0777, DIRECTORY_MODE = 0777 };

static const char mark[] = "# made by keysweep hook install";
static const char kept_suffix[] = ".before-keysweep";

static const char *const known[] = {"pre-commit", "pre-merge-commit",
                                    "pre-push", "pre-receive"};

/* What a hook is called for, and whether it reads standard input. */
static const char *mode_of(const char *name)
{
    return strcmp(name, "pre-merge-commit") == 0 ? "pre-commit" : name;
}

static bool reads_input(const char *name)
{
    return strcmp(name, "pre-push") == 0 || strcmp(name, "pre-receive") == 0;
}

static enum ks_rc check_name(const char *name, struct ks_err *err)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (strcmp(known[i], name) == 0)
            return KS_OK;
    return ks_fail(err, KS_EINVAL,
                   "there is no hook '%s' (pre-commit, pre-merge-commit, "
                   "pre-push, pre-receive)", name);
}

static enum ks_rc make_script(struct ks_buf *out, const char *name)
{
    char program[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    enum ks_rc rc;

    program[len > 0 ? len : 0] = '\0';
    rc = ks_buf_printf(out, "#!/bin/sh\n%s\nprogram=", mark);
    if (rc == KS_OK)
        rc = ks_shell_quote(out, program);
    if (rc != KS_OK)
        return rc;
    rc = ks_buf_add_str(out, "\n[ -x \"$program\" ] || program=keysweep\n");
    if (rc != KS_OK)
        return rc;
    if (!reads_input(name))
        return ks_buf_printf(out,
                             "before=\"$0%s\"\n"
                             "if [ -x \"$before\" ]; then \"$before\" \"$@\" "
                             "|| exit; fi\n"
                             "exec \"$program\" hook %s \"$@\"\n",
                             kept_suffix, mode_of(name));
    return ks_buf_printf(out,
                         "before=\"$0%s\"\n"
                         "lines=$(cat && echo .) && lines=${lines%%.}\n"
                         "if [ -x \"$before\" ]; then\n"
                         "    printf %%s \"$lines\" | \"$before\" \"$@\" || "
                         "exit\nfi\n"
                         "printf %%s \"$lines\" | \"$program\" hook %s "
                         "\"$@\"\n",
                         kept_suffix, mode_of(name));
}

/* Whether the hook at `path` is one of ours. */
static bool is_ours(const char *path)
{
    struct ks_buf text;
    bool ours;

    ks_buf_init(&text, SCRIPT_CAP);
    ours = ks_file_read(&text, path, NULL) == KS_OK &&
           ks_span_find(ks_buf_span(&text), 0, ks_span_str(mark)) != SIZE_MAX;
    ks_buf_release(&text);
    return ours;
}

static enum ks_rc keep_other(const char *path, struct ks_err *err)
{
    char kept[PATH_MAX];
    int used = snprintf(kept, sizeof(kept), "%s%s", path, kept_suffix);

    if (used < 0 || (size_t)used >= sizeof(kept))
        return ks_fail(err, KS_EINVAL, "%s: the name is too long", path);
    if (access(kept, F_OK) == 0)
        return ks_fail(err, KS_EINVAL,
                       "%s and %s are both there and neither is keysweep's: "
                       "join them into one first", path, kept);
    if (rename(path, kept) < 0)
        return ks_fail(err, KS_EIO, "rename %s: %s", path, strerror(errno));
    (void)printf("kept the hook that was there as %s; it runs first\n", kept);
    return KS_OK;
}

static enum ks_rc install_one(const char *directory, const char *name,
                              struct ks_err *err)
{
    char path[PATH_MAX];
    int used = snprintf(path, sizeof(path), "%s/%s", directory, name);
    struct ks_buf script;
    enum ks_rc rc = KS_OK;

    if (used < 0 || (size_t)used >= sizeof(path))
        return ks_fail(err, KS_EINVAL, "%s: the name is too long", directory);
    (void)mkdir(directory, DIRECTORY_MODE);
    if (access(path, F_OK) == 0 && !is_ours(path))
        rc = keep_other(path, err);
    ks_buf_init(&script, SCRIPT_CAP);
    if (rc == KS_OK && make_script(&script, name) != KS_OK)
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = ks_file_replace(path, ks_buf_span(&script), SCRIPT_MODE, err);
    ks_buf_release(&script);
    if (rc == KS_OK)
        (void)printf("installed %s\n", path);
    return rc;
}

static enum ks_rc uninstall_one(const char *directory, const char *name,
                                struct ks_err *err)
{
    char path[PATH_MAX], kept[PATH_MAX];
    int used = snprintf(path, sizeof(path), "%s/%s", directory, name);
    int kept_used =
        snprintf(kept, sizeof(kept), "%s/%s%s", directory, name, kept_suffix);

    if (used < 0 || kept_used < 0 || (size_t)kept_used >= sizeof(kept))
        return ks_fail(err, KS_EINVAL, "%s: the name is too long", directory);
    if (!is_ours(path))
        return KS_OK;
    if (unlink(path) < 0)
        return ks_fail(err, KS_EIO, "remove %s: %s", path, strerror(errno));
    (void)printf("removed %s\n", path);
    if (rename(kept, path) < 0 && errno != ENOENT)
        return ks_fail(err, KS_EIO, "rename %s: %s", kept, strerror(errno));
    return KS_OK;
}

/* Finds the folder of hooks of the repository that we stand in. */
static enum ks_rc find_directory(struct ks_buf *out, bool *bare,
                                 const struct ks_args *args, struct ks_err *err)
{
    struct ks_git_options options = {.allow_foreign_owner =
                                         args->allow_foreign_owner};
    struct ks_coverage *coverage = NULL;
    struct ks_git *git = NULL;
    enum ks_rc rc = ks_coverage_new(&coverage, err);

    options.coverage = coverage;
    if (rc == KS_OK)
        rc = ks_git_open(&git, ".", &options, err);
    if (rc == KS_OK) {
        *bare = ks_git_workdir(git) == NULL;
        rc = ks_git_hooks_dir(out, git, err);
    }
    if (rc == KS_OK && ks_buf_text(out) == NULL)
        rc = ks_fail_memory(err);
    ks_git_free(git);
    ks_coverage_free(coverage);
    return rc;
}

static enum ks_rc for_each(const struct ks_args *args,
                           enum ks_rc (*act)(const char *directory,
                                             const char *name,
                                             struct ks_err *err),
                           bool all_known, struct ks_err *err)
{
    struct ks_buf directory;
    bool bare = false;
    enum ks_rc rc = KS_OK;

    for (size_t i = 1; i < args->operands.len && rc == KS_OK; i++)
        rc = check_name(args->operands.items[i], err);
    if (rc != KS_OK)
        return rc;
    ks_buf_init(&directory, PATH_MAX);
    rc = find_directory(&directory, &bare, args, err);
    for (size_t i = 1; i < args->operands.len && rc == KS_OK; i++)
        rc = act((const char *)directory.ptr, args->operands.items[i], err);
    if (rc == KS_OK && args->operands.len < 2 && !all_known)
        rc = act((const char *)directory.ptr,
                 bare ? "pre-receive" : "pre-commit", err);
    for (size_t i = 0; i < sizeof(known) / sizeof(*known) && rc == KS_OK &&
                       args->operands.len < 2 && all_known;
         i++)
        rc = act((const char *)directory.ptr, known[i], err);
    ks_buf_release(&directory);
    (void)fflush(stdout);
    return rc;
}

enum ks_rc ks_hook_install(const struct ks_args *args, struct ks_err *err)
{
    return for_each(args, install_one, false, err);
}

enum ks_rc ks_hook_uninstall(const struct ks_args *args, struct ks_err *err)
{
    return for_each(args, uninstall_one, true, err);
}
