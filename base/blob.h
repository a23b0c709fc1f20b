/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blob.h: bytes to scan, where they came from, and the receiver that files/
 * and git/ hand them to. Neither knows who scans.
 */
#ifndef KS_BASE_BLOB_H
#define KS_BASE_BLOB_H

#include "base/err.h"
#include "base/oid.h"
#include "base/text_place.h"
#include "base/vec.h"

enum ks_blob_kind {
    KS_BLOB_FILE,        /* a file; `path` says which */
    KS_BLOB_STDIN,       /* standard input */
    KS_BLOB_LINK_TARGET, /* what the symbolic link at `path` points to */
    KS_BLOB_GIT_BLOB,    /* a git blob; `oid`; paths and commits come later */
    KS_BLOB_COMMIT_MESSAGE, /* message of the commit `oid` */
    KS_BLOB_TAG_MESSAGE,    /* message of the tag `oid` */
    KS_BLOB_PATH_NAME,      /* the bytes are a path of a tree or a file name */
};

/* Texts that a blob may have parts of. */
enum ks_copy_source {
    KS_COPY_BASE,    /* what it is a delta of */
    KS_COPY_SIBLING, /* another delta of the same base */
    KS_COPY_SOURCES,
};

/*
 * Bytes [to, to + len) of a blob equal bytes [from, from + len) of its source.
 */
struct ks_copy {
    uint32_t to;
    uint32_t from;
    uint32_t len;
    uint32_t source; /* enum ks_copy_source */
};

KS_VEC(ks_copies, struct ks_copy);

enum { KS_COPY_OVERLAP = 128 }; /* bytes that copies overlap by, if at all */

/*
 * One run of bytes. Everything is borrowed until the receiver returns.
 *
 * `copies` is ordered by `to` and by end, none inside another; those that
 * overlap do so by KS_COPY_OVERLAP at least. It is a true statement about
 * bytes and may leave out copies. It means something only with the memos of all
 * its sources.
 */
struct ks_blob {
    struct ks_span bytes;
    enum ks_blob_kind kind;
    const char *path;    /* as shown to people; NULL if not known yet */
    const char *archive; /* path inside the archive `path`; else NULL */
    struct ks_oid oid;   /* git objects only */

    /*
     * For inputs too large to hold: `bytes` are the window
     * [window_at, window_at + bytes.len) of the input, and only what begins in
     * [own_from, own_to) of `bytes` is this window's to report. Lines before
     * the window: `line_at`; characters of the line that the window begins in
     * that lie before it: `column_at`; how they lie in bytes: `form`. A blob that is whole has window_at 0,
     * own_from 0, own_to = SIZE_MAX. A hit is owned by where it ends: in
     * (own_from, own_to], or at any place from 0 on if own_from is 0.
     */
    uint64_t window_at;
    uint64_t line_at, column_at;
    enum ks_text_form form;
    size_t own_from, own_to;
    bool more_before, more_after; /* the input goes on at that end */

    /* What the receiver returned for the sources, or NULL. */
    const void *memos[KS_COPY_SOURCES];
    const struct ks_copy *copies;
    size_t copy_count;
    bool wants_memo; /* others are derived from this one */
};

/* A whole blob of these bytes, no more known than that. */
struct ks_blob ks_blob_whole(struct ks_span bytes, enum ks_blob_kind kind,
                             const char *path);

/*
 * Who receives blobs. `worker` is below the number of threads that the source
 * was started with, and only one call is made at a time for each.
 */
struct ks_blob_sink {
    void *ctx;

    /*
     * Takes one blob. If `blob->wants_memo`, stores in `*memo` what it wants
     * to be told in `memos` for blobs that are derived from this one (NULL
     * is allowed); the source gives it back to `forget` when no more will come.
     * Memos may be read by several workers at once.
     * Anything but KS_OK ends the whole run.
     */
    enum ks_rc (*take)(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err);
    void (*forget)(void *ctx, unsigned worker, void *memo);
};

#endif
