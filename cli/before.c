/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/before.h"

#include <stdlib.h>
#include <string.h>

/* Whether what the place is in was another before. */
static bool has_before(const struct ks_location *location)
{
    return location->path != NULL && location->kind == KS_BLOB_GIT_BLOB;
}

static struct ks_git_file file_of(const struct ks_location *location)
{
    struct ks_git_file file = {.path = location->path, .blob = location->blob};

    if (location->commit != NULL)
        file.commit = location->commit->oid;
    return file;
}

static int by_path_and_commit(const void *a, const void *b)
{
    const struct ks_git_file *x = a, *y = b;
    int order = strcmp(x->path, y->path);

    if (order != 0 || x->commit.len == 0 || y->commit.len == 0)
        return order;
    return ks_oid_compare(&x->commit, &y->commit);
}

/* The files of all places, each once. */
static enum ks_rc list_files(struct ks_before *before,
                             const struct ks_report *report, struct ks_err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < report->finding_count; i++)
        for (size_t j = 0; j < report->findings[i].location_count; j++) {
            const struct ks_location *location =
                &report->findings[i].locations[j];

            if (has_before(location) &&
                !KS_VEC_PUSH(&before->files, file_of(location)))
                return ks_fail_memory(err);
        }
    if (before->files.len < 2)
        return KS_OK;
    qsort(before->files.items, before->files.len, sizeof(*before->files.items),
          by_path_and_commit);
    for (size_t i = 1; i < before->files.len; i++)
        if (by_path_and_commit(&before->files.items[i],
                               &before->files.items[kept]) != 0)
            before->files.items[++kept] = before->files.items[i];
    before->files.len = kept + 1;
    return KS_OK;
}

/* Whether the blob was not yet scanned under its path; notes that it is. */
static bool is_first(struct ks_before *before, const struct ks_blob *blob,
                     struct ks_err *err, enum ks_rc *rc)
{
    struct ks_buf key;
    const char *text = NULL;
    size_t *times = NULL;

    ks_buf_init(&key, SIZE_MAX);
    if (ks_buf_add(&key, (struct ks_span){blob->oid.bytes, blob->oid.len}) ==
            KS_OK &&
        ks_buf_add_str(&key, blob->path) == KS_OK)
        text = ks_arena_text(&before->arena, ks_buf_span(&key));
    if (text != NULL)
        times = ks_map_put(&before->scanned,
                           (struct ks_span){(const uint8_t *)text, key.len}, 0);
    ks_buf_release(&key);
    if (times == NULL)
        *rc = ks_fail_memory(err);
    return times != NULL && (*times)++ == 0;
}

static enum ks_rc take_version(void *ctx, size_t file,
                               const struct ks_blob *blob, struct ks_err *err)
{
    struct ks_before *before = ctx;
    struct ks_before_version version = {file, blob->oid};
    struct ks_blob_sink sink = ks_collector_sink(before->collector);
    void *memo = NULL;
    enum ks_rc rc = KS_OK;

    if (!KS_VEC_PUSH(&before->versions, version))
        return ks_fail_memory(err);
    return is_first(before, blob, err, &rc)
               ? sink.take(sink.ctx, 0, blob, &memo, err)
               : rc;
}

static enum ks_rc collect(struct ks_before *before, struct ks_session *session,
                          struct ks_git *git, struct ks_err *err)
{
    struct ks_collector_options options = {
        .matcher = session->matcher,
        .workers = 1,
        .no_allow_comments = session->args->no_allow_comments,
    };
    enum ks_rc rc = ks_coverage_new(&before->coverage, err);

    options.coverage = before->coverage;
    if (rc == KS_OK)
        rc = ks_collector_new(&before->collector, &options, err);
    if (rc == KS_OK)
        rc = ks_git_before(git, before->files.items, before->files.len,
                           take_version, before, err);
    return rc == KS_OK ? ks_collector_report(&before->report, before->collector,
                                             NULL, err)
                       : rc;
}

enum ks_rc ks_before_look(struct ks_before *before, struct ks_session *session,
                          struct ks_git *git, struct ks_err *err)
{
    struct ks_report now = {.kind = KS_SCAN_STAGED};
    enum ks_rc rc = ks_collector_report(&now, session->collector, NULL, err);

    if (rc == KS_OK)
        rc = list_files(before, &now, err);
    return rc == KS_OK && before->files.len > 0
               ? collect(before, session, git, err)
               : rc;
}

void ks_before_release(struct ks_before *before)
{
    ks_collector_free(before->collector);
    ks_coverage_free(before->coverage);
    KS_VEC_RELEASE(&before->files);
    KS_VEC_RELEASE(&before->versions);
    ks_map_release(&before->scanned);
    ks_arena_release(&before->arena);
    *before = (struct ks_before){.collector = NULL};
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

/* How many places a finding has in a version of a file. */
static size_t count_places(const struct ks_finding *finding, const char *path,
                           const struct ks_oid *blob)
{
    size_t count = 0;

    for (size_t i = 0; i < finding->location_count; i++) {
        const struct ks_location *location = &finding->locations[i];

        count += has_before(location) && strcmp(location->path, path) == 0 &&
                 ks_oid_equal(&location->blob, blob);
    }
    return count;
}

/* The first version of a file, or where it would be. */
static size_t first_version(const struct ks_before *before, size_t file)
{
    size_t low = 0, high = before->versions.len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (before->versions.items[middle].file < file)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How often the file of a place held the secret before. */
static size_t held_before(const struct ks_before *before,
                          const struct ks_finding *old,
                          const struct ks_location *location)
{
    struct ks_git_file file = file_of(location);
    const struct ks_git_file *found =
        before->files.len == 0
            ? NULL
            : bsearch(&file, before->files.items, before->files.len,
                      sizeof(file), by_path_and_commit);
    size_t most = 0, number;

    if (found == NULL)
        return 0;
    number = (size_t)(found - before->files.items);
    for (size_t i = first_version(before, number);
         i < before->versions.len && before->versions.items[i].file == number;
         i++) {
        size_t count =
            count_places(old, file.path, &before->versions.items[i].blob);

        if (count > most)
            most = count;
    }
    return most;
}

static bool same_path(const struct ks_location *a, const struct ks_location *b)
{
    return has_before(a) && has_before(b) && strcmp(a->path, b->path) == 0;
}

/* Leaves in `finding` the places that its files did not have before. */
static enum ks_rc subtract(struct ks_finding *finding, struct ks_before *before,
                           struct ks_err *err)
{
    const struct ks_finding *old = find_old(before, finding);
    struct ks_location *kept;
    size_t count = 0, nth = 0;

    if (old == NULL)
        return KS_OK;
    kept = ks_arena_alloc(&before->arena,
                          (finding->location_count + 1) * sizeof(*kept));
    if (kept == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < finding->location_count; i++) {
        const struct ks_location *location = &finding->locations[i];

        nth = i > 0 && same_path(location, location - 1) ? nth + 1 : 0;
        if (!has_before(location) || nth >= held_before(before, old, location))
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
