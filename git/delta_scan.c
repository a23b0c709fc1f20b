/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine that reads packs itself: blobs come with what their deltas copy.
 *
 * Where all of history is chosen, a survey of commits and trees tells what is
 * reachable; where it cannot, or a part is chosen, git/reach.h does. What no
 * pack has, or the walk cannot take, is read through libgit2.
 */
#include "git/commit_log.h"
#include "git/numbers.h"
#include "git/object.h"
#include "git/packs.h"
#include "git/reach.h"
#include "git/survey.h"
#include "git/tree_log.h"
#include "git/walk.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP = 8,   /* single objects that a thread takes at a time */
    SPARSE = 50 /* fewer than one wanted of so many: no walk */
};

KS_VEC(oid_list, struct ks_oid);

struct delta_scan {
    struct ks_git *git;
    const struct ks_blob_sink *sink;
    const struct ks_packs *packs; /* the repository's */
    struct ks_families *families; /* one for each pack, once built */
    uint8_t **wanted;             /* bitmaps by index position, or NULL */
    struct ks_survey *survey;     /* or NULL */

    pthread_mutex_t lock;
    struct oid_list singles; /* blobs to be read one by one */
    struct oid_list *found;  /* what each worker of ks_reach found */
    atomic_size_t next;      /* single */
};

static enum ks_rc hand_over(struct delta_scan *scan, unsigned worker,
                            const struct ks_blob *blob, void **memo,
                            struct ks_err *err)
{
    ks_progress_done(scan->git->options.progress, 1, blob->bytes.len);
    return scan->sink->take(scan->sink->ctx, worker, blob, memo, err);
}

/* Notes a blob to be read alone. Any thread. */
static enum ks_rc add_single(struct delta_scan *scan, const struct ks_oid *oid,
                             struct ks_err *err)
{
    bool added;

    (void)pthread_mutex_lock(&scan->lock);
    added = KS_VEC_PUSH(&scan->singles, *oid);
    (void)pthread_mutex_unlock(&scan->lock);
    return added ? KS_OK : ks_fail_memory(err);
}

/* The start. */

static enum ks_rc start(struct delta_scan *scan, struct ks_err *err)
{
    size_t count = scan->git->packs->all.len;

    scan->packs = scan->git->packs;
    scan->families = calloc(count + 1, sizeof(*scan->families));
    scan->wanted = calloc(count + 1, sizeof(*scan->wanted));
    return scan->families == NULL || scan->wanted == NULL ? ks_fail_memory(err)
                                                          : KS_OK;
}

static enum ks_rc build_families(struct delta_scan *scan, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < scan->packs->all.len && rc == KS_OK; i++)
        rc = ks_families_build(&scan->families[i], scan->packs->all.items[i],
                               scan->git->jobs, err);
    return rc;
}

