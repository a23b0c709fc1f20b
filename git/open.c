/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a repository, and the words for what libgit2 refuses. */
#include "git/commit_log.h"
#include "git/commits.h"
#include "git/discover.h"
#include "git/folders.h"
#include "git/map_guard.h"
#include "git/packs.h"
#include "git/reach.h"
#include "git/recall.h"
#include "git/tally.h"
#include "git/numbers.h"
#include "git/tree_log.h"
#include "git/verify.h"

#include <errno.h>
#include <git2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PROMISE = 160 }; /* bytes of the words on a partial clone's pack */

enum ks_rc ks_git_fail(struct ks_err *err, int code, const char *format, ...)
{
    const git_error *last = git_error_last();
    enum ks_rc rc = code == GIT_ENOTFOUND               ? KS_ENOENT
                    : last == NULL                      ? KS_EFORMAT
                    : last->klass == GIT_ERROR_NOMEMORY ? KS_ENOMEM
                    : last->klass == GIT_ERROR_OS       ? KS_EIO
                                                        : KS_EFORMAT;
    struct ks_err words = {.text = ""};
    va_list args;

    va_start(args, format);
    (void)vsnprintf(words.text, sizeof(words.text), format, args);
    va_end(args);
    return ks_fail(err, rc, "%s: %s", words.text,
                   last == NULL ? "failed" : last->message);
}

bool ks_git_stopped(const struct ks_git *git)
{
    return git->options.stop != NULL &&
           atomic_load_explicit(&git->options.stop->wanted,
                                memory_order_relaxed);
}

/*
 * " (promised by pack-….pack)" where a partial clone's pack may promise what is
 * missing, so that a person knows that it can be fetched; else nothing.
 */
static void word_promise(char *out, size_t room, const struct ks_git *git)
{
    size_t count = 0;
    const struct ks_pack *pack = ks_packs_promisor(git->packs, &count);
    const char *name;

    *out = '\0';
    if (pack == NULL)
        return;
    name = strrchr(pack->path, '/');
    name = name == NULL ? pack->path : name + 1;
    if (count == 1)
        (void)snprintf(out, room, " (promised by %s)", name);
    else
        (void)snprintf(out, room, " (promised by %s or %zu more packs)", name,
                       count - 1);
}

void ks_git_skip(const struct ks_git *git, enum ks_rc rc, const char *what,
                 const struct ks_oid *oid)
{
    char hex[KS_OID_HEX], where[KS_OID_HEX + 64 + PROMISE], promise[PROMISE];

    ks_oid_hex(hex, oid);
    *promise = '\0';
    if (rc == KS_ENOENT)
        word_promise(promise, sizeof(promise), git);
    (void)snprintf(where, sizeof(where), "%s %s%s", what, hex, promise);
    ks_coverage_skip(git->options.coverage,
                     rc == KS_ENOENT   ? KS_SKIP_MISSING
                     : rc == KS_EIO    ? KS_SKIP_UNREADABLE
                     : rc == KS_ELIMIT ? KS_SKIP_LIMIT
                                       : KS_SKIP_CORRUPT,
                     where);
}

/* Extensions of the repository format that change nothing that is read here. */
enum ks_rc ks_git_start_libgit2(const struct ks_git *git, struct ks_err *err)
{
    const char *known[] = {"partialclone", "preciousobjects", "worktreeconfig",
                           "relativeworktrees", "noop"};
    int code = git_libgit2_init();

    if (code < 0)
        return ks_git_fail(err, code, "start libgit2");
    (void)git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, known,
                           sizeof(known) / sizeof(known[0]));
    (void)git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION,
                           !git->options.allow_foreign_owner);
    (void)git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
    return KS_OK;
}

static bool says(const char *word)
{
    const git_error *last = git_error_last();

    return last != NULL && last->message != NULL &&
           strstr(last->message, word) != NULL;
}

/* The words for a person, and the way out. */
static enum ks_rc refuse(int code, const char *path, struct ks_err *err)
{
    /* Without any safe.directory libgit2 1.5 complains of its absence. */
    if (code == GIT_EOWNER || says("safe.directory"))
        return ks_fail(err, KS_EIO,
                       "%s: the repository belongs to another user; if you "
                       "trust it, scan with --allow-foreign-owner (or name it "
                       "in git's safe.directory)",
                       path);
    if (says("objectformat"))
        return ks_fail(err, KS_EFORMAT,
                       "%s: the repository's objects have SHA-256 names "
                       "(extensions.objectFormat), which libgit2 cannot read",
                       path);
    if (says("unsupported extension"))
        return ks_git_fail(err, GIT_ERROR, "%s", path);
    if (code == GIT_ENOTFOUND)
        return ks_fail(err, KS_ENOENT,
                       "%s: not a git repository, nor is any folder above it",
                       path);
    return ks_git_fail(err, code, "%s", path);
}

