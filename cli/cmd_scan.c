/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_scan.c: keysweep scan [PATH…|-] */
#include "cli/options.h"
#include "cli/session.h"
#include "files/walk.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct ks_option own[] = {
    {0, "gitignore", KS_OPTION_FLAG, NULL, "leave out what .gitignore excludes",
     KS_FIELD(gitignore)},
    {0, "no-archives", KS_OPTION_FLAG, NULL, "do not look into archives",
     KS_FIELD(no_archives)},
};

static struct ks_files_options options_of(struct ks_session *s)
{
    return (struct ks_files_options){
        .jobs = s->jobs,
        .overlap = ks_matcher_overlap(s->matcher),
        .honor_gitignore = s->args->gitignore,
        .no_archives = s->args->no_archives,
        .follow_root_link = true,
        .coverage = s->coverage,
        .progress = &s->progress,
        .stop = s->stop,
        .log = &s->log,
        .excluded = ks_policies_excludes,
        .excluded_ctx = s->policies,
    };
}

/*
 * What lies above the files of a PATH that leads out of the current directory:
 * the PATH itself, or the current directory if it leads back into that.
 */
static const char *above(const char *path, const char *here)
{
    size_t len = strlen(here);

    if (*path != '/')
        return strncmp(path, "..", 2) == 0 ? path : NULL;
    return strncmp(path, here, len) == 0 &&
                   (path[len] == '/' || path[len] == '\0')
               ? here
               : path;
}

static int scan(struct ks_session *s, const char *const *paths, size_t count,
                struct ks_err *err)
{
    struct ks_files_options options = options_of(s);
    bool stream = count == 1 && strcmp(paths[0], "-") == 0;
    const char **folders = calloc(count, sizeof(*folders));
    char here[PATH_MAX];
    struct ks_blob_sink sink;
    int status = KS_EXIT_ERROR;
    enum ks_rc rc = folders == NULL ? ks_fail_memory(err) : KS_OK;

    if (getcwd(here, sizeof(here)) == NULL)
        here[0] = '\0';
    for (size_t i = 0; i < count && rc == KS_OK; i++)
        folders[i] = above(paths[i], here);
    s->above = folders;
    s->above_count = count;
    if (rc == KS_OK)
        rc = ks_session_collect(s, stream ? 1 : ks_files_jobs(&options), false,
                                err);
    if (rc == KS_OK) {
        sink = ks_collector_sink(s->collector);
        rc = stream ? ks_files_stream(STDIN_FILENO, &options, &sink, err)
                    : ks_files_walk(paths, count, &options, &sink, err);
        if (rc == KS_OK || rc == KS_ECANCELED)
            status = ks_session_report(
                s, stream ? KS_SCAN_STDIN : KS_SCAN_FILES, paths[0], err);
    }
    free(folders);
    return status;
}

static const char *root_of(const char *path)
{
    struct stat info;

    if (strcmp(path, "-") == 0)
        return NULL;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? path : ".";
}

static enum ks_rc check(const char *const *paths, size_t count,
                        struct ks_err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (*paths[i] == '\0')
            return ks_fail(err, KS_EINVAL,
                           "a PATH is empty ('.' is the current directory)");
        if (count > 1 && strcmp(paths[i], "-") == 0)
            return ks_fail(err, KS_EINVAL, "'-' cannot stand beside paths");
    }
    return KS_OK;
}

static int run(const struct ks_command *command, const struct ks_args *args,
               struct ks_err *err)
{
    static const char *const here[] = {"."};
    size_t count = args->operands.len;
    const char *const *paths = count == 0 ? here : args->operands.items;
    struct ks_session session;
    int status = KS_EXIT_ERROR;

    (void)command;
    if (check(paths, count, err) != KS_OK)
        return KS_EXIT_ERROR;
    if (ks_session_open(&session, args, err) == KS_OK &&
        ks_session_configure(&session, root_of(paths[0]), KS_TRUST_OWN, err) ==
            KS_OK)
        status = scan(&session, paths, count == 0 ? 1 : count, err);
    ks_session_close(&session);
    return status;
}

const struct ks_command ks_cmd_scan = {
    .name = "scan",
    .operands = "[PATH…|-]",
    .summary = "scan files, directories, archives, or standard input",
    .about = "Scans every file at or below each PATH (default: the current "
             "directory),\narchives included; '-' is standard input.",
    .example = "keysweep scan --format=sarif --output=leaks.sarif src",
    .options = {KS_OPTIONS(own),
                {ks_options_revoke, KS_OPTIONS_REVOKE},
                {ks_options_rules, KS_OPTIONS_RULES},
                {ks_options_report, KS_OPTIONS_REPORT},
                {ks_options_common, KS_OPTIONS_COMMON}},
    .run = run,
};
