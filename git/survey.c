/* SPDX-License-Identifier: Apache-2.0 */
#include "git/survey.h"

#include "git/commits.h"
#include "git/surveyor.h"
#include "git/tips.h"
#include "git/tree_reach.h"

#include <stdlib.h>
#include <string.h>

enum { LOOSE_STEP = 16 }; /* loose objects that a thread takes at a time */

struct ks_survey {
    struct ks_survey_input in;
    struct ks_marks marks;
    uint8_t *loose_types;
    struct ks_surveyor **workers;
    atomic_size_t next_loose;
    struct ks_tree_reach *reach; /* what they were narrowed to, or NULL */
};

static enum ks_rc visit(void *ctx, unsigned number,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    struct ks_survey *survey = ctx;

    return ks_surveyor_take(survey->workers[number], object, memo, err);
}

static void forget(void *ctx, unsigned number, void *memo)
{
    (void)ctx;
    (void)number;
    ks_tree_log_forget(memo);
}

static enum ks_rc left(void *ctx, unsigned number, const struct ks_oid *oid,
                       enum ks_walk_left why, struct ks_err *err)
{
    struct ks_survey *survey = ctx;

    (void)number;
    (void)oid;
    (void)why;
    (void)err;
    ks_tree_log_give_up(survey->in.git->tree_log);
    ks_marks_damage(&survey->marks);
    return KS_OK;
}

static enum ks_rc survey_packs(struct ks_survey *survey, struct ks_err *err)
{
    static const struct ks_family_choice choice = {
        .types =
            1U << KS_OBJECT_COMMIT | 1U << KS_OBJECT_TREE | 1U << KS_OBJECT_TAG,
    };
    const struct ks_git *git = survey->in.git;
    struct ks_walk_visitor visitor = {survey, visit, forget, left};
    struct ks_walk_options options = {.jobs = git->jobs,
                                      .stop = git->options.stop};
    size_t count = survey->in.packs->all.len;
    struct ks_walk_part *parts = calloc(count + 1, sizeof(*parts));
    enum ks_rc rc;

    if (parts == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        ks_families_choose(&survey->in.families[i], &choice);
        parts[i] = (struct ks_walk_part){&survey->in.families[i], choice};
    }
    rc = ks_walk(parts, count, &visitor, &options, err);
    free(parts);
    return rc;
}

static enum ks_rc survey_loose(struct ks_survey *survey, unsigned worker,
                               struct ks_objects *objects, size_t number,
                               struct ks_err *err)
{
    struct ks_walk_object seen = {
        .oid = ks_loose_name(&survey->in.numbers->loose, number),
        .part = UINT32_MAX};
    struct ks_object object;
    void *memo = NULL;
    enum ks_rc rc = ks_objects_read(&object, objects, &seen.oid, err);

    if (rc == KS_ENOMEM)
        return rc;
    if (rc != KS_OK) {
        ks_marks_damage(&survey->marks);
        return KS_OK;
    }
    seen.bytes = object.bytes;
    seen.type = object.type;
    survey->loose_types[number] = (uint8_t)object.type;
    rc = ks_surveyor_take(survey->workers[worker], &seen, &memo, err);
    ks_object_release(&object);
    return rc;
}

static enum ks_rc work_loose(void *ctx, unsigned number, struct ks_err *err)
{
    struct ks_survey *survey = ctx;
    size_t count = survey->in.numbers->loose.count;
    struct ks_objects *objects = NULL;
    enum ks_rc rc =
        ks_objects_open(&objects, survey->in.git, KS_OBJECTS_FAST, err);
    size_t from;

    while (rc == KS_OK &&
           (from = atomic_fetch_add(&survey->next_loose, LOOSE_STEP)) < count)
        for (size_t i = from; rc == KS_OK && i < from + LOOSE_STEP && i < count;
             i++)
            rc = ks_git_stopped(survey->in.git)
                     ? ks_fail(err, KS_ECANCELED, "stopped")
                     : survey_loose(survey, number, objects, i, err);
    ks_objects_free(objects);
    return rc;
}

static enum ks_rc mark_tips(struct ks_survey *survey, struct ks_err *err)
{
    struct ks_tips tips;
    enum ks_rc rc;

    ks_tips_init(&tips, survey->in.git->oid_len);
    rc = ks_tips_all(&tips, survey->in.git, err);
    /* What only a reflog names may be long gone. */
    for (uint32_t i = 0; rc == KS_OK && i < tips.oids.len; i++)
        if (tips.why[i] != KS_TIP_LOG ||
            ks_numbers_find(survey->in.numbers, ks_oids_at(&tips.oids, i)) !=
                KS_NUMBER_MISSING)
            (void)ks_marks_claim(&survey->marks, ks_oids_at(&tips.oids, i),
                                 KS_OBJECT_NONE);
    ks_tips_release(&tips);
    return rc;
}

