/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/collect.h"

#include "scanner/allow.h"
#include "scanner/occurrence.h"
#include "scanner/resolve.h"

#include <stdlib.h>
#include <string.h>

static const char *where_now(void *ctx)
{
    const struct ks_harvest *harvest = ctx;
    static _Thread_local char hex[KS_OID_HEX];

    if (harvest->blob->path != NULL)
        return harvest->blob->path;
    ks_oid_hex(hex, &harvest->blob->oid);
    return hex;
}

static void on_drop(void *ctx, const struct ks_drop *drop)
{
    struct ks_harvest *harvest = ctx;
    struct ks_dropped dropped = {drop->rule, drop->why, harvest->blob,
                                 drop->start, drop->end};

    harvest->collector->options.dropped(harvest->collector->options.dropped_ctx,
                                        &dropped);
}

static enum ks_rc harvest_init(struct ks_harvest *harvest,
                               struct ks_collector *collector, unsigned worker,
                               struct ks_err *err)
{
    enum ks_rc rc = ks_scan_init(&harvest->scan, collector->options.matcher,
                                 worker, collector->options.coverage, err);

    harvest->collector = collector;
    harvest->drops = (struct ks_drop_sink){on_drop, harvest};
    harvest->scan.detector.where = where_now;
    harvest->scan.detector.where_ctx = harvest;
    if (collector->options.dropped != NULL)
        harvest->scan.detector.drops = &harvest->drops;
    return rc;
}

static void harvest_release(struct ks_harvest *harvest)
{
    ks_scan_release(&harvest->scan);
    KS_VEC_RELEASE(&harvest->origins);
    KS_VEC_RELEASE(&harvest->occurrences);
    KS_VEC_RELEASE(&harvest->pairings);
    KS_VEC_RELEASE(&harvest->kept);
    ks_arena_release(&harvest->arena);
}

enum ks_rc ks_collector_new(struct ks_collector **out,
                            const struct ks_collector_options *options,
                            struct ks_err *err)
{
    struct ks_collector *collector;
    enum ks_rc rc = KS_OK;

    if (options->workers == 0 || options->workers > KS_LEAK_WORKERS)
        return ks_fail(err, KS_EINVAL, "between 1 and %d threads are possible",
                       KS_LEAK_WORKERS);
    collector = calloc(1, sizeof(*collector));
    if (collector == NULL)
        return ks_fail_memory(err);
    collector->options = *options;
    collector->harvests =
        calloc(options->workers, sizeof(*collector->harvests));
    if (collector->harvests == NULL)
        rc = ks_fail_memory(err);
    for (unsigned i = 0; i < options->workers && rc == KS_OK; i++)
        rc = harvest_init(&collector->harvests[i], collector, i, err);
    if (rc != KS_OK) {
        ks_collector_free(collector);
        return rc;
    }
    *out = collector;
    return KS_OK;
}

void ks_collector_free(struct ks_collector *collector)
{
    if (collector == NULL)
        return;
    for (unsigned i = 0;
         collector->harvests != NULL && i < collector->options.workers; i++)
        harvest_release(&collector->harvests[i]);
    free(collector->harvests);
    free(collector->found);
    free(collector->found_origin);
    KS_VEC_RELEASE(&collector->places);
    ks_arena_wipe(&collector->arena);
    free(collector);
}

/* Takes away what comments in the text allow; returns how many matches. */
static uint64_t drop_allowed(struct ks_harvest *harvest,
                             const struct ks_blob *blob)
{
    struct ks_matches *kept = &harvest->kept;
    size_t before = kept->len, out = 0;

    if (harvest->collector->options.no_allow_comments)
        return 0;
    for (size_t i = 0; i < kept->len; i++) {
        const struct ks_match *match = &kept->items[i];

        if (!ks_allow_comment(blob->bytes, match->start, match->end))
            kept->items[out++] = *match;
    }
    kept->len = out;
    return before - out;
}

