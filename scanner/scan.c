/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP = 1 << 20, /* bytes prefiltered before they are matched */
    NEAR = 4,       /* hits that are looked at one by one */
    PIECE_END = '\0',
};

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

static size_t run_length(const struct ks_run *run)
{
    return run->to - run->from;
}

/* A walk over the base's results, moved into the blob. */
struct carrying {
    struct ks_scan *scan;
    const struct ks_blob *blob;
    const struct ks_memo *base;
    struct ks_carry_ends ends;
    size_t hit; /* of the base, behind the copy that was looked at last */
};

static struct carrying carry_into(struct ks_scan *scan,
                                  const struct ks_blob *blob)
{
    const struct ks_memo *base = blob->base_memo;

    return (struct carrying){
        .scan = scan,
        .blob = blob,
        .base = base,
        .ends = {.base_len = base->len, .len = blob->bytes.len},
    };
}

/* Leaves in `fresh` what no copy holds, for results of that width. */
static enum ks_rc find_fresh(struct carrying *c, size_t width,
                             struct ks_err *err)
{
    return ks_carry_fresh(&c->scan->fresh, c->blob->copies, c->blob->copy_count,
                          c->ends, width, err);
}

/* Copies the fresh runs into one buffer, with NULs behind each. */
static enum ks_rc gather_runs(struct ks_scan *scan, struct ks_span text,
                              size_t gap, struct ks_err *err)
{
    ks_buf_clear(&scan->gathered);
    for (size_t i = 0; i < scan->fresh.len; i++) {
        struct ks_run piece = scan->fresh.items[i];

        if (ks_buf_reserve(&scan->gathered, run_length(&piece) + gap) != KS_OK)
            return ks_fail_memory(err);
        memcpy(scan->gathered.ptr + scan->gathered.len, text.ptr + piece.from,
               run_length(&piece));
        scan->gathered.len += run_length(&piece);
        memset(scan->gathered.ptr + scan->gathered.len, PIECE_END, gap);
        scan->gathered.len += gap;
    }
    scan->amounts.scanned += scan->gathered.len - gap * scan->fresh.len;
    return KS_OK;
}

/* Moves hits in gathered runs to where these are in the text. */
static void spread_hits(struct ks_scan *scan, size_t gap)
{
    const struct ks_run *run = scan->fresh.items;
    size_t offset = 0, kept = 0;

    for (size_t i = 0; i < scan->found.len; i++) {
        struct ks_hit hit = scan->found.items[i];

        while (hit.end > offset + run_length(run) + gap)
            offset += run_length(run++) + gap;
        /* What ends in the gap is no text of the blob. */
        if (hit.end > offset + run_length(run))
            continue;
        hit.end = (uint32_t)(run->from + hit.end - offset);
        scan->found.items[kept++] = hit;
    }
    scan->found.len = kept;
}

/*
 * Prefilters what no copy holds: for Hyperscan in one call, since small calls
 * are dear; enough NULs are between runs that nothing reaches across.
 */
static enum ks_rc prefilter_fresh(struct carrying *c, struct ks_err *err)
{
    struct ks_scan *scan = c->scan;
    struct ks_span text = c->blob->bytes;
    const struct ks_triggers *triggers = triggers_of(scan);
    const struct ks_prefilter *prefilter =
        ks_matcher_prefilter(scan->detector.matcher);
    enum ks_rc rc = find_fresh(c, triggers->widest_database, err);

    scan->found.len = 0;
    if (rc == KS_OK)
        rc = gather_runs(scan, text, triggers->gap, err);
    if (rc == KS_OK)
        rc = ks_prefilter_scan(&scan->found, prefilter, scan->scratch,
                               KS_PREFILTER_DATABASE,
                               ks_buf_span(&scan->gathered), 0, err);
    ks_prefilter_order(&scan->found, 0);
    spread_hits(scan, triggers->gap);
    if (rc == KS_OK)
        rc = find_fresh(c, triggers->widest_word, err);
    for (size_t i = 0; i < scan->fresh.len && rc == KS_OK; i++) {
        struct ks_run run = scan->fresh.items[i];

        rc = ks_prefilter_scan(
            &scan->found, prefilter, scan->scratch, KS_PREFILTER_WORDS,
            ks_span_slice(text, run.from, run.to), (uint32_t)run.from, err);
    }
    ks_prefilter_order(&scan->found, 0);
    return rc;
}

