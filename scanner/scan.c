/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/scan.h"

#include "scanner/scan_delta.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 1 << 20 }; /* bytes prefiltered before they are matched */

/* Bytes of the fresh runs of one blob. */
static const size_t gather_cap = (size_t)1 << 31;

enum ks_rc ks_scan_init(struct ks_scan *scan, struct ks_matcher *matcher,
                        unsigned worker, struct ks_coverage *coverage,
                        struct ks_err *err)
{
    enum ks_rc rc;

    *scan = (struct ks_scan){0};
    ks_buf_init(&scan->gathered, gather_cap);
    rc = ks_detector_init(&scan->detector, matcher, worker, coverage, err);
    if (rc == KS_OK)
        rc = ks_prefilter_scratch_new(&scan->scratch,
                                      ks_matcher_prefilter(matcher), err);
    if (rc == KS_OK)
        rc = ks_unwrap_init(&scan->unwrap, &scan->detector, scan->scratch, err);
    if (rc != KS_OK)
        ks_scan_release(scan);
    return rc;
}

void ks_scan_release(struct ks_scan *scan)
{
    ks_unwrap_release(&scan->unwrap);
    ks_detector_release(&scan->detector);
    ks_prefilter_scratch_free(scan->scratch);
    KS_VEC_RELEASE(&scan->hits);
    KS_VEC_RELEASE(&scan->found);
    KS_VEC_RELEASE(&scan->matches);
    KS_VEC_RELEASE(&scan->decoded);
    KS_VEC_RELEASE(&scan->all);
    KS_VEC_RELEASE(&scan->fresh);
    KS_VEC_RELEASE(&scan->copies);
    ks_buf_wipe(&scan->gathered);
}

static const struct ks_triggers *triggers_of(const struct ks_scan *scan)
{
    return ks_matcher_triggers(scan->detector.matcher);
}

static enum ks_rc detect_all(struct ks_scan *scan, struct ks_span text,
                             size_t first, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = first; i < scan->hits.len && rc == KS_OK; i++)
        rc = ks_detect(&scan->matches, &scan->detector, text,
                       &scan->hits.items[i], err);
    return rc;
}

/* Drops the hits from `first` on whose end is outside (after, last]. */
static void keep_ends(struct ks_hits *hits, size_t first, size_t after,
                      size_t last)
{
    size_t kept = first;

    for (size_t i = first; i < hits->len; i++)
        if (hits->items[i].end > after && hits->items[i].end <= last)
            hits->items[kept++] = hits->items[i];
    hits->len = kept;
}

/*
 * Prefilters and matches step by step, so that what is matched is still in the
 * processor's cache, and forgets the hits unless `keep`.
 */
static enum ks_rc scan_whole(struct ks_scan *scan, const struct ks_blob *blob,
                             bool keep, struct ks_err *err)
{
    struct ks_span text = blob->bytes;
    size_t reach = triggers_of(scan)->widest;
    size_t own_to = blob->own_to < text.len ? blob->own_to : text.len;
    enum ks_rc rc = KS_OK;

    for (size_t at = 0; at < text.len && rc == KS_OK; at += STEP) {
        size_t to = text.len - at > STEP ? at + STEP : text.len;
        size_t from = at > reach ? at - reach : 0;
        size_t first;

        if (!keep)
            scan->hits.len = 0;
        first = scan->hits.len;
        rc = ks_prefilter_scan(
            &scan->hits, ks_matcher_prefilter(scan->detector.matcher),
            scan->scratch, KS_PREFILTER_ALL, ks_span_slice(text, from, to),
            (uint32_t)from, err);
        ks_prefilter_order(&scan->hits, first);
        keep_ends(&scan->hits, first, at, to);
        if (blob->own_from > 0 || own_to < text.len)
            keep_ends(&scan->hits, first, blob->own_from, own_to);
        if (rc == KS_OK)
            rc = detect_all(scan, text, first, err);
    }
    scan->amounts.scanned += text.len;
    return rc;
}

