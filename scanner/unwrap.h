/* SPDX-License-Identifier: Apache-2.0 */
/* unwrap.h: matches inside encoded spans, with offsets mapped back. */
#ifndef KS_SCANNER_UNWRAP_H
#define KS_SCANNER_UNWRAP_H

#include "scanner/decoders/decode.h"
#include "scanner/detect.h"

/* What one thread needs; its lists are reused. */
struct ks_unwrap {
    struct ks_decoder *decoder;
    struct ks_detector *detector;           /* borrowed */
    struct ks_prefilter_scratch *scratch;   /* borrowed */
    struct ks_hits hits[KS_DECODE_DEPTH];   /* one for each level */
    struct ks_matches found[KS_DECODE_DEPTH];
};

enum ks_rc ks_unwrap_init(struct ks_unwrap *unwrap,
                          struct ks_detector *detector,
                          struct ks_prefilter_scratch *scratch,
                          struct ks_err *err);
void ks_unwrap_release(struct ks_unwrap *unwrap);

/* Whether a span is looked into; its offsets are into the text. */
typedef bool (*ks_unwrap_wanted)(void *ctx, size_t from, size_t to);

/*
 * Appends the matches inside the encoded spans that overlap [from, to) of the
 * text and that `wanted` (NULL: all) agrees to. `match.from` and `match.to`
 * are the span. They depend on the span and KS_DECODE_REACH bytes on either
 * side. KS_ENOMEM, KS_EINVAL as ks_detect.
 */
enum ks_rc ks_unwrap_matches(struct ks_matches *out, struct ks_unwrap *unwrap,
                             struct ks_span text, size_t from, size_t to,
                             ks_unwrap_wanted wanted, void *ctx,
                             struct ks_err *err);

/* Whether this is what a match may have as `decoded`. */
bool ks_unwrap_known(uint8_t decoded);

/*
 * The words for `match.decoded`, such as "base64" or "base64, percent";
 * written to `out`, or NULL if nothing was decoded.
 */
const char *ks_unwrap_name(char *out, size_t room, uint8_t decoded);

#endif