/*
 * `near` is a guess: copies mostly follow each other in the base too, with few
 * hits between them.
 */
static size_t first_hit_behind(const struct ks_memo *base, size_t offset,
                               size_t near)
{
    size_t low = near, high = base->hit_count;

    if (near > 0 && base->hits[near - 1].end > offset) {
        low = 0;
        high = near - 1;
    }
    for (size_t i = 0; i < NEAR && low < high; i++, low++)
        if (base->hits[low].end > offset)
            return low;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (base->hits[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t first_match_of(const struct ks_memo *base,
                             const struct ks_hit *hit)
{
    size_t low = 0, high = base->match_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct ks_match *m = &base->matches[middle];

        if (m->hit < hit->end ||
            (m->hit == hit->end && m->trigger < hit->trigger))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Takes over the matches of a hit whose whole window was copied. */
static enum ks_rc take_matches(struct carrying *c, const struct ks_hit *hit,
                               uint32_t move, struct ks_err *err)
{
    size_t first = first_match_of(c->base, hit);

    for (size_t i = first; i < first + hit->matches; i++) {
        struct ks_match match = c->base->matches[i];

        match.hit += move;
        match.start += move;
        match.end += move;
        if (!KS_VEC_PUSH(&c->scan->matches, match))
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static enum ks_rc add_fresh(struct carrying *c, struct ks_hit hit,
                            struct ks_err *err)
{
    enum ks_rc rc = ks_detect(&c->scan->matches, &c->scan->detector,
                              c->blob->bytes, &hit, err);

    if (rc == KS_OK && !KS_VEC_PUSH(&c->scan->hits, hit))
        rc = ks_fail_memory(err);
    return rc;
}

static bool comes_before(const struct ks_hit *a, const struct ks_hit *b)
{
    return a->end != b->end ? a->end < b->end : a->trigger < b->trigger;
}

/* Adds the fresh hits that come before `bound`. */
static enum ks_rc add_fresh_until(struct carrying *c, size_t *next,
                                  struct ks_hit bound, struct ks_err *err)
{
    const struct ks_hits *found = &c->scan->found;
    enum ks_rc rc = KS_OK;

    for (; *next < found->len && rc == KS_OK; (*next)++) {
        struct ks_hit hit = found->items[*next];
        const struct ks_copy *copy;
        unsigned width;
        size_t from;

        if (!comes_before(&hit, &bound))
            break;
        width = triggers_of(c->scan)->items[hit.trigger].width;
        from = hit.end > width ? hit.end - width : 0;
        copy = ks_carry_holding(c->blob->copies, c->blob->copy_count, from,
                                hit.end);
        if (copy == NULL || (hit.end < width && copy->from > 0))
            rc = add_fresh(c, hit, err);
    }
    return rc;
}

/* Adds the base's hits that one copy holds; some must be matched again. */
static enum ks_rc add_copied(struct carrying *c, const struct ks_copy *copy,
                             size_t *next, struct ks_err *err)
{
    uint32_t move = copy->to - copy->from;
    size_t last = copy->from + (size_t)copy->len;
    enum ks_rc rc = KS_OK;

    size_t i = first_hit_behind(c->base, copy->from, c->hit);

    for (;
         i < c->base->hit_count && c->base->hits[i].end <= last && rc == KS_OK;
         i++) {
        const struct ks_hit *old = &c->base->hits[i];
        const struct ks_trigger *trigger =
            &triggers_of(c->scan)->items[old->trigger];
        struct ks_hit hit = *old;

        if (old->end - copy->from < trigger->width &&
            (copy->from > 0 || copy->to > 0))
            continue;
        hit.end += move;
        rc = add_fresh_until(c, next, hit, err);
        if (rc != KS_OK)
            break;
        if (!ks_carry_whole(copy, c->ends, old->end, trigger->before,
                            trigger->after)) {
            rc = add_fresh(c, hit, err);
            continue;
        }
        if (old->matches > 0)
            rc = take_matches(c, old, move, err);
        if (rc == KS_OK && !KS_VEC_PUSH(&c->scan->hits, hit))
            rc = ks_fail_memory(err);
    }
    c->hit = i;
    return rc;
}

static enum ks_rc scan_delta(struct ks_scan *scan, const struct ks_blob *blob,
                             struct ks_err *err)
{
    struct carrying c = carry_into(scan, blob);
    size_t next = 0;
    uint64_t before = scan->amounts.scanned;
    enum ks_rc rc = prefilter_fresh(&c, err);

    for (size_t i = 0; i < blob->copy_count && rc == KS_OK; i++) {
        rc = add_copied(&c, &blob->copies[i], &next, err);
    }
    if (rc == KS_OK)
        rc = add_fresh_until(&c, &next,
                             (struct ks_hit){UINT32_MAX, UINT16_MAX, 0}, err);
    before = scan->amounts.scanned - before;
    scan->amounts.carried +=
        blob->bytes.len > before ? blob->bytes.len - before : 0;
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

/* Whether what a span decodes to is known from the base. */
static const struct ks_copy *copy_of_span(const struct carrying *c, size_t from,
                                          size_t to)
{
    const struct ks_copy *copy =
        ks_carry_holding(c->blob->copies, c->blob->copy_count, from, to);

    if (copy == NULL ||
        !ks_carry_whole(copy, c->ends, from - copy->to + copy->from,
                        KS_DECODE_REACH, to - from + KS_DECODE_REACH))
        return NULL;
    return copy;
}

static bool is_fresh(void *ctx, size_t from, size_t to)
{
    return copy_of_span(ctx, from, to) == NULL;
}

/* Takes over the matches in spans that one copy holds with all around them. */
static enum ks_rc take_decoded(struct carrying *c, struct ks_err *err)
{
    for (size_t i = 0; c->base->decoded_count > 0 && i < c->blob->copy_count;
         i++) {
        const struct ks_copy *copy = &c->blob->copies[i];
        uint32_t move = copy->to - copy->from;

        for (size_t j = 0; j < c->base->decoded_count; j++) {
            struct ks_match match = c->base->decoded[j];

            if (match.from < copy->from ||
                match.to > copy->from + (size_t)copy->len)
                continue;
            match.from += move;
            match.to += move;
            match.start += move;
            match.end += move;
            match.hit += move;
            if (copy_of_span(c, match.from, match.to) != copy)
                continue;
            if (!KS_VEC_PUSH(&c->scan->decoded, match))
                return ks_fail_memory(err);
        }
    }
    return KS_OK;
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

/* Makes one of runs that are at most `gap` bytes apart. */
static void join_runs(struct ks_runs *runs, size_t gap)
{
    size_t kept = 0;

    for (size_t i = 1; i < runs->len; i++) {
        if (runs->items[i].from - runs->items[kept].to <= gap)
            runs->items[kept].to = runs->items[i].to;
        else
            runs->items[++kept] = runs->items[i];
    }
    if (runs->len > 0)
        runs->len = kept + 1;
}

static enum ks_rc unwrap_delta(struct ks_scan *scan, const struct ks_blob *blob,
                               struct ks_err *err)
{
    struct carrying c = carry_into(scan, blob);
    enum ks_rc rc = find_fresh(&c, KS_DECODE_REACH + 1, err);

    /* The decoder looks as far beyond each: nearer ones it would see twice. */
    join_runs(&scan->fresh, 2 * (size_t)KS_DECODE_REACH);
    for (size_t i = 0; i < scan->fresh.len && rc == KS_OK; i++)
        rc = ks_unwrap_matches(&scan->decoded, &scan->unwrap, blob->bytes,
                               scan->fresh.items[i].from,
                               scan->fresh.items[i].to, is_fresh, &c, err);
    if (rc == KS_OK)
        rc = take_decoded(&c, err);
    return rc;
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
    if (blob->base_memo != NULL && blob->copy_count > 0) {
        rc = scan_delta(scan, blob, err);
        if (rc == KS_OK)
            rc = unwrap_delta(scan, blob, err);
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