/* Checks what stands at a place of a pack's index, unless it is a copy. */
static void check_packed(struct ks_survey *survey, size_t pack,
                         uint32_t position, unsigned type)
{
    const struct ks_numbers *numbers = survey->in.numbers;
    uint32_t number = ks_numbers_packed(numbers, pack, position);
    const struct ks_pack_index *index =
        &survey->in.packs->all.items[pack]->index;

    if (pack > 0 && !ks_marks_has(&survey->marks, number))
        number = ks_numbers_find(numbers, ks_pack_index_name(index, position));
    ks_marks_check(&survey->marks, number, type);
}

static void conclude(struct ks_survey *survey)
{
    const struct ks_packs *packs = survey->in.packs;

    for (unsigned i = 0; i < survey->in.git->jobs; i++)
        ks_surveyor_finish(survey->workers[i]);
    ks_marks_join(&survey->marks);
    for (size_t p = 0; p < packs->all.len; p++) {
        const struct ks_families *families = &survey->in.families[p];

        for (uint32_t i = 0; i < families->count; i++)
            check_packed(survey, p, families->names[i], families->types[i]);
    }
    for (size_t i = 0; i < survey->in.numbers->loose.count; i++)
        ks_marks_check(&survey->marks, ks_numbers_loose(survey->in.numbers, i),
                       survey->loose_types[i]);
}

static enum ks_rc allocate(struct ks_survey *survey, struct ks_err *err)
{
    const struct ks_survey_input *in = &survey->in;
    enum ks_rc rc =
        ks_marks_init(&survey->marks, in->numbers, in->git->tree_log, err);

    survey->loose_types = calloc(in->numbers->loose.count + 1, 1);
    survey->workers = calloc(in->git->jobs, sizeof(struct ks_surveyor *));
    if (survey->loose_types == NULL || survey->workers == NULL)
        return ks_fail_memory(err);
    for (unsigned i = 0; rc == KS_OK && i < in->git->jobs; i++)
        rc = ks_surveyor_new(&survey->workers[i], in->git, &survey->marks, i,
                             err);
    return rc;
}

enum ks_rc ks_survey_new(struct ks_survey **out,
                         const struct ks_survey_input *input,
                         struct ks_err *err)
{
    struct ks_survey *survey = calloc(1, sizeof(*survey));
    enum ks_rc rc;

    if (survey == NULL)
        return ks_fail_memory(err);
    survey->in = *input;
    rc = allocate(survey, err);
    if (rc == KS_OK)
        rc = mark_tips(survey, err);
    if (rc == KS_OK && input->numbers->loose.count > 0)
        rc = ks_pool_run(input->git->jobs, work_loose, survey, err);
    if (rc == KS_OK)
        rc = survey_packs(survey, err);
    if (rc != KS_OK) {
        ks_survey_free(survey);
        return rc;
    }
    conclude(survey);
    *out = survey;
    return KS_OK;
}

void ks_survey_free(struct ks_survey *survey)
{
    if (survey == NULL)
        return;
    ks_marks_release(&survey->marks);
    for (unsigned i = 0; survey->workers != NULL && i < survey->in.git->jobs;
         i++)
        ks_surveyor_free(survey->workers[i]);
    free(survey->loose_types);
    free(survey->workers);
    ks_tree_reach_free(survey->reach);
    free(survey);
}

/* Reaches what the chosen commits and the tips hold, the newest first. */
static enum ks_rc reach_trees(struct ks_tree_reach *reach,
                              const struct ks_numbers *numbers,
                              const struct ks_commits *commits,
                              struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = commits->chosen.len; rc == KS_OK && i-- > 0;) {
        struct ks_oid tree = ks_commits_tree(commits, commits->chosen.items[i]);

        rc =
            ks_tree_reach_add(reach, ks_numbers_find(numbers, tree.bytes), err);
    }
    for (size_t i = 0; rc == KS_OK && i < commits->roots.len; i++)
        if (commits->roots.items[i].type != KS_OBJECT_TAG)
            rc = ks_tree_reach_add(
                reach,
                ks_numbers_find(numbers, commits->roots.items[i].oid.bytes),
                err);
    return rc == KS_OK ? ks_tree_reach_finish(reach, err) : rc;
}

/* Marks what is reached and nothing else. */
static void mark_all_reached(struct ks_survey *survey)
{
    for (uint32_t i = 0; i < survey->in.numbers->count; i++)
        ks_marks_set(&survey->marks, i, ks_tree_reach_has(survey->reach, i));
}

