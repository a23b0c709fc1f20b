/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/resolve.h"

#include <stdlib.h>

/* Negative if `a` is to be kept rather than `b`. */
static int rank(const struct ks_match *a, const struct ks_match *b)
{
    uint32_t a_len = a->end - a->start, b_len = b->end - b->start;

    if (a->proof != b->proof)
        return a->proof > b->proof ? -1 : 1;
    if (a->specificity != b->specificity)
        return a->specificity > b->specificity ? -1 : 1;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a_len != b_len)
        return a_len > b_len ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

static int by_rank(const void *a, const void *b)
{
    const struct ks_match *const *x = a, *const *y = b;

    return rank(*x, *y);
}

/* Where in `kept`, ordered by start and disjoint, `match` would stand. */
static size_t place_in(const struct ks_match *const *kept, size_t count,
                       const struct ks_match *match)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (kept[middle]->start < match->start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool overlaps(const struct ks_match *a, const struct ks_match *b)
{
    return a->start < b->end && b->start < a->end;
}

/* Chooses among the matches of one cluster; `ranked` and `kept` have room. */
static size_t choose(const struct ks_match **ranked, size_t count,
                     const struct ks_match **kept)
{
    size_t len = 0;

    qsort(ranked, count, sizeof(*ranked), by_rank);
    for (size_t i = 0; i < count; i++) {
        size_t at = place_in(kept, len, ranked[i]);

        if ((at > 0 && overlaps(kept[at - 1], ranked[i])) ||
            (at < len && overlaps(kept[at], ranked[i])))
            continue;
        for (size_t j = len; j > at; j--)
            kept[j] = kept[j - 1];
        kept[at] = ranked[i];
        len++;
    }
    return len;
}

/* The end of the run of matches from `first` on that overlap one another. */
static size_t cluster_end(const struct ks_matches *matches, size_t first)
{
    uint32_t reach = matches->items[first].end;
    size_t last = first + 1;

    while (last < matches->len && matches->items[last].start < reach) {
        if (matches->items[last].end > reach)
            reach = matches->items[last].end;
        last++;
    }
    return last;
}

enum ks_rc ks_resolve(struct ks_matches *matches, struct ks_err *err)
{
    const struct ks_match **work;
    struct ks_match *chosen;
    size_t out = 0;

    if (matches->len < 2)
        return KS_OK;
    work = calloc(2 * matches->len, sizeof(*work));
    chosen = calloc(matches->len, sizeof(*chosen));
    if (work == NULL || chosen == NULL) {
        free(work);
        free(chosen);
        return ks_fail_memory(err);
    }
    for (size_t i = 0, end; i < matches->len; i = end) {
        size_t kept;

        end = cluster_end(matches, i);
        for (size_t j = i; j < end; j++)
            work[j - i] = &matches->items[j];
        kept = choose(work, end - i, work + matches->len);
        for (size_t j = 0; j < kept; j++)
            chosen[out++] = *work[matches->len + j];
    }
    for (size_t i = 0; i < out; i++)
        matches->items[i] = chosen[i];
    matches->len = out;
    free(work);
    free(chosen);
    return KS_OK;
}