static int in_order(const void *a, const void *b)
{
    const struct ks_match *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    if (x->decoded != y->decoded)
        return x->decoded < y->decoded ? -1 : 1;
    if (x->hit != y->hit)
        return x->hit < y->hit ? -1 : 1;
    return (x->trigger > y->trigger) - (x->trigger < y->trigger);
}

/* A window of a large input answers for the spans that begin in its own part.
 */
static bool is_own(void *ctx, size_t from, size_t to)
{
    const struct ks_blob *blob = ctx;

    (void)to;
    return from >= blob->own_from && from < blob->own_to;
}

static enum ks_rc unwrap_whole(struct ks_scan *scan, struct ks_blob *blob,
                               struct ks_err *err)
{
    return ks_unwrap_matches(&scan->decoded, &scan->unwrap, blob->bytes,
                             blob->own_from, blob->own_to, is_own, blob, err);
}

static int by_span(const void *a, const void *b)
{
    const struct ks_match *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return in_order(a, b);
}

/* In order of span, each once: a span may reach into several fresh runs. */
static void order_decoded(struct ks_matches *decoded)
{
    size_t kept = 0;

    if (decoded->len < 2)
        return;
    qsort(decoded->items, decoded->len, sizeof(*decoded->items), by_span);
    for (size_t i = 1; i < decoded->len; i++)
        if (by_span(&decoded->items[kept], &decoded->items[i]) != 0)
            decoded->items[++kept] = decoded->items[i];
    decoded->len = kept + 1;
}

/* Puts all matches in order; several hits may have led to the same one. */
static enum ks_rc put_in_order(struct ks_scan *scan, struct ks_err *err)
{
    size_t kept = 0;

    scan->all.len = 0;
    for (size_t i = 0; i < scan->matches.len; i++)
        if (!KS_VEC_PUSH(&scan->all, scan->matches.items[i]))
            return ks_fail_memory(err);
    for (size_t i = 0; i < scan->decoded.len; i++)
        if (!KS_VEC_PUSH(&scan->all, scan->decoded.items[i]))
            return ks_fail_memory(err);
    if (scan->all.len < 2)
        return KS_OK;
    qsort(scan->all.items, scan->all.len, sizeof(*scan->all.items), in_order);
    for (size_t i = 1; i < scan->all.len; i++) {
        const struct ks_match *last = &scan->all.items[kept];
        const struct ks_match *this = &scan->all.items[i];

        if (last->start != this->start || last->end != this->end ||
            last->rule != this->rule)
            scan->all.items[++kept] = *this;
    }
    scan->all.len = kept + 1;
    return KS_OK;
}

enum ks_rc ks_scan_blob(struct ks_scan *scan, const struct ks_blob *blob,
                        struct ks_memo **memo, struct ks_err *err)
{
    bool keep = memo != NULL && blob->wants_memo;
    enum ks_rc rc;

    scan->hits.len = scan->matches.len = scan->decoded.len = 0;
    scan->all.len = 0;
    if (blob->bytes.len > UINT32_MAX)
        return ks_fail(err, KS_ELIMIT, "a blob of more than 4 GiB");
    ks_detector_begin(&scan->detector);
    if (blob->copy_count > 0 && blob->memos[KS_COPY_BASE] != NULL) {
        rc = ks_scan_delta(scan, blob, err);
    } else {
        struct ks_blob whole = *blob;

        rc = scan_whole(scan, blob, keep, err);
        if (rc == KS_OK)
            rc = unwrap_whole(scan, &whole, err);
    }
    order_decoded(&scan->decoded);
    if (rc == KS_OK)
        rc = put_in_order(scan, err);
    if (rc == KS_OK && keep)
        rc = ks_memo_new(memo, &scan->hits, &scan->matches, &scan->decoded,
                         blob->bytes.len, err);
    return rc;
}
