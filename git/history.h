/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.h: "give me every blob" and, afterwards, "where were these blobs".
 * Which engine reads the objects is not visible here.
 */
#ifndef KS_GIT_HISTORY_H
#define KS_GIT_HISTORY_H

#include "base/blob.h"
#include "base/buf.h"
#include "base/coverage.h"
#include "base/log.h"
#include "base/oid.h"
#include "base/pool.h"
#include "base/progress.h"

enum ks_git_engine {
    KS_ENGINE_DELTA, /* packs read directly, deltas reused */
    KS_ENGINE_WHOLE, /* every object whole, through libgit2 */
};

/* Which part of history. Zero means all refs, reflogs, stash, worktrees. */
struct ks_git_options {
    enum ks_git_engine engine;
    unsigned jobs;               /* threads; 0 means as many as processors */
    const char *range;           /* "A..B", "A...B" or one revision; or NULL */
    const char *const *branches; /* only these refs' histories */
    size_t branch_count;
    const struct ks_oid *include; /* only what these reach, beside `range` */
    size_t include_count;
    const struct ks_oid *exclude; /* and not what these do; may be absent */
    size_t exclude_count;
    const char *exclude_refs; /* nor what refs whose full names begin so do */
    int64_t since;       /* commits at or after this Unix time; 0 means all */
    bool all_objects;    /* unreachable ones as well */
    bool verify_objects; /* check the name of every object there is */
    bool allow_foreign_owner; /* open though somebody else owns it */
    bool from_environment;    /* GIT_DIR, GIT_INDEX_FILE …: inside hooks */
    struct ks_coverage *coverage; /* borrowed; never NULL */
    struct ks_progress *progress; /* or NULL */
    const struct ks_stop *stop;   /* or NULL */
    const struct ks_log *log;     /* or NULL */
};

struct ks_git;

/*
 * Opens the repository at or above `path`. KS_ENOENT if there is none, KS_EIO
 * and KS_EFORMAT with words that name the way out. Options are borrowed.
 */
enum ks_rc ks_git_open(struct ks_git **out, const char *path,
                       const struct ks_git_options *options,
                       struct ks_err *err);
void ks_git_free(struct ks_git *git);

/* Root of the work tree with a trailing slash; NULL in a bare repository. */
const char *ks_git_workdir(const struct ks_git *git);

/* Number of workers that the sink will see. */
unsigned ks_git_jobs(const struct ks_git *git);

/*
 * Hands every blob of the chosen history to the sink once: contents, messages
 * of commits and tags, path names. What cannot be read is counted in the
 * coverage.
 */
enum ks_rc ks_git_scan(struct ks_git *git, const struct ks_blob_sink *sink,
                       struct ks_err *err);

/*
 * Hands over the blobs of the index that differ from HEAD (all, when HEAD is
 * unborn), with their paths. ks_git_scan and ks_git_locate are not needed.
 */
enum ks_rc ks_git_staged(struct ks_git *git, const struct ks_blob_sink *sink,
                         struct ks_err *err);

/* A file as a commit made it, or as it is staged. */
struct ks_git_file {
    const char *path;
    struct ks_oid commit; /* len 0: staged */
    struct ks_oid blob;   /* what it is */
};

/*
 * Calls `version` for what each file was before, under the path that it has
 * now: in each parent of the commit, or in HEAD. For a file that is new it is
 * the one that was renamed to it: the same blob under a path that is no more.
 * What there is none of, or cannot be read, is left out. Blobs are borrowed.
 */
enum ks_rc ks_git_before(struct ks_git *git, const struct ks_git_file *files,
                         size_t count,
                         enum ks_rc (*version)(void *ctx, size_t file,
                                               const struct ks_blob *blob,
                                               struct ks_err *err),
                         void *ctx, struct ks_err *err);

/* A commit that brought a blob to a path, where none of its parents had it. */
struct ks_git_place {
    size_t blob;      /* index in the array that was asked about */
    const char *path; /* NULL for messages */
    struct ks_oid commit;
    struct ks_person_view {
        const char *name, *email;
    } author;
    int64_t time;        /* author's, Unix seconds */
    int offset;          /* minutes east of UTC */
    const char *message; /* subject line */
    uint64_t order;      /* rises with topology and date; ties broken by id */
    bool at_tip;         /* a tip has this blob at this path */
    bool unreachable;    /* neither a ref nor a reflog leads there */
};

/* What was handed to the sink as `oid` under this kind. */
struct ks_git_query {
    struct ks_oid oid;
    enum ks_blob_kind kind;
    const char *path; /* KS_BLOB_PATH_NAME only */
};

/*
 * Tells where the things asked about were, in a deterministic order; strings
 * are borrowed until `place` returns. A blob that no chosen commit holds gets
 * no place (it was unreachable); with `all_objects` one without path, commit
 * and author.
 */
enum ks_rc ks_git_locate(struct ks_git *git, const struct ks_git_query *queries,
                         size_t count,
                         enum ks_rc (*place)(void *ctx,
                                             const struct ks_git_place *place,
                                             struct ks_err *err),
                         void *ctx, struct ks_err *err);

/*
 * What the receiver of blobs wants to be reminded of when a later scan comes
 * upon the same history, so that blobs in which it found something need not be
 * handed over again. Messages and what is new are, in any case.
 */
enum ks_git_shows {
    KS_SHOWS_NOTHING,
    KS_SHOWS_MESSAGE, /* a secret of a message: words of a commit are left out
                       */
    KS_SHOWS_SECRET,  /* another secret: no state is written */
};

struct ks_git_notes {
    void *ctx;
    /* Writes them; called when all places were told. */
    enum ks_rc (*save)(void *ctx, struct ks_buf *out, struct ks_err *err);
    /*
     * Takes them, before anything else is handed over; `same` says that nothing
     * new will be. KS_ENOENT or KS_EFORMAT if the blobs themselves are wanted;
     * another failure ends the scan.
     */
    enum ks_rc (*restore)(void *ctx, struct ks_span notes, bool same,
                          struct ks_err *err);
    /*
     * What a text that would be written beside the notes shows; called when all
     * places were told.
     */
    enum ks_git_shows (*shows)(void *ctx, const char *text);
};

/*
 * Names a file that says what an earlier scan of all of history came to, so
 * that ks_git_scan need look at no more than what is new; it is of no use to
 * other choices. The key stands for all that decides what is found, such as
 * rules and program. `notes` may be NULL; it and `path` are borrowed as long as
 * `git`. To be called before ks_git_scan.
 */
enum { KS_GIT_STATE_KEY = 32 };
void ks_git_use_state(struct ks_git *git, const char *path,
                      const uint8_t key[KS_GIT_STATE_KEY],
                      const struct ks_git_notes *notes);

/*
 * Writes the state for the next scan, if one is used and this scan was
 * complete. To be called after ks_git_locate, or where nothing was found.
 */
enum ks_rc ks_git_remember(struct ks_git *git, struct ks_err *err);

#endif