enum ks_rc ks_git_need_libgit2(struct ks_git *git, struct ks_err *err)
{
    unsigned flags =
        git->options.from_environment ? GIT_REPOSITORY_OPEN_FROM_ENV : 0;
    enum ks_rc rc;
    int code;

    if (git->repo != NULL)
        return KS_OK;
    rc = ks_git_start_libgit2(git, err);
    if (rc != KS_OK)
        return rc;
    code = git_repository_open_ext(&git->repo, git->path, flags, NULL);
    if (code != 0) {
        git->repo = NULL;
        rc = refuse(code, git->path, err);
    }
    return rc;
}

/* Without libgit2 if the repository is an ordinary one. */
static enum ks_rc open_repository(struct ks_git *git, struct ks_err *err)
{
    enum ks_rc rc;

    if (ks_discover(git, git->path))
        return KS_OK;
    git->oid_len = GIT_OID_RAWSZ;
    rc = ks_git_need_libgit2(git, err);
    return rc == KS_OK ? ks_folders_take(git, err) : rc;
}

static enum ks_rc open_packs(struct ks_git *git, struct ks_err *err)
{
    return ks_packs_open(&git->packs, git->object_dirs, git->object_dir_count,
                         (uint8_t)git->oid_len, git->options.coverage, err);
}

enum ks_rc ks_git_open(struct ks_git **out, const char *path,
                       const struct ks_git_options *options, struct ks_err *err)
{
    struct ks_git *git = calloc(1, sizeof(*git));
    enum ks_rc rc;

    if (git == NULL)
        return ks_fail_memory(err);
    git->options = *options;
    git->jobs = options->jobs != 0 ? options->jobs : ks_pool_default_threads();
    git->path = strdup(path);
    rc = git->path == NULL ? ks_fail_memory(err) : open_repository(git, err);
    if (rc == KS_OK)
        rc = ks_folders_find_objects(git, err);
    if (rc == KS_OK)
        rc = open_packs(git, err);
    if (rc != KS_OK) {
        ks_git_free(git);
        return rc;
    }
    *out = git;
    return KS_OK;
}

void ks_git_free(struct ks_git *git)
{
    if (git == NULL)
        return;
    ks_commits_free(git->commits);
    ks_recall_free(git->recall);
    ks_commit_log_free(git->commit_log);
    ks_tree_log_free(git->tree_log);
    ks_numbers_free(git->numbers);
    ks_packs_free(git->packs);
    ks_folders_release(git);
    git_repository_free(git->repo);
    free(git->path);
    free(git);
}

const char *ks_git_workdir(const struct ks_git *git)
{
    return git->workdir;
}

unsigned ks_git_jobs(const struct ks_git *git)
{
    return git->jobs;
}

static enum ks_rc scan(struct ks_git *git, const struct ks_blob_sink *sink,
                       struct ks_err *err)
{
    bool recall =
        git->state != NULL && !git->options.all_objects && ks_reach_is_all(git);
    enum ks_rc rc = git->options.verify_objects ? ks_verify(git, err) : KS_OK;

    if (rc != KS_OK)
        return rc;
    return recall ? ks_recall_scan(git, sink, err)
                  : ks_git_scan_anew(git, sink, err);
}

void ks_git_use_state(struct ks_git *git, const char *path,
                      const uint8_t key[KS_GIT_STATE_KEY],
                      const struct ks_git_notes *notes)
{
    git->state = path;
    git->notes = notes;
    memcpy(git->state_key, key, KS_GIT_STATE_KEY);
}

enum ks_rc ks_git_remember(struct ks_git *git, struct ks_err *err)
{
    return ks_recall_save(git, err);
}

enum ks_rc ks_git_scan_anew(struct ks_git *git, const struct ks_blob_sink *sink,
                            struct ks_err *err)
{
    switch (git->options.engine) {
    case KS_ENGINE_DELTA:
        return ks_delta_scan(git, sink, err);
    case KS_ENGINE_WHOLE:
        break;
    }
    return ks_whole_scan(git, sink, err);
}

enum ks_rc ks_git_scan(struct ks_git *git, const struct ks_blob_sink *sink,
                       struct ks_err *err)
{
    struct ks_tally tally;
    struct ks_blob_sink counted;
    enum ks_rc rc = ks_tally_init(&tally, sink, git->jobs, err);

    if (rc != KS_OK)
        return rc;
    ks_map_watch();
    counted = ks_tally_sink(&tally);
    rc = scan(git, &counted, err);
    ks_tally_finish(&tally, git->options.coverage);
    return rc;
}
