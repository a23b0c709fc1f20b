/* SPDX-License-Identifier: Apache-2.0 */
/* spots.c: where secrets are, and where they first came to. */
#include "scanner/making.h"

#include <stdlib.h>
#include <string.h>

/*
 * The place of each occurrence among those of its secret in its blob, in order
 * of offset; occurrences of one blob stand together in that order.
 */
static uint32_t *number_occurrences(const struct ks_making *m,
                                    const struct ks_harvest *harvest)
{
    const struct ks_occurrences *all = &harvest->occurrences;
    uint32_t *nth = calloc(all->len + 1, sizeof(*nth));
    uint32_t *last = calloc(m->secrets.len + 1, sizeof(*last));
    uint32_t *seen = calloc(m->secrets.len + 1, sizeof(*seen));

    for (size_t i = 0;
         nth != NULL && last != NULL && seen != NULL && i < all->len; i++) {
        const struct ks_occurrence *o = &all->items[i];
        uint32_t secret = ks_making_secret(m, o->leak);

        if (last[secret] != o->origin + 1)
            seen[secret] = 0;
        last[secret] = o->origin + 1;
        nth[i] = seen[secret]++;
    }
    if (last == NULL || seen == NULL) {
        free(nth);
        nth = NULL;
    }
    free(last);
    free(seen);
    return nth;
}

/* For each origin of a worker: its first place and how many it has. */
struct placed {
    size_t first, count;
};

static int by_blob(const void *a, const void *b)
{
    const struct ks_found_place *x = a, *y = b;

    if (x->blob != y->blob)
        return x->blob < y->blob ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static struct placed *index_places(const struct ks_making *m, unsigned worker)
{
    const struct ks_collector *c = m->collector;
    struct placed *placed =
        calloc(c->harvests[worker].origins.len + 1, sizeof(*placed));

    for (size_t i = 0; placed != NULL && i < c->places.len; i++) {
        uint32_t origin = c->found_origin[c->places.items[i].blob];
        struct placed *p;

        if (origin >> KS_LEAK_WORKER_SHIFT != worker)
            continue;
        p = &placed[origin & KS_LEAK_INDEX_MASK];
        if (p->count++ == 0)
            p->first = i;
    }
    return placed;
}

static bool add_spots(struct ks_making *m, const struct ks_origin *origin,
                      const struct ks_occurrence *o, uint32_t nth,
                      const struct placed *placed)
{
    struct ks_spot spot = {
        .secret = ks_making_secret(m, o->leak),
        .path = origin->path,
        .archive = origin->archive,
        .nth = nth,
        .at_tip = true,
        .occurrence = o,
        .origin = origin,
    };

    if (!m->collector->options.history)
        return KS_VEC_PUSH(&m->spots, spot);
    for (size_t i = placed->first; i < placed->first + placed->count; i++) {
        const struct ks_found_place *place = &m->collector->places.items[i];

        spot.path = place->path;
        spot.order = place->order;
        spot.at_tip = place->at_tip;
        spot.unreachable = place->unreachable;
        spot.commit = place->commit.oid.len > 0 ? &place->commit : NULL;
        if (!KS_VEC_PUSH(&m->spots, spot))
            return false;
    }
    return true;
}

bool ks_making_gather(struct ks_making *m)
{
    struct ks_collector *c = m->collector;

    if (c->places.len > 0)
        qsort(c->places.items, c->places.len, sizeof(*c->places.items),
              by_blob);
    for (unsigned w = 0; w < c->options.workers; w++) {
        const struct ks_harvest *harvest = &c->harvests[w];
        uint32_t *nth = number_occurrences(m, harvest);
        struct placed *placed = index_places(m, w);
        bool ok = nth != NULL && placed != NULL;

        for (size_t i = 0; ok && i < harvest->occurrences.len; i++) {
            const struct ks_occurrence *o = &harvest->occurrences.items[i];

            ok = add_spots(m, &harvest->origins.items[o->origin], o, nth[i],
                           &placed[o->origin]);
        }
        free(nth);
        free(placed);
        if (!ok)
            return false;
    }
    return true;
}

static int compare_texts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

/* By secret and path; the first of each (path, nth) introduced it there. */
static int by_introduction(const void *a, const void *b)
{
    const struct ks_spot *x = a, *y = b;
    int order;

    if (x->secret != y->secret)
        return x->secret < y->secret ? -1 : 1;
    order = compare_texts(x->path, y->path);
    if (order == 0)
        order = compare_texts(x->archive, y->archive);
    if (order != 0)
        return order;
    if (x->origin->kind != y->origin->kind)
        return x->origin->kind < y->origin->kind ? -1 : 1;
    /* Messages have no path: each is a place of its own. */
    if (x->path == NULL) {
        order = ks_oid_compare(&x->origin->oid, &y->origin->oid);
        if (order != 0)
            return order;
    }
    if (x->nth != y->nth)
        return x->nth < y->nth ? -1 : 1;
    if (x->unreachable != y->unreachable)
        return x->unreachable ? 1 : -1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (x->occurrence->offset != y->occurrence->offset)
        return x->occurrence->offset < y->occurrence->offset ? -1 : 1;
    return ks_oid_compare(&x->origin->oid, &y->origin->oid);
}

static bool same_place(const struct ks_spot *a, const struct ks_spot *b)
{
    return a->secret == b->secret && compare_texts(a->path, b->path) == 0 &&
           compare_texts(a->archive, b->archive) == 0 &&
           a->origin->kind == b->origin->kind && a->nth == b->nth &&
           (a->path != NULL || ks_oid_equal(&a->origin->oid, &b->origin->oid));
}

/* Leaves one spot for each place: where the secret first came to it. */
void ks_making_keep_first(struct ks_making *m, bool history)
{
    struct ks_spots *spots = &m->spots;
    size_t kept = 0;

    if (spots->len == 0)
        return;
    qsort(spots->items, spots->len, sizeof(*spots->items), by_introduction);
    for (size_t i = 1; history && i < spots->len; i++) {
        if (same_place(&spots->items[kept], &spots->items[i]))
            spots->items[kept].at_tip |= spots->items[i].at_tip;
        else
            spots->items[++kept] = spots->items[i];
    }
    if (history)
        spots->len = kept + 1;
    for (size_t i = 0; i < spots->len; i++) {
        struct ks_secret *secret = &m->secrets.items[spots->items[i].secret];

        if (secret->spot_count++ == 0)
            secret->first_spot = i;
    }
}