/* A set of no objects for each pack. */
static enum ks_rc want_nothing(struct delta_scan *scan, struct ks_err *err)
{
    for (size_t i = 0; i < scan->packs->all.len; i++) {
        scan->wanted[i] =
            calloc(scan->packs->all.items[i]->index.count / 8 + 1, 1);
        if (scan->wanted[i] == NULL)
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static void want(struct delta_scan *scan, struct ks_packed_at at)
{
    scan->wanted[at.pack][at.position / 8] |= (uint8_t)(1U << at.position % 8);
}

static void release(struct delta_scan *scan)
{
    ks_survey_free(scan->survey);
    for (size_t i = 0; i < scan->git->packs->all.len; i++) {
        if (scan->families != NULL)
            ks_families_release(&scan->families[i]);
        if (scan->wanted != NULL)
            free(scan->wanted[i]);
    }
    for (unsigned i = 0; scan->found != NULL && i < scan->git->jobs; i++)
        KS_VEC_RELEASE(&scan->found[i]);
    free(scan->families);
    free(scan->wanted);
    free(scan->found);
    KS_VEC_RELEASE(&scan->singles);
    (void)pthread_mutex_destroy(&scan->lock);
}

/* Objects one by one. */

static enum ks_rc read_single(struct delta_scan *scan, unsigned worker,
                              struct ks_objects *objects,
                              const struct ks_oid *oid, struct ks_err *err)
{
    struct ks_object object;
    struct ks_blob blob;
    void *memo = NULL;
    enum ks_rc rc = ks_objects_read(&object, objects, oid, err);

    if (rc == KS_ENOMEM)
        return rc;
    if (rc == KS_OK && object.type != KS_OBJECT_BLOB) {
        ks_object_release(&object);
        rc = KS_EFORMAT;
    }
    if (rc != KS_OK) {
        ks_git_skip(scan->git, rc, "blob", oid);
        return KS_OK;
    }
    blob = ks_blob_whole(object.bytes, KS_BLOB_GIT_BLOB, NULL);
    blob.oid = *oid;
    rc = hand_over(scan, worker, &blob, &memo, err);
    ks_object_release(&object);
    return rc;
}

static enum ks_rc work_singles(void *ctx, unsigned worker, struct ks_err *err)
{
    struct delta_scan *scan = ctx;
    struct ks_objects *objects = NULL;
    enum ks_rc rc = ks_objects_open(&objects, scan->git, KS_OBJECTS_FAST, err);
    size_t from;

    while (rc == KS_OK &&
           (from = atomic_fetch_add(&scan->next, STEP)) < scan->singles.len)
        for (size_t i = from;
             rc == KS_OK && i < from + STEP && i < scan->singles.len; i++)
            rc = ks_git_stopped(scan->git)
                     ? ks_fail(err, KS_ECANCELED, "stopped")
                     : read_single(scan, worker, objects,
                                   &scan->singles.items[i], err);
    ks_objects_free(objects);
    return rc;
}

static enum ks_rc read_singles(struct delta_scan *scan, struct ks_err *err)
{
    return scan->singles.len == 0
               ? KS_OK
               : ks_pool_run(scan->git->jobs, work_singles, scan, err);
}

/* The walk over the wanted blobs of all packs. */

static enum ks_rc visit(void *ctx, unsigned worker,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    struct ks_blob blob = ks_blob_whole(object->bytes, KS_BLOB_GIT_BLOB, NULL);

    blob.oid = object->oid;
    memcpy(blob.memos, object->memos, sizeof(blob.memos));
    blob.copies = object->copies;
    blob.copy_count = object->copy_count;
    blob.wants_memo = object->wants_memo;
    return hand_over(ctx, worker, &blob, memo, err);
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    const struct delta_scan *scan = ctx;

    scan->sink->forget(scan->sink->ctx, worker, memo);
}

static enum ks_rc left(void *ctx, unsigned worker, const struct ks_oid *oid,
                       enum ks_walk_left why, struct ks_err *err)
{
    (void)worker;
    (void)why;
    return add_single(ctx, oid, err);
}

/* What a tree calls a blob and is none is damage. */
static void skip_false_blobs(const struct delta_scan *scan, size_t pack)
{
    const struct ks_families *families = &scan->families[pack];
    const struct ks_family_choice others = {
        .types =
            1U << KS_OBJECT_COMMIT | 1U << KS_OBJECT_TREE | 1U << KS_OBJECT_TAG,
        .wanted = scan->wanted[pack],
    };

    for (uint32_t i = 0; i < families->count; i++) {
        const struct ks_pack_index *index = &families->pack->index;
        struct ks_oid oid = ks_oid_from(
            ks_pack_index_name(index, families->names[i]), index->oid_len);

        if (ks_family_wanted(families, &others, i))
            ks_git_skip(scan->git, KS_EFORMAT, "blob", &oid);
    }
}

static enum ks_rc walk_packs(struct delta_scan *scan,
                             const uint8_t *const *wanted, struct ks_err *err)
{
    struct ks_walk_visitor visitor = {scan, visit, forget, left};
    struct ks_walk_options options = {.jobs = scan->git->jobs,
                                      .siblings = true,
                                      .stop = scan->git->options.stop};
    size_t count = scan->packs->all.len;
    struct ks_walk_part *parts = calloc(count + 1, sizeof(*parts));
    enum ks_rc rc;

    if (parts == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        parts[i].families = &scan->families[i];
        parts[i].choice.types = 1U << KS_OBJECT_BLOB;
        parts[i].choice.wanted = wanted[i];
        ks_families_choose(&scan->families[i], &parts[i].choice);
    }
    rc = ks_walk(parts, count, &visitor, &options, err);
    free(parts);
    return rc;
}

/* The slow way: what is reachable is told object by object. */

static enum ks_rc take_text(struct delta_scan *scan, unsigned worker,
                            enum ks_blob_kind kind, const struct ks_oid *oid,
                            struct ks_span text, struct ks_err *err)
{
    struct ks_blob blob = ks_blob_whole(text, kind, NULL);
    void *memo = NULL;

    if (oid != NULL)
        blob.oid = *oid;
    return hand_over(scan, worker, &blob, &memo, err);
}

static enum ks_rc take_message(void *ctx, unsigned worker,
                               enum ks_blob_kind kind, const struct ks_oid *oid,
                               struct ks_span message, struct ks_err *err)
{
    return take_text(ctx, worker, kind, oid, message, err);
}

static enum ks_rc take_name(void *ctx, unsigned worker, struct ks_span name,
                            struct ks_err *err)
{
    return take_text(ctx, worker, KS_BLOB_PATH_NAME, NULL, name, err);
}

static enum ks_rc take_blob(void *ctx, unsigned worker,
                            const struct ks_oid *oid, struct ks_span name,
                            struct ks_err *err)
{
    struct delta_scan *scan = ctx;

    (void)name;
    return KS_VEC_PUSH(&scan->found[worker], *oid) ? KS_OK
                                                   : ks_fail_memory(err);
}

static size_t packed_count(const struct ks_packs *packs)
{
    size_t sum = 0;

    for (size_t i = 0; i < packs->all.len; i++)
        sum += packs->all.items[i]->index.count;
    return sum;
}

/* Tells what is in packs from what must be read alone. */
static enum ks_rc sort_found(struct delta_scan *scan, bool sparse,
                             struct ks_err *err)
{
    enum ks_rc rc = want_nothing(scan, err);

    for (unsigned w = 0; w < scan->git->jobs; w++)
        for (size_t i = 0; i < scan->found[w].len && rc == KS_OK; i++) {
            const struct ks_oid *oid = &scan->found[w].items[i];
            struct ks_packed_at at;

            if (!sparse && ks_packs_find(&at, scan->packs, oid->bytes, NULL))
                want(scan, at);
            else
                rc = add_single(scan, oid, err);
        }
    return rc;
}

static enum ks_rc scan_reached(struct delta_scan *scan, struct ks_err *err)
{
    const struct ks_reach_visitor visitor = {.ctx = scan,
                                             .message = take_message,
                                             .blob = take_blob,
                                             .name = take_name};
    size_t found = 0;
    bool sparse;
    enum ks_rc rc;

    scan->found = calloc(scan->git->jobs, sizeof(*scan->found));
    if (scan->found == NULL)
        return ks_fail_memory(err);
    rc = ks_reach(scan->git, &visitor, err);
    for (unsigned i = 0; i < scan->git->jobs; i++)
        found += scan->found[i].len;
    sparse = found < packed_count(scan->packs) / SPARSE;
    if (rc == KS_OK)
        rc = sort_found(scan, sparse, err);
    if (rc == KS_OK && !sparse && scan->families[0].count == 0)
        rc = build_families(scan, err);
    for (size_t i = 0; rc == KS_OK && !sparse && i < scan->packs->all.len; i++)
        skip_false_blobs(scan, i);
    if (rc == KS_OK && !sparse)
        rc = walk_packs(scan, (const uint8_t *const *)scan->wanted, err);
    return rc == KS_OK ? read_singles(scan, err) : rc;
}

/* The fast way: a survey of everything. */

/* What the survey reads, attribution can use. */
static enum ks_rc start_logs(struct ks_git *git, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    if (git->numbers == NULL)
        rc = ks_numbers_new(&git->numbers, git->packs, git->options.coverage,
                            err);
    if (rc == KS_OK && git->commit_log == NULL)
        rc = ks_commit_log_new(&git->commit_log, git->jobs, git->oid_len, err);
    if (rc == KS_OK && git->tree_log == NULL)
        rc = ks_tree_log_new(&git->tree_log, git->jobs, git->numbers, 0, err);
    return rc;
}

static enum ks_rc survey(struct delta_scan *scan, struct ks_err *err)
{
    struct ks_survey_input input = {
        .git = scan->git, .packs = scan->packs, .families = scan->families};
    enum ks_rc rc = build_families(scan, err);

    if (rc == KS_OK)
        rc = start_logs(scan->git, err);
    input.numbers = scan->git->numbers;
    if (rc == KS_OK)
        rc = ks_survey_new(&scan->survey, &input, err);
    return rc == KS_OK ? ks_commit_log_finish(scan->git->commit_log, err) : rc;
}

static enum ks_rc scan_surveyed(struct delta_scan *scan, struct ks_err *err)
{
    size_t count = scan->packs->all.len;
    const struct ks_loose *loose = &scan->git->numbers->loose;
    const uint8_t **marks = calloc(count + 1, sizeof(*marks));
    enum ks_rc rc = marks == NULL
                        ? ks_fail_memory(err)
                        : ks_survey_hand_over(scan->survey, scan->sink, err);

    for (size_t i = 0; i < count && rc == KS_OK; i++)
        marks[i] = ks_survey_marks(scan->survey, i);
    for (size_t i = 0; i < loose->count && rc == KS_OK; i++) {
        struct ks_oid oid = ks_loose_name(loose, i);

        if (ks_survey_loose_type(scan->survey, i) == KS_OBJECT_BLOB &&
            ks_survey_marked_loose(scan->survey, i))
            rc = add_single(scan, &oid, err);
    }
    if (rc == KS_OK)
        rc = walk_packs(scan, marks, err);
    free(marks);
    return rc == KS_OK ? read_singles(scan, err) : rc;
}

/* All objects that there are, reachable or not. */

static enum ks_rc want_everything(struct delta_scan *scan, struct ks_err *err)
{
    const struct ks_numbers *numbers = scan->git->numbers;
    const struct ks_loose *loose = &numbers->loose;
    enum ks_rc rc = want_nothing(scan, err);

    /* What stands in several packs is wanted once. */
    for (uint32_t p = 0; p < scan->packs->all.len && rc == KS_OK; p++)
        for (uint32_t i = 0; i < scan->packs->all.items[p]->index.count; i++)
            if (ks_numbers_is_first(numbers, p, i))
                want(scan, (struct ks_packed_at){p, i});
    for (size_t i = 0; i < loose->count && rc == KS_OK; i++) {
        struct ks_oid oid = ks_loose_name(loose, i);

        if (ks_survey_loose_type(scan->survey, i) == KS_OBJECT_BLOB)
            rc = add_single(scan, &oid, err);
    }
    return rc;
}

/* Where objects are damaged or missing, the other engine names them. */
static enum ks_rc scan_everything(struct delta_scan *scan, struct ks_err *err)
{
    enum ks_rc rc = start(scan, err);

    if (rc == KS_OK && !ks_reach_is_all(scan->git))
        return ks_whole_scan(scan->git, scan->sink, err);
    if (rc == KS_OK)
        rc = survey(scan, err);
    if (rc == KS_OK && !ks_survey_whole(scan->survey))
        return ks_whole_scan(scan->git, scan->sink, err);
    if (rc == KS_OK)
        rc = ks_survey_hand_over(scan->survey, scan->sink, err);
    if (rc == KS_OK)
        rc = want_everything(scan, err);
    if (rc == KS_OK)
        rc = walk_packs(scan, (const uint8_t *const *)scan->wanted, err);
    return rc == KS_OK ? read_singles(scan, err) : rc;
}

/* All that is reachable, or a part of it. */

static enum ks_rc scan_reachable(struct delta_scan *scan, struct ks_err *err)
{
    enum ks_rc rc = start(scan, err);

    if (rc != KS_OK || !ks_reach_is_all(scan->git))
        return rc == KS_OK ? scan_reached(scan, err) : rc;
    rc = survey(scan, err);
    if (rc == KS_OK)
        rc = ks_survey_narrow(scan->survey, scan->git, err);
    if (rc != KS_OK)
        return rc;
    if (!ks_survey_doubtful(scan->survey))
        return scan_surveyed(scan, err);
    ks_survey_free(scan->survey);
    scan->survey = NULL;
    return scan_reached(scan, err);
}

enum ks_rc ks_delta_scan(struct ks_git *git, const struct ks_blob_sink *sink,
                         struct ks_err *err)
{
    struct delta_scan scan = {.git = git, .sink = sink};
    enum ks_rc rc;

    (void)pthread_mutex_init(&scan.lock, NULL);
    rc = git->options.all_objects ? scan_everything(&scan, err)
                                  : scan_reachable(&scan, err);
    release(&scan);
    return rc;
}
