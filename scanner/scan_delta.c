/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_delta.c: a blob of which copies are known. What one copy holds whole is
 * taken over; the rest is prefiltered, matched and decoded.
 */
#include "scanner/scan_delta.h"

#include <string.h>

enum {
    NEAR = 4, /* hits that are looked at one by one */
    PIECE_END = '\0',
};

static const struct ks_triggers *triggers_of(const struct ks_scan *scan)
{
    return ks_matcher_triggers(scan->detector.matcher);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t run_length(const struct ks_run *run)
{
    return run->to - run->from;
}

/* A walk over the results of the blob's sources, moved into the blob. */
struct carrying {
    struct ks_scan *scan;
    const struct ks_blob *blob;
    const struct ks_memo *memos[KS_COPY_SOURCES];
    const struct ks_copy *copies;
    size_t count;
    struct ks_carry_ends ends;
    /* Of a source's hits, behind the copy that was looked at last. */
    size_t hit[KS_COPY_SOURCES];
};

/*
 * Copies that overlap share what they both hold out between them, which takes
 * an overlap that holds every trigger. Where one is wider, none overlap.
 */
static enum ks_rc part_copies(struct carrying *c, struct ks_err *err)
{
    struct ks_copies *parted = &c->scan->copies;

    if (triggers_of(c->scan)->widest <= KS_COPY_OVERLAP)
        return KS_OK;
    parted->len = 0;
    for (size_t i = 0, done = 0; i < c->count; i++) {
        struct ks_copy copy = c->copies[i];
        uint32_t over = done > copy.to ? (uint32_t)done - copy.to : 0;

        copy.to += over;
        copy.from += over;
        copy.len -= over;
        done = copy.to + (size_t)copy.len;
        if (!KS_VEC_PUSH(parted, copy))
            return ks_fail_memory(err);
    }
    c->copies = parted->items;
    return KS_OK;
}

static enum ks_rc carry_into(struct carrying *c, struct ks_scan *scan,
                             const struct ks_blob *blob, struct ks_err *err)
{
    *c = (struct carrying){.scan = scan,
                           .blob = blob,
                           .copies = blob->copies,
                           .count = blob->copy_count,
                           .ends = {.len = blob->bytes.len}};
    for (size_t i = 0; i < KS_COPY_SOURCES; i++) {
        c->memos[i] = blob->memos[i];
        if (c->memos[i] != NULL)
            c->ends.source_len[i] = c->memos[i]->len;
    }
    return part_copies(c, err);
}

/* Leaves in `fresh` what no copy holds, for results of that width. */
static enum ks_rc find_fresh(struct carrying *c, size_t width,
                             struct ks_err *err)
{
    return ks_carry_fresh(&c->scan->fresh, c->copies, c->count, c->ends, width,
                          err);
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
 * `near` is a guess: copies mostly follow each other in the source too, with
 * few hits between them.
 */
static size_t first_hit_behind(const struct ks_memo *memo, size_t offset,
                               size_t near)
{
    size_t low = near, high = memo->hit_count;

    if (near > 0 && memo->hits[near - 1].end > offset) {
        low = 0;
        high = near - 1;
    }
    for (size_t i = 0; i < NEAR && low < high; i++, low++)
        if (memo->hits[low].end > offset)
            return low;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memo->hits[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t first_match_of(const struct ks_memo *memo,
                             const struct ks_hit *hit)
{
    size_t low = 0, high = memo->match_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct ks_match *m = &memo->matches[middle];

        if (m->hit < hit->end ||
            (m->hit == hit->end && m->trigger < hit->trigger))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Takes over the matches of a hit whose whole window was copied. */
static enum ks_rc take_matches(struct carrying *c, const struct ks_memo *memo,
                               const struct ks_hit *hit, uint32_t move,
                               struct ks_err *err)
{
    size_t first = first_match_of(memo, hit);

    for (size_t i = first; i < first + hit->matches; i++) {
        struct ks_match match = memo->matches[i];

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
        copy = ks_carry_holding(c->copies, c->count, from, hit.end);
        if (copy == NULL || (hit.end < width && copy->from > 0))
            rc = add_fresh(c, hit, err);
    }
    return rc;
}

/*
 * Up to where hits belong to the copy in front of number `i`, and from where on
 * to that one: in the middle of what both hold, so that both hold much around
 * each of their own, and not before where the second holds every trigger.
 */
static size_t border(const struct carrying *c, size_t i)
{
    const struct ks_copy *before = &c->copies[i - 1];
    size_t end = before->to + (size_t)before->len;
    size_t start = c->copies[i].to;

    return end <= start ? end
                        : most(start + (end - start) / 2,
                               start + triggers_of(c->scan)->widest);
}

/* Adds the hits that copy number `i` holds; some must be matched again. */
static enum ks_rc add_copied(struct carrying *c, size_t i, size_t *next,
                             struct ks_err *err)
{
    const struct ks_copy *copy = &c->copies[i];
    const struct ks_memo *memo = c->memos[copy->source];
    uint32_t move = copy->to - copy->from;
    size_t own_from = i == 0 ? copy->to : most(copy->to, border(c, i));
    size_t own_to = i + 1 < c->count ? border(c, i + 1) : c->ends.len;
    size_t at = first_hit_behind(memo, own_from - copy->to + copy->from,
                                 c->hit[copy->source]);
    size_t last = copy->from + least(copy->len, own_to - copy->to);
    enum ks_rc rc = KS_OK;

    for (; at < memo->hit_count && memo->hits[at].end <= last && rc == KS_OK;
         at++) {
        const struct ks_hit *old = &memo->hits[at];
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
            rc = take_matches(c, memo, old, move, err);
        if (rc == KS_OK && !KS_VEC_PUSH(&c->scan->hits, hit))
            rc = ks_fail_memory(err);
    }
    c->hit[copy->source] = at;
    return rc;
}

/* Carries hits over and looks for new ones. */
static enum ks_rc find_hits(struct carrying *c, struct ks_err *err)
{
    size_t next = 0;
    struct ks_amounts *amounts = &c->scan->amounts;
    uint64_t before = amounts->scanned, len = c->blob->bytes.len;
    enum ks_rc rc = prefilter_fresh(c, err);

    for (size_t i = 0; i < c->count && rc == KS_OK; i++)
        rc = add_copied(c, i, &next, err);
    if (rc == KS_OK)
        rc = add_fresh_until(c, &next,
                             (struct ks_hit){UINT32_MAX, UINT16_MAX, 0}, err);
    before = amounts->scanned - before;
    amounts->carried += len > before ? len - before : 0;
    return rc;
}

/*
 * The copy from which it is known what a span decodes to, or NULL: one that
 * holds all that the decoder sees of it.
 */
static const struct ks_copy *copy_of_span(const struct carrying *c, size_t from,
                                          size_t to)
{
    size_t first = from > KS_DECODE_REACH ? from - KS_DECODE_REACH : 0;
    size_t last = to + KS_DECODE_REACH;
    const struct ks_copy *copy = ks_carry_holding(
        c->copies, c->count, first, last < c->ends.len ? last : c->ends.len);

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

/* Takes over the matches in spans that copy number `i` answers for. */
static enum ks_rc take_decoded(struct carrying *c, size_t i, struct ks_err *err)
{
    const struct ks_copy *copy = &c->copies[i];
    const struct ks_memo *memo = c->memos[copy->source];
    uint32_t move = copy->to - copy->from;

    for (size_t j = 0; j < memo->decoded_count; j++) {
        struct ks_match match = memo->decoded[j];

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
    return KS_OK;
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

static enum ks_rc find_encoded(struct carrying *c, struct ks_err *err)
{
    struct ks_scan *scan = c->scan;
    enum ks_rc rc = find_fresh(c, KS_DECODE_REACH + 1, err);

    /* The decoder looks as far beyond each: nearer ones it would see twice. */
    join_runs(&scan->fresh, 2 * (size_t)KS_DECODE_REACH);
    for (size_t i = 0; i < scan->fresh.len && rc == KS_OK; i++)
        rc = ks_unwrap_matches(&scan->decoded, &scan->unwrap, c->blob->bytes,
                               scan->fresh.items[i].from,
                               scan->fresh.items[i].to, is_fresh, c, err);
    for (size_t i = 0; i < c->count && rc == KS_OK; i++)
        rc = take_decoded(c, i, err);
    return rc;
}

enum ks_rc ks_scan_delta(struct ks_scan *scan, const struct ks_blob *blob,
                         struct ks_err *err)
{
    struct carrying c;
    enum ks_rc rc = carry_into(&c, scan, blob, err);

    if (rc == KS_OK)
        rc = find_hits(&c, err);
    return rc == KS_OK ? find_encoded(&c, err) : rc;
}
