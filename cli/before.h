/* SPDX-License-Identifier: Apache-2.0 */
/*
 * before.h: what a change did not bring. A file that is staged, or that a
 * commit changed, may hold secrets that it held before; whoever made the change
 * has not added these.
 */
#ifndef KS_CLI_BEFORE_H
#define KS_CLI_BEFORE_H

#include "base/arena.h"
#include "base/map.h"
#include "cli/session.h"
#include "git/history.h"

/* An earlier version of a file. */
struct ks_before_version {
    size_t file; /* index in `files` */
    struct ks_oid blob;
};

/* A zeroed one knows of nothing and is released. */
struct ks_before {
    KS_VEC(, struct ks_git_file) files; /* by path and commit, each once */
    KS_VEC(, struct ks_before_version) versions; /* by file */
    struct ks_collector *collector;              /* of the versions */
    struct ks_coverage *coverage;
    struct ks_report report;
    struct ks_map scanned; /* blobs under their paths */
    struct ks_arena arena;
};

/*
 * Scans what the files in which the session's collector found something were
 * before. Costs nothing where nothing was found.
 */
enum ks_rc ks_before_look(struct ks_before *before, struct ks_session *session,
                          struct ks_git *git, struct ks_err *err);
void ks_before_release(struct ks_before *before);

/*
 * Takes out of the report the places whose file held the same secret, with the
 * same parts, as often before; for a commit with several parents, in one of
 * these. What remains is borrowed from `before` too. KS_ENOMEM.
 */
enum ks_rc ks_before_subtract(struct ks_report *report,
                              struct ks_before *before, struct ks_err *err);

#endif