static void count_allowed(struct ks_harvest *harvest,
                          const struct ks_blob *blob, uint64_t allowed)
{
    if (harvest->kept.len == 0)
        harvest->allowed_alone += allowed;
    else if (blob->kind == KS_BLOB_GIT_BLOB)
        harvest->allowed_beside += allowed;
    else
        harvest->allowed_elsewhere += allowed;
}

static enum ks_rc add_origin(struct ks_harvest *harvest,
                             const struct ks_blob *blob, struct ks_err *err)
{
    struct ks_origin origin = {.kind = blob->kind, .oid = blob->oid};

    if (blob->kind == KS_BLOB_PATH_NAME && blob->path == NULL)
        origin.path = ks_arena_text(&harvest->arena, blob->bytes);
    else if (blob->path != NULL)
        origin.path = ks_arena_text(&harvest->arena, ks_span_str(blob->path));
    if (blob->archive != NULL)
        origin.archive =
            ks_arena_text(&harvest->arena, ks_span_str(blob->archive));
    if ((blob->path != NULL && origin.path == NULL) ||
        (blob->archive != NULL && origin.archive == NULL) ||
        !KS_VEC_PUSH(&harvest->origins, origin))
        return ks_fail_memory(err);
    return KS_OK;
}

/* Where the blob begins; a later window of a text tells what lies before. */
static struct ks_text_place beginning_of(const struct ks_blob *blob)
{
    return (struct ks_text_place){
        .form =
            blob->window_at == 0 ? ks_text_form_of(blob->bytes) : blob->form,
        .at = blob->window_at,
        .line = blob->line_at,
        .column = blob->column_at,
    };
}

static void advance(struct ks_text_place *place, const struct ks_blob *blob,
                    size_t to)
{
    ks_text_place_advance(
        place,
        ks_span_slice(blob->bytes, (size_t)(place->at - blob->window_at), to));
}

static uint32_t column_of(const struct ks_text_place *place)
{
    return place->column < UINT32_MAX ? (uint32_t)place->column + 1
                                      : UINT32_MAX;
}

/* Matches are in order of start, so the text is read once. */
static enum ks_rc record(struct ks_harvest *harvest, const struct ks_blob *blob,
                         struct ks_err *err)
{
    struct ks_text_place place = beginning_of(blob);
    enum ks_rc rc = add_origin(harvest, blob, err);

