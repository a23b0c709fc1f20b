/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/before.h"

#include <stdlib.h>
#include <string.h>

KS_VEC(path_vec, const char *);

/* Whether what the place is in was another before. */
static bool has_before(const struct ks_location *location)
{
    return location->path != NULL && location->kind == KS_BLOB_GIT_BLOB;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The paths of all places, each once. */
static enum ks_rc list_paths(struct path_vec *out,
                             const struct ks_report *report, struct ks_err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < report->finding_count; i++)
        for (size_t j = 0; j < report->findings[i].location_count; j++) {
            const struct ks_location *location =
                &report->findings[i].locations[j];

            if (has_before(location) && !KS_VEC_PUSH(out, location->path))
                return ks_fail_memory(err);
        }
    if (out->len < 2)
        return KS_OK;
    qsort(out->items, out->len, sizeof(*out->items), by_text);
    for (size_t i = 1; i < out->len; i++)
        if (strcmp(out->items[i], out->items[kept]) != 0)
            out->items[++kept] = out->items[i];
    out->len = kept + 1;
    return KS_OK;
}

static enum ks_rc collect(struct ks_before *before, struct ks_session *session,
                          struct ks_git *git, const struct path_vec *paths,
                          struct ks_err *err)
{
    struct ks_collector_options options = {
        .matcher = session->matcher,
        .workers = 1,
        .no_allow_comments = session->args->no_allow_comments,
    };
    struct ks_blob_sink sink;
    enum ks_rc rc = ks_coverage_new(&before->coverage, err);

    options.coverage = before->coverage;
    if (rc == KS_OK)
        rc = ks_collector_new(&before->collector, &options, err);
    if (rc != KS_OK)
        return rc;
    sink = ks_collector_sink(before->collector);
    rc = ks_git_before_staged(git, paths->items, paths->len, &sink, err);
    return rc == KS_OK ? ks_collector_report(&before->report, before->collector,
                                             NULL, err)
                       : rc;
}

enum ks_rc ks_before_look(struct ks_before *before, struct ks_session *session,
                          struct ks_git *git, struct ks_err *err)
{
    struct path_vec paths = {0};
    struct ks_report now = {.kind = KS_SCAN_STAGED};
    enum ks_rc rc = ks_collector_report(&now, session->collector, NULL, err);

    if (rc == KS_OK)
        rc = list_paths(&paths, &now, err);
    if (rc == KS_OK && paths.len > 0)
        rc = collect(before, session, git, &paths, err);
    KS_VEC_RELEASE(&paths);
    return rc;
}

void ks_before_release(struct ks_before *before)
{
    ks_collector_free(before->collector);
    ks_coverage_free(before->coverage);
    ks_arena_release(&before->arena);
    *before = (struct ks_before){0};
}

static int by_rule_and_id(const void *a, const void *b)
{
    const struct ks_finding *x = a, *y = b;
    int order = strcmp(x->rule->id, y->rule->id);

    return order != 0 ? order : strcmp(x->id, y->id);
}

static bool has_part(const struct ks_finding *finding, const char *id)
{
    for (size_t i = 0; i < finding->part_count; i++)
        if (finding->parts[i] != NULL && strcmp(finding->parts[i]->id, id) == 0)
            return true;
    return false;
}

/* The same secret with no part that was not there. */
static const struct ks_finding *find_old(const struct ks_before *before,
                                         const struct ks_finding *finding)
{
    const struct ks_report *report = &before->report;
    const struct ks_finding *old =
        report->finding_count == 0
            ? NULL
            : bsearch(finding, report->findings, report->finding_count,
                      sizeof(*finding), by_rule_and_id);

    for (size_t i = 0; old != NULL && i < finding->part_count; i++)
        if (finding->parts[i] != NULL && !has_part(old, finding->parts[i]->id))
            return NULL;
    return old;
}

/* How many places a finding has in the file of one of them. */
static size_t count_places(const struct ks_finding *finding,
                           const struct ks_location *like)
{
    size_t count = 0;

    for (size_t i = 0; i < finding->location_count; i++) {
        const struct ks_location *location = &finding->locations[i];

        count +=
            has_before(location) && strcmp(location->path, like->path) == 0;
    }
    return count;
}

static bool same_file(const struct ks_location *a, const struct ks_location *b)
{
    return has_before(a) && has_before(b) && strcmp(a->path, b->path) == 0;
}

/* Leaves in `finding` the places that its file did not have before. */
static enum ks_rc subtract(struct ks_finding *finding, struct ks_before *before,
                           struct ks_err *err)
{
    const struct ks_finding *old = find_old(before, finding);
    struct ks_location *kept;
    size_t count = 0, held = 0;

    if (old == NULL)
        return KS_OK;
    kept = ks_arena_alloc(&before->arena,
                          (finding->location_count + 1) * sizeof(*kept));
    if (kept == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < finding->location_count; i++) {
        const struct ks_location *location = &finding->locations[i];

        if (i == 0 || !same_file(location, location - 1))
            held = has_before(location) ? count_places(old, location) : 0;
        if (held > 0)
            held--;
        else
            kept[count++] = *location;
    }
    finding->locations = kept;
    finding->location_count = count;
    return KS_OK;
}

enum ks_rc ks_before_subtract(struct ks_report *report,
                              struct ks_before *before, struct ks_err *err)
{
    struct ks_finding *kept;
    size_t count = 0;
    enum ks_rc rc = KS_OK;

    if (before->collector == NULL)
        return KS_OK;
    kept = ks_arena_alloc(&before->arena,
                          (report->finding_count + 1) * sizeof(*kept));
    if (kept == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < report->finding_count && rc == KS_OK; i++) {
        kept[count] = report->findings[i];
        rc = subtract(&kept[count], before, err);
        count += kept[count].location_count > 0;
    }
    report->findings = kept;
    report->finding_count = count;
    return rc;
}