enum ks_rc ks_survey_narrow(struct ks_survey *survey, struct ks_git *git,
                            struct ks_err *err)
{
    enum ks_rc rc;

    if (!atomic_load(&survey->marks.doubtful) ||
        atomic_load(&survey->marks.damaged))
        return KS_OK;
    rc = ks_commits_load(git, err);
    if (rc == KS_OK)
        rc = ks_tree_reach_new(&survey->reach, git->tree_log, err);
    if (rc == KS_OK)
        rc = reach_trees(survey->reach, survey->in.numbers, git->commits, err);
    if (rc == KS_OK) {
        mark_all_reached(survey);
        atomic_store(&survey->marks.doubtful,
                     ks_tree_reach_lacks(survey->reach));
    }
    return rc == KS_ELIMIT ? KS_OK : rc;
}

bool ks_survey_whole(const struct ks_survey *survey)
{
    return !atomic_load(&survey->marks.damaged) &&
           !atomic_load(&survey->marks.missing);
}

bool ks_survey_doubtful(const struct ks_survey *survey)
{
    return atomic_load(&survey->marks.doubtful);
}

const uint8_t *ks_survey_marks(const struct ks_survey *survey, size_t pack)
{
    return survey->marks.of[KS_OBJECT_NONE] +
           survey->in.numbers->first[pack] / 8;
}

bool ks_survey_marked_loose(const struct ks_survey *survey, size_t number)
{
    return ks_marks_has(&survey->marks,
                        ks_numbers_loose(survey->in.numbers, number));
}

enum ks_object_type ks_survey_loose_type(const struct ks_survey *survey,
                                         size_t number)
{
    return (enum ks_object_type)survey->loose_types[number];
}

struct handing {
    struct ks_survey *survey;
    const struct ks_blob_sink *sink;
    atomic_uint next; /* whose texts come next */
};

/* Whether words belong to what the survey was narrowed to. */
static bool is_reached(const struct ks_survey *survey,
                       const struct ks_blob *blob)
{
    const struct ks_commits *commits = survey->in.git->commits;
    uint32_t number;

    if (survey->reach == NULL)
        return true;
    if (blob->kind == KS_BLOB_PATH_NAME)
        return ks_tree_reach_has_name(survey->reach, blob->bytes);
    if (blob->kind == KS_BLOB_TAG_MESSAGE)
        return ks_commits_root(commits, &blob->oid) != KS_OIDS_NONE;
    number = ks_oids_find(&commits->ids, blob->oid.bytes);
    return number != KS_OIDS_NONE &&
           (commits->all.items[number].flags & KS_COMMIT_CHOSEN) != 0;
}

/* Hands over what one surveyor gathered, and forgets it. */
static enum ks_rc hand_texts(const struct handing *handing, unsigned number,
                             struct ks_surveyor *from, struct ks_err *err)
{
    const struct ks_git *git = handing->survey->in.git;
    enum ks_rc rc = KS_OK;
    struct ks_blob blob;
    size_t at = 0;

    while (rc == KS_OK && ks_surveyor_next(&blob, from, &at)) {
        void *memo = NULL;

        if (!is_reached(handing->survey, &blob))
            continue;
        rc = ks_git_stopped(git)
                 ? ks_fail(err, KS_ECANCELED, "stopped")
                 : handing->sink->take(handing->sink->ctx, number, &blob, &memo,
                                       err);
        ks_progress_done(git->options.progress, 1, blob.bytes.len);
    }
    ks_surveyor_forget(from);
    return rc;
}

static enum ks_rc work_texts(void *ctx, unsigned number, struct ks_err *err)
{
    struct handing *handing = ctx;
    enum ks_rc rc = KS_OK;
    unsigned from;

    while (rc == KS_OK && (from = atomic_fetch_add(&handing->next, 1)) <
                              handing->survey->in.git->jobs)
        rc = hand_texts(handing, number, handing->survey->workers[from], err);
    return rc;
}

enum ks_rc ks_survey_hand_over(struct ks_survey *survey,
                               const struct ks_blob_sink *sink,
                               struct ks_err *err)
{
    struct handing handing = {.survey = survey, .sink = sink};
    struct ks_amounts amounts = {0};

    for (unsigned i = 0; i < survey->in.git->jobs; i++)
        amounts.commits += ks_surveyor_commits(survey->workers[i]);
    if (survey->reach != NULL)
        amounts.commits = survey->in.git->commits->chosen.len;
    ks_coverage_add(survey->in.git->options.coverage, amounts);
    return ks_pool_run(survey->in.git->jobs, work_texts, &handing, err);
}