    if (rc != KS_OK)
        return rc;
    for (size_t i = 0; i < harvest->kept.len; i++) {
        const struct ks_match *match = &harvest->kept.items[i];
        struct ks_text_place end;
        struct ks_occurrence o = {
            .offset = blob->window_at + match->start,
            .length = match->end - match->start,
            .leak = match->leak,
            .origin = (uint32_t)(harvest->origins.len - 1),
            .score = match->score,
            .reasons = match->reasons,
            .specificity = match->specificity,
            .decoded = match->decoded,
        };

        advance(&place, blob, match->start);
        end = place;
        advance(&end, blob, match->end);
        o.line = (uint32_t)place.line + 1;
        o.column = column_of(&place);
        o.end_line = (uint32_t)end.line + 1;
        o.end_column = column_of(&end);
        if (!KS_VEC_PUSH(&harvest->occurrences, o))
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static enum ks_rc take(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err)
{
    struct ks_collector *collector = ctx;
    struct ks_harvest *harvest = &collector->harvests[worker];
    struct ks_memo *made = NULL;
    uint64_t allowed;
    enum ks_rc rc;

    harvest->blob = blob;
    rc = ks_scan_blob(&harvest->scan, blob, &made, err);
    if (rc == KS_OK && memo != NULL)
        *memo = made;
    if (rc != KS_OK || harvest->scan.all.len == 0)
        return rc;
    harvest->kept.len = 0;
    for (size_t i = 0; i < harvest->scan.all.len; i++)
        if (!KS_VEC_PUSH(&harvest->kept, harvest->scan.all.items[i]))
            return ks_fail_memory(err);
    allowed = drop_allowed(harvest, blob);
    rc = ks_resolve(&harvest->kept, err);
    if (rc == KS_OK)
        rc = ks_parts_join(&harvest->kept, &harvest->pairings,
                           collector->options.matcher, blob->bytes, err);
    count_allowed(harvest, blob, allowed);
    if (rc == KS_OK && harvest->kept.len > 0)
        rc = record(harvest, blob, err);
    if (rc == KS_OK && collector->options.progress != NULL)
        atomic_fetch_add_explicit(&collector->options.progress->findings,
                                  harvest->kept.len, memory_order_relaxed);
    return rc;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    (void)ctx;
    (void)worker;
    ks_memo_free(memo);
}

struct ks_blob_sink ks_collector_sink(struct ks_collector *collector)
{
    return (struct ks_blob_sink){collector, take, forget};
}

struct found_entry {
    struct ks_found_blob blob;
    uint32_t origin;
};

static int by_oid(const void *a, const void *b)
{
    const struct found_entry *x = a, *y = b;
    int order = ks_oid_compare(&x->blob.oid, &y->blob.oid);

    if (order != 0)
        return order;
    if (x->blob.kind != y->blob.kind)
        return x->blob.kind < y->blob.kind ? -1 : 1;
    if (x->blob.path == NULL || y->blob.path == NULL)
        return 0;
    return strcmp(x->blob.path, y->blob.path);
}

KS_VEC(found_entries, struct found_entry);

static bool gather_found(struct found_entries *entries,
                         const struct ks_collector *collector)
{
    for (unsigned w = 0; w < collector->options.workers; w++) {
        const struct ks_origins *origins = &collector->harvests[w].origins;

        for (size_t i = 0; i < origins->len; i++) {
            const struct ks_origin *o = &origins->items[i];
            struct found_entry entry = {
                {o->oid, o->kind, o->path},
                (uint32_t)(w << KS_LEAK_WORKER_SHIFT | (unsigned)i)};

            if (!KS_VEC_PUSH(entries, entry))
                return false;
        }
    }
    return true;
}

enum ks_rc ks_collector_found(const struct ks_found_blob **out, size_t *count,
                              struct ks_collector *collector,
                              struct ks_err *err)
{
    struct found_entries entries = {0};
    bool memory = gather_found(&entries, collector);

    free(collector->found);
    free(collector->found_origin);
    collector->found = calloc(entries.len + 1, sizeof(*collector->found));
    collector->found_origin =
        calloc(entries.len + 1, sizeof(*collector->found_origin));
    memory &= collector->found != NULL && collector->found_origin != NULL;
    if (memory && entries.len > 0)
        qsort(entries.items, entries.len, sizeof(*entries.items), by_oid);
    for (size_t i = 0; memory && i < entries.len; i++) {
        collector->found[i] = entries.items[i].blob;
        collector->found_origin[i] = entries.items[i].origin;
    }
    collector->found_count = memory ? entries.len : 0;
    KS_VEC_RELEASE(&entries);
    if (!memory)
        return ks_fail_memory(err);
    *out = collector->found;
    *count = collector->found_count;
    return KS_OK;
}

enum ks_rc ks_collector_place(struct ks_collector *collector,
                              const struct ks_found_place *place,
                              struct ks_err *err)
{
    struct ks_found_place kept = *place;
    struct ks_arena *arena = &collector->arena;
    const char **texts[] = {&kept.path, &kept.commit.author.name,
                            &kept.commit.author.email, &kept.commit.message};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (*texts[i] == NULL)
            continue;
        *texts[i] = ks_arena_text(arena, ks_span_str(*texts[i]));
        if (*texts[i] == NULL)
            return ks_fail_memory(err);
    }
    return KS_VEC_PUSH(&collector->places, kept) ? KS_OK : ks_fail_memory(err);
}
