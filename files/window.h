/* SPDX-License-Identifier: Apache-2.0 */
/* window.h: inputs of any size, as overlapping windows of bounded size. */
#ifndef KS_FILES_WINDOW_H
#define KS_FILES_WINDOW_H

#include "base/text_place.h"
#include "files/lane.h"

/* Bytes that come one after the other. */
struct ks_source {
    void *ctx;
    /* Up to `len` bytes; 0 at the end; −1 with errno. */
    ssize_t (*read)(void *ctx, void *to, size_t len);
};

/* A file descriptor (ctx: int *) as a source; goes on after EINTR. */
ssize_t ks_source_fd(void *fd, void *to, size_t len);

/* Where windows come from, and how far the last run got. */
struct ks_input {
    struct ks_source source;
    enum ks_blob_kind kind;
    const char *path;
    const char *archive;        /* or NULL */
    struct ks_text_place place; /* in the input, of the first byte in `buf` */
    bool more_after;            /* the input goes on behind the source's end */
    int error;                  /* errno of a read that failed, else 0 */
};

/*
 * Fills lane->buf up to a window. Returns whether the source has ended, or
 * failed, which `error` tells.
 */
bool ks_window_fill(struct ks_lane *lane, struct ks_input *input);

/*
 * Hands over what lane->buf holds, and behind that all that the source gives.
 * One blob if it fits in a window, else windows that share `overlap` bytes on
 * either side of what they own. Bytes before a failed read are handed over as
 * well. Leaves `place` at the end. Stops early, with KS_OK, when the
 * user wants it, but not before the first. Counts the bytes.
 */
enum ks_rc ks_window_run(struct ks_lane *lane, struct ks_input *input);

#endif
