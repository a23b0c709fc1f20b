/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/unwrap.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LONGEST = 1 << 30, /* bytes of decoded text that are scanned */
    KIND_BITS = 4,     /* of match.decoded, for each of two levels */
    KIND_MASK = (1 << KIND_BITS) - 1,
};

_Static_assert((int)KS_DECODE_KINDS <= (int)KIND_MASK,
               "two kinds must fit a byte");

/* One level of decoding under way. */
struct level {
    struct ks_unwrap *unwrap;
    struct ks_matches *out;
    unsigned depth;
    ks_unwrap_wanted wanted;
    void *ctx;
};

enum ks_rc ks_unwrap_init(struct ks_unwrap *unwrap,
                          struct ks_detector *detector,
                          struct ks_prefilter_scratch *scratch,
                          struct ks_err *err)
{
    *unwrap = (struct ks_unwrap){.detector = detector, .scratch = scratch};
    return ks_decoder_new(&unwrap->decoder, err);
}

void ks_unwrap_release(struct ks_unwrap *unwrap)
{
    ks_decoder_free(unwrap->decoder);
    for (size_t i = 0; i < KS_DECODE_DEPTH; i++) {
        KS_VEC_RELEASE(&unwrap->hits[i]);
        KS_VEC_RELEASE(&unwrap->found[i]);
    }
    *unwrap = (struct ks_unwrap){0};
}

static enum ks_rc unwrap_level(const struct level *level, struct ks_span text,
                               size_t from, size_t to, struct ks_err *err);

/* Moves what was found in decoded text to its place in the outer text. */
static bool move_out(const struct level *level,
                     const struct ks_decoded *decoded,
                     const struct ks_match *inner)
{
    struct ks_match match = *inner;
    size_t from = decoded->from, to = decoded->to;

    if (inner->end > inner->start)
        ks_decode_outer(decoded, inner->start, inner->end, &from, &to);
    match.start = (uint32_t)from;
    match.end = (uint32_t)to;
    match.from = (uint32_t)decoded->from;
    match.to = (uint32_t)decoded->to;
    match.hit = match.to;
    match.trigger = KS_NO_TRIGGER;
    match.decoded = (uint8_t)(((unsigned)match.decoded & KIND_MASK)
                                  << KIND_BITS |
                              (unsigned)decoded->kind);
    return KS_VEC_PUSH(level->out, match);
}

static enum ks_rc scan_decoded(const struct level *level,
                               const struct ks_decoded *decoded,
                               struct ks_err *err)
{
    struct ks_unwrap *u = level->unwrap;
    struct ks_hits *hits = &u->hits[level->depth];
    struct ks_matches *found = &u->found[level->depth];
    struct level inner = {u, found, level->depth + 1, NULL, NULL};
    struct ks_span text = ks_span_slice(decoded->bytes, 0, LONGEST);
    enum ks_rc rc;

    hits->len = found->len = 0;
    rc = ks_prefilter_scan(hits, ks_matcher_prefilter(u->detector->matcher),
                           u->scratch, KS_PREFILTER_ALL, text, 0, err);
    ks_prefilter_order(hits, 0);
    for (size_t i = 0; i < hits->len && rc == KS_OK; i++)
        rc = ks_detect(found, u->detector, text, &hits->items[i], err);
    if (rc == KS_OK && inner.depth < KS_DECODE_DEPTH)
        rc = unwrap_level(&inner, text, 0, text.len, err);
    for (size_t i = 0; i < found->len && rc == KS_OK; i++)
        if (!move_out(level, decoded, &found->items[i]))
            rc = ks_fail_memory(err);
    return rc;
}

static enum ks_rc on_span(void *ctx, const struct ks_decoded *decoded,
                          struct ks_err *err)
{
    const struct level *level = ctx;

    if (level->wanted != NULL &&
        !level->wanted(level->ctx, decoded->from, decoded->to))
        return KS_OK;
    return scan_decoded(level, decoded, err);
}

static enum ks_rc unwrap_level(const struct level *level, struct ks_span text,
                               size_t from, size_t to, struct ks_err *err)
{
    struct level own = *level;

    return ks_decode_find(level->unwrap->decoder, text, from, to, on_span,
                          &own, err);
}

enum ks_rc ks_unwrap_matches(struct ks_matches *out, struct ks_unwrap *unwrap,
                             struct ks_span text, size_t from, size_t to,
                             ks_unwrap_wanted wanted, void *ctx,
                             struct ks_err *err)
{
    struct level level = {unwrap, out, 0, wanted, ctx};

    return unwrap_level(&level, text, from, to, err);
}

bool ks_unwrap_known(uint8_t decoded)
{
    return (decoded & KIND_MASK) < KS_DECODE_KINDS &&
           decoded >> KIND_BITS < KS_DECODE_KINDS;
}

const char *ks_unwrap_name(char *out, size_t room, uint8_t decoded)
{
    unsigned outer = decoded & KIND_MASK, inner = decoded >> KIND_BITS;

    if (outer == KS_DECODE_NONE)
        return NULL;
    (void)snprintf(out, room, "%s%s%s",
                   ks_decode_name((enum ks_decode_kind)outer),
                   inner == KS_DECODE_NONE ? "" : ", ",
                   ks_decode_name((enum ks_decode_kind)inner));
    return out;
}
