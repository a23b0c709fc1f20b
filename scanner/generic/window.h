/* SPDX-License-Identifier: Apache-2.0 */
/* window.h: the bytes around a keyword that a generic verdict may look at. */
#ifndef KS_SCANNER_GENERIC_WINDOW_H
#define KS_SCANNER_GENERIC_WINDOW_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A verdict depends on nothing but the bytes
 * [hit_end - KS_GENERIC_BACK, hit_end + KS_GENERIC_AHEAD) of the blob, so that
 * history scanning can carry it over with a copied range that holds them all.
 */
#define KS_GENERIC_BACK 192u
#define KS_GENERIC_AHEAD 384u

/* The window of one hit: a slice of a blob, borrowed from it. */
struct ks_generic_window {
    struct ks_span text;
    bool at_start; /* the first byte is the blob's first */
    bool at_end;   /* the last byte is the blob's last */
};

/*
 * Cuts the window of a keyword hit that ends at `hit_end` out of `blob`.
 * `*hit` becomes the hit's end relative to the window.
 */
struct ks_generic_window ks_generic_window_at(struct ks_span blob,
                                              size_t hit_end, size_t *hit);

#endif
