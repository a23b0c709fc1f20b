/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carry.h: what the scan of a text says about a blob that copies ranges of it.
 *
 * A hit or match depends on a run of bytes. If one copied range holds that run
 * whole, the result is that text's with its offsets moved; if not, the run
 * touches inserted bytes or a seam and must be looked at.
 */
#ifndef KS_SCANNER_CARRY_H
#define KS_SCANNER_CARRY_H

#include "base/blob.h"
#include "scanner/detect.h"

/* What is known of a scanned blob. Immutable once made. */
struct ks_memo {
    struct ks_hit *hits; /* all, in order of end and trigger */
    size_t hit_count;
    struct ks_match *matches; /* of hits, in the same order */
    size_t match_count;
    struct ks_match *decoded; /* of decoded spans, in order of `from` */
    size_t decoded_count;
    size_t len; /* bytes of the blob */
};

/* Copies the three lists. */
enum ks_rc ks_memo_new(struct ks_memo **out, const struct ks_hits *hits,
                       const struct ks_matches *matches,
                       const struct ks_matches *decoded, size_t len,
                       struct ks_err *err);
void ks_memo_free(struct ks_memo *memo);

/* A run of bytes of the blob. */
struct ks_run {
    size_t from, to;
};

KS_VEC(ks_runs, struct ks_run);

/* The lengths of a blob and its sources, for results that see their ends. */
struct ks_carry_ends {
    size_t source_len[KS_COPY_SOURCES];
    size_t len;
};

/*
 * The runs that hold every occurrence of up to `width` bytes which no single
 * copy holds, in order, disjoint. The end of the text counts as one byte more,
 * where the source goes on behind what was copied last. `copies` as in struct
 * ks_blob.
 */
enum ks_rc ks_carry_fresh(struct ks_runs *out, const struct ks_copy *copies,
                          size_t count, struct ks_carry_ends ends, size_t width,
                          struct ks_err *err);

/* The copy that holds all of [from, to) of the blob, or NULL. O(log count). */
const struct ks_copy *ks_carry_holding(const struct ks_copy *copies,
                                       size_t count, size_t from, size_t to);

/*
 * Whether a result that depends on `before` bytes before and `after` behind
 * offset `at` of the copy's source holds in the blob too: the copy holds all
 * these bytes, or both texts end alike at the side where it does not.
 */
bool ks_carry_whole(const struct ks_copy *copy, struct ks_carry_ends ends,
                    size_t at, size_t before, size_t after);

#endif
