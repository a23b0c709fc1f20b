/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/carry.h"

#include <stdlib.h>
#include <string.h>

static bool duplicate(void *out, const void *items, size_t count, size_t size)
{
    void **copy = out;

    if (count == 0)
        return true;
    *copy = malloc(count * size);
    if (*copy == NULL)
        return false;
    memcpy(*copy, items, count * size);
    return true;
}

enum ks_rc ks_memo_new(struct ks_memo **out, const struct ks_hits *hits,
                       const struct ks_matches *matches,
                       const struct ks_matches *decoded, size_t len,
                       struct ks_err *err)
{
    struct ks_memo *memo = calloc(1, sizeof(*memo));

    if (memo == NULL)
        return ks_fail_memory(err);
    *memo = (struct ks_memo){.hit_count = hits->len,
                             .match_count = matches->len,
                             .decoded_count = decoded->len,
                             .len = len};
    if (!duplicate(&memo->hits, hits->items, hits->len, sizeof(*hits->items)) ||
        !duplicate(&memo->matches, matches->items, matches->len,
                   sizeof(*matches->items)) ||
        !duplicate(&memo->decoded, decoded->items, decoded->len,
                   sizeof(*decoded->items))) {
        ks_memo_free(memo);
        return ks_fail_memory(err);
    }
    *out = memo;
    return KS_OK;
}

void ks_memo_free(struct ks_memo *memo)
{
    if (memo == NULL)
        return;
    free(memo->hits);
    free(memo->matches);
    free(memo->decoded);
    free(memo);
}

/* Adds [from, to), joined with the run before it if they touch. */
static bool add_run(struct ks_runs *runs, size_t from, size_t to)
{
    if (from >= to)
        return true;
    if (runs->len > 0 && runs->items[runs->len - 1].to >= from) {
        if (runs->items[runs->len - 1].to < to)
            runs->items[runs->len - 1].to = to;
        return true;
    }
    return KS_VEC_PUSH(runs, (struct ks_run){from, to});
}

/* Whether the text ends where the source does. */
static bool ends_alike(const struct ks_copy *last, struct ks_carry_ends ends)
{
    return last->to + (size_t)last->len == ends.len &&
           last->from + (size_t)last->len == ends.source_len[last->source];
}

enum ks_rc ks_carry_fresh(struct ks_runs *out, const struct ks_copy *copies,
                          size_t count, struct ks_carry_ends ends, size_t width,
                          struct ks_err *err)
{
    size_t reach = width > 0 ? width - 1 : 0;
    size_t done = 0; /* end of the copy before */

    out->len = 0;
    for (size_t i = 0; i <= count; i++) {
        size_t next = i < count ? copies[i].to : ends.len;
        /* A hit may be narrower than its trigger: what was in front of it in
         * the source may be gone. */
        bool at_start = done == 0 && (i == count || copies[i].from == 0);
        bool at_end =
            i == count && (count == 0 || ends_alike(&copies[count - 1], ends));
        size_t from = done > reach ? done - reach : 0;
        size_t to = next + reach < ends.len ? next + reach : ends.len;

        /* A seam at an end of the text has nothing on its other side. */
        if (!((at_start || at_end) && done == next) && !add_run(out, from, to))
            return ks_fail_memory(err);
        done = i < count ? copies[i].to + (size_t)copies[i].len : ends.len;
    }
    return KS_OK;
}

const struct ks_copy *ks_carry_holding(const struct ks_copy *copies,
                                       size_t count, size_t from, size_t to)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (copies[middle].to <= from)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || to > copies[low - 1].to + (size_t)copies[low - 1].len)
        return NULL;
    return &copies[low - 1];
}

bool ks_carry_whole(const struct ks_copy *copy, struct ks_carry_ends ends,
                    size_t at, size_t before, size_t after)
{
    size_t first = copy->from, last = copy->from + (size_t)copy->len;
    size_t end = copy->to + (size_t)copy->len;
    bool starts = first == 0 && copy->to == 0;
    bool finishes = last == ends.source_len[copy->source] && end == ends.len;

    return (starts || (at >= before && at - before >= first)) &&
           (finishes || after <= last - at);
}
