/* SPDX-License-Identifier: Apache-2.0 */
/*
 * internal.h: an open repository, as the files of git/ share it. What history
 * was chosen is told by git/reach.h, object by object; objects are read
 * through git/object.h.
 */
#ifndef KS_GIT_INTERNAL_H
#define KS_GIT_INTERNAL_H

#include "git/history.h"

struct git_repository;
struct ks_commit_log;
struct ks_commits;
struct ks_packs;
struct ks_numbers;
struct ks_tree_log;

/*
 * Immutable after opening but for `commits` and `repo`; `repo` belongs to the
 * thread that opened it. Paths are absolute and end with a slash.
 */
struct ks_git {
    struct ks_git_options options;
    unsigned jobs;
    char *git_dir;    /* HEAD, index and logs of this work tree */
    char *common_dir; /* objects, refs, packed-refs, worktrees, shallow */
    char *workdir;    /* NULL if bare */
    size_t oid_len;   /* 20, or 32 for SHA-256 */

    /*
     * Where objects are: the repository's own folder (a quarantine's, inside
     * pre-receive) first, then every alternate, theirs included; each once.
     */
    char **object_dirs;
    size_t object_dir_count;
    struct ks_packs *packs;      /* of all these folders */
    struct git_repository *repo; /* NULL until ks_git_need_libgit2 */
    char *path;                  /* what was asked for */
    struct ks_commits *commits;  /* the chosen ones, once somebody asked */

    /*
     * Of all commits and trees there are, if a scan read them all; else NULL.
     * They spare those who come later the reading.
     */
    struct ks_numbers *numbers;
    struct ks_commit_log *commit_log;
    struct ks_tree_log *tree_log;
    const char *state; /* file of an earlier scan; or NULL */
    uint8_t state_key[KS_GIT_STATE_KEY];
    const struct ks_git_notes *notes; /* of the state's user; or NULL */
    struct ks_recall *recall; /* what that scan found, once read; or NULL */
};

/*
 * Opens `repo`, which costs a few milliseconds and refuses SHA-256. Only for
 * the thread that opened the repository, before others start.
 */
enum ks_rc ks_git_need_libgit2(struct ks_git *git, struct ks_err *err);

/*
 * Starts libgit2 with the settings of all of git/. It runs until the process
 * ends: a stop would lose what its other threads' errors hold.
 */
enum ks_rc ks_git_start_libgit2(const struct ks_git *git, struct ks_err *err);

/* Whether somebody asked to stop. */
bool ks_git_stopped(const struct ks_git *git);

/*
 * Fails with "<words>: <what libgit2 says>". The result follows from libgit2's
 * `code`: KS_ENOENT, KS_EFORMAT, KS_ENOMEM, KS_EIO.
 */
enum ks_rc ks_git_fail(struct ks_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Counts the object in the coverage: KS_ENOENT as missing, else as corrupt. */
void ks_git_skip(const struct ks_git *git, enum ks_rc rc, const char *what,
                 const struct ks_oid *oid);

/*
 * The two engines. Each hands over the same set of blobs: every blob whole
 * under its id (symbolic links' targets are blobs too), every message under
 * its commit or tag, every name as ks_reach gives it.
 */
enum ks_rc ks_whole_scan(struct ks_git *git, const struct ks_blob_sink *sink,
                         struct ks_err *err);
enum ks_rc ks_delta_scan(struct ks_git *git, const struct ks_blob_sink *sink,
                         struct ks_err *err);

/* Runs the engine of the options, whatever an earlier scan found. */
enum ks_rc ks_git_scan_anew(struct ks_git *git, const struct ks_blob_sink *sink,
                            struct ks_err *err);

#endif
