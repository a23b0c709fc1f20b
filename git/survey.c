/* SPDX-License-Identifier: Apache-2.0 */
#include "git/survey.h"

#include "base/buf.h"
#include "git/commit_log.h"
#include "git/commits.h"
#include "git/object.h"
#include "git/recent.h"
#include "git/tips.h"
#include "git/tree_log.h"
#include "git/tree_reach.h"

#include <stdlib.h>
#include <string.h>

/* One thread's texts may grow to this; 64 bits, so no enum. */
static const size_t TEXTS_CAP = (size_t)4 * 1024 * 1024 * 1024;

enum {
    LOOSE_STEP = 16, /* loose objects that a thread takes at a time */
    CLAIMS = KS_OBJECT_TAG + 1,
    UNKNOWN = 64, /* objects that are looked up together */
};

#define NO_ENTRY UINT32_MAX

/* In front of a gathered text. */
struct text_head {
    struct ks_oid oid; /* none for a name */
    enum ks_blob_kind kind;
    size_t len;
};

/* An object that is to be looked up and marked. */
struct unknown {
    enum ks_object_type claimed;
    uint32_t entry; /* its place in the log of trees, or NO_ENTRY */
    uint8_t oid[KS_OID_MAX];
};

/* What one thread gathers. */
struct surveyor {
    struct ks_survey *survey;
    unsigned number;
    struct ks_buf texts; /* text_head and bytes, again and again */
    struct ks_recent *recent;
    struct unknown unknown[UNKNOWN];
    size_t waiting; /* of these */
    uint64_t commits;
    char apart[64]; /* keeps two threads' counters on two cache lines */
};

struct ks_survey {
    struct ks_survey_input in;

    /*
     * Bitmaps by number, for each type that somebody claimed of an object; that
     * of KS_OBJECT_NONE holds them all in the end.
     */
    uint8_t *marks[CLAIMS];
    uint8_t *loose_types;
    struct surveyor *workers;
    atomic_size_t next_loose;
    atomic_bool doubtful;
    atomic_bool damaged;         /* the marks cannot be narrowed */
    atomic_bool missing;         /* something is named and is not there */
    struct ks_tree_reach *reach; /* what they were narrowed to, or NULL */
};

static void doubt(struct ks_survey *survey)
{
    atomic_store_explicit(&survey->doubtful, true, memory_order_relaxed);
}

/* Something is not what it should be. */
static void doubt_damage(struct ks_survey *survey)
{
    atomic_store_explicit(&survey->damaged, true, memory_order_relaxed);
    ks_tree_log_doubt(survey->in.git->tree_log);
    doubt(survey);
}

static void doubt_missing(struct ks_survey *survey)
{
    atomic_store_explicit(&survey->missing, true, memory_order_relaxed);
    doubt(survey);
}

static bool is_marked(const uint8_t *marks, size_t at)
{
    return (__atomic_load_n(&marks[at / 8], __ATOMIC_RELAXED) >> at % 8 & 1) !=
           0;
}

static void set_mark(uint8_t *marks, size_t at)
{
    if (!is_marked(marks, at))
        (void)__atomic_fetch_or(&marks[at / 8], (uint8_t)(1U << at % 8),
                                __ATOMIC_RELAXED);
}

/*
 * Marks an object as of the type that somebody claims it has, and returns its
 * number; doubts if it is nowhere.
 */
static uint32_t mark(struct ks_survey *survey, const uint8_t *name,
                     enum ks_object_type claimed)
{
    uint32_t number = ks_numbers_find(survey->in.numbers, name);

    if (number == KS_NUMBER_MISSING)
        doubt_missing(survey);
    else
        set_mark(survey->marks[claimed], number);
    return number;
}

static enum ks_rc gather(struct surveyor *worker, enum ks_blob_kind kind,
                         const struct ks_oid *oid, struct ks_span text)
{
    struct text_head head = {.kind = kind, .len = text.len};
    enum ks_rc rc;

    if (oid != NULL)
        head.oid = *oid;
    rc = ks_buf_add(&worker->texts,
                    (struct ks_span){(const uint8_t *)&head, sizeof(head)});
    return rc == KS_OK ? ks_buf_add(&worker->texts, text) : rc;
}

/*
 * Looks up all objects that wait, step by step, so that memory answers for all
 * of them at once.
 */
static void look_up(struct surveyor *worker)
{
    struct ks_survey *survey = worker->survey;

    for (unsigned step = 0; step < KS_NUMBERS_HINTS; step++)
        for (size_t i = 0; i < worker->waiting; i++)
            ks_numbers_hint(survey->in.numbers, worker->unknown[i].oid, step);
    for (size_t i = 0; i < worker->waiting; i++) {
        const struct unknown *unknown = &worker->unknown[i];
        uint32_t number = mark(survey, unknown->oid, unknown->claimed);

        if (unknown->entry == NO_ENTRY)
            continue;
        ks_tree_log_set(survey->in.git->tree_log, worker->number,
                        unknown->entry, number);
        ks_recent_put_object(worker->recent, unknown->oid, unknown->claimed,
                             number);
    }
    worker->waiting = 0;
}

/* Has an object looked up and marked, sooner or later. */
static void look_up_later(struct surveyor *worker, const uint8_t *oid,
                          enum ks_object_type claimed, uint32_t entry)
{
    struct unknown *unknown = &worker->unknown[worker->waiting++];

    unknown->claimed = claimed;
    unknown->entry = entry;
    memcpy(unknown->oid, oid, worker->survey->in.git->oid_len);
    if (worker->waiting == UNKNOWN)
        look_up(worker);
}

static enum ks_rc survey_commit(struct surveyor *worker,
                                const struct ks_oid *oid, struct ks_span bytes)
{
    struct ks_commit_view view;
    struct ks_commit_facts facts;

    if (!ks_commit_parse(&view, bytes, oid->len)) {
        doubt_damage(worker->survey);
        return KS_OK;
    }
    worker->commits++;
    if (ks_commit_log_note(&facts, worker->survey->in.git->commit_log,
                           worker->number, oid, &view, NULL) != KS_OK)
        return KS_ENOMEM;
    look_up_later(worker, facts.tree, KS_OBJECT_TREE, NO_ENTRY);
    for (uint32_t i = 0; i < facts.parent_count; i++)
        look_up_later(worker, facts.parents + i * oid->len, KS_OBJECT_COMMIT,
                      NO_ENTRY);
    return gather(worker, KS_BLOB_COMMIT_MESSAGE, oid, view.message);
}

static enum ks_rc survey_tag(struct surveyor *worker, const struct ks_oid *oid,
                             struct ks_span bytes)
{
    struct ks_tag_view view;

    if (!ks_tag_parse(&view, bytes, oid->len)) {
        doubt_damage(worker->survey);
        return KS_OK;
    }
    (void)mark(worker->survey, view.target.bytes, view.type);
    return gather(worker, KS_BLOB_TAG_MESSAGE, oid, view.message);
}

/* Finds the number of an entry's name, and gathers it if it is new. */
static enum ks_rc identify_name(uint32_t *out, struct surveyor *worker,
                                struct ks_span name)
{
    bool first;

    if (ks_recent_name(out, worker->recent, name))
        return KS_OK;
    *out = ks_names_take(ks_tree_log_names(worker->survey->in.git->tree_log),
                         name, &first);
    if (*out == KS_NAME_NONE)
        return KS_ENOMEM;
    ks_recent_put_name(worker->recent, name, *out);
    return first ? gather(worker, KS_BLOB_PATH_NAME, NULL, name) : KS_OK;
}

static void identify_object(uint32_t *out, struct surveyor *worker,
                            const struct ks_tree_entry *entry, uint32_t place)
{
    enum ks_object_type claimed =
        entry->kind == KS_ENTRY_TREE ? KS_OBJECT_TREE : KS_OBJECT_BLOB;

    if (entry->kind == KS_ENTRY_COMMIT)
        *out = KS_NUMBER_FOREIGN;
    else if (!ks_recent_object(out, worker->recent, entry->oid, claimed))
        look_up_later(worker, entry->oid, claimed, place);
}

static enum ks_rc survey_entries(const struct ks_tree_batch *batch, void *ctx,
                                 unsigned number, struct ks_err *err)
{
    struct surveyor *worker = ctx;
    enum ks_rc rc = KS_OK;

    (void)number;
    (void)err;
    for (size_t i = 0; i < batch->count; i++)
        ks_recent_hint(worker->recent, &batch->entries[i]);
    for (size_t i = 0; rc == KS_OK && i < batch->count; i++) {
        const struct ks_tree_entry *entry = &batch->entries[i];

        identify_object(&batch->out[i].object, worker, entry,
                        batch->first + (uint32_t)i);
        rc = identify_name(&batch->out[i].name, worker, entry->name);
    }
    return rc;
}

/* The number of an object that a walk came to, or of a loose one. */
static uint32_t number_of(const struct ks_numbers *numbers,
                          const struct ks_walk_object *object)
{
    return object->part == 0 && numbers->packs->all.len > 0
               ? ks_numbers_packed(numbers, 0, object->position)
               : ks_numbers_find(numbers, object->oid.bytes);
}

static enum ks_rc survey_tree(struct surveyor *worker,
                              const struct ks_walk_object *object, void **memo)
{
    const struct ks_tree_note note = {
        .tree = object,
        .number = number_of(worker->survey->in.numbers, object),
        .entry = survey_entries,
        .ctx = worker,
    };
    struct ks_tree_log *log = worker->survey->in.git->tree_log;
    enum ks_rc rc = ks_tree_log_note(log, worker->number, &note, memo, NULL);

    if (rc != KS_EFORMAT)
        return rc;
    ks_tree_log_give_up(log);
    doubt_damage(worker->survey);
    return KS_OK;
}

static enum ks_rc survey_object(struct surveyor *worker,
                                const struct ks_walk_object *object,
                                void **memo)
{
    switch (object->type) {
    case KS_OBJECT_TREE:
        return survey_tree(worker, object, memo);
    case KS_OBJECT_COMMIT:
        return survey_commit(worker, &object->oid, object->bytes);
    case KS_OBJECT_TAG:
        return survey_tag(worker, &object->oid, object->bytes);
    case KS_OBJECT_NONE:
    case KS_OBJECT_BLOB:
        break;
    }
    return KS_OK;
}

static enum ks_rc fail_texts(enum ks_rc rc, struct ks_err *err)
{
    if (rc == KS_ENOMEM)
        return ks_fail_memory(err);
    if (rc == KS_ELIMIT)
        return ks_fail(err, rc, "names and messages of more than 4 GiB");
    return rc;
}

static enum ks_rc visit(void *ctx, unsigned number,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    struct ks_survey *survey = ctx;

    *memo = NULL;
    if (object->type != KS_OBJECT_TREE &&
        !ks_numbers_is_first(survey->in.numbers, object->part,
                             object->position))
        return KS_OK;
    return fail_texts(survey_object(&survey->workers[number], object, memo),
                      err);
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
    doubt_damage(survey);
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

static enum ks_rc survey_loose(struct surveyor *worker,
                               struct ks_objects *objects, size_t number,
                               struct ks_err *err)
{
    struct ks_survey *survey = worker->survey;
    struct ks_walk_object seen = {
        .oid = ks_loose_name(&survey->in.numbers->loose, number),
        .part = UINT32_MAX};
    struct ks_object object;
    void *memo = NULL;
    enum ks_rc rc = ks_objects_read(&object, objects, &seen.oid, err);

    if (rc == KS_ENOMEM)
        return rc;
    if (rc != KS_OK) {
        doubt_damage(survey);
        return KS_OK;
    }
    seen.bytes = object.bytes;
    seen.type = object.type;
    survey->loose_types[number] = (uint8_t)object.type;
    rc = survey_object(worker, &seen, &memo);
    ks_object_release(&object);
    return fail_texts(rc, err);
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
                     : survey_loose(&survey->workers[number], objects, i, err);
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
            (void)mark(survey, ks_oids_at(&tips.oids, i), KS_OBJECT_NONE);
    ks_tips_release(&tips);
    return rc;
}

/* Doubts if an object is not what was claimed, or nobody names it. */
static void check(struct ks_survey *survey, uint32_t number, unsigned type)
{
    for (unsigned claimed = 1; claimed < CLAIMS; claimed++)
        if (claimed != type && is_marked(survey->marks[claimed], number))
            doubt_damage(survey);
    if (type != KS_OBJECT_BLOB && !is_marked(survey->marks[0], number))
        doubt(survey);
}

/* Checks what stands at a place of a pack's index, unless it is a copy. */
static void check_packed(struct ks_survey *survey, size_t pack,
                         uint32_t position, unsigned type)
{
    const struct ks_numbers *numbers = survey->in.numbers;
    uint32_t number = ks_numbers_packed(numbers, pack, position);
    const struct ks_pack_index *index =
        &survey->in.packs->all.items[pack]->index;

    if (pack > 0 && !is_marked(survey->marks[0], number))
        number = ks_numbers_find(numbers, ks_pack_index_name(index, position));
    check(survey, number, type);
}

static void conclude(struct ks_survey *survey)
{
    const struct ks_packs *packs = survey->in.packs;

    for (unsigned claimed = 1; claimed < CLAIMS; claimed++)
        for (size_t i = 0; i <= survey->in.numbers->count / 8; i++)
            survey->marks[0][i] |= survey->marks[claimed][i];
    for (size_t p = 0; p < packs->all.len; p++) {
        const struct ks_families *families = &survey->in.families[p];

        for (uint32_t i = 0; i < families->count; i++)
            check_packed(survey, p, families->names[i], families->types[i]);
    }
    for (size_t i = 0; i < survey->in.numbers->loose.count; i++)
        check(survey, ks_numbers_loose(survey->in.numbers, i),
              survey->loose_types[i]);
}

static enum ks_rc allocate(struct ks_survey *survey, struct ks_err *err)
{
    const struct ks_survey_input *in = &survey->in;
    bool made = true;

    survey->loose_types = calloc(in->numbers->loose.count + 1, 1);
    survey->workers = calloc(in->git->jobs, sizeof(*survey->workers));
    if (survey->loose_types == NULL || survey->workers == NULL)
        return ks_fail_memory(err);
    for (unsigned claimed = 0; claimed < CLAIMS; claimed++) {
        survey->marks[claimed] = calloc(in->numbers->count / 8 + 1, 1);
        made = made && survey->marks[claimed] != NULL;
    }
    for (unsigned i = 0; i < in->git->jobs; i++) {
        survey->workers[i].survey = survey;
        survey->workers[i].number = i;
        survey->workers[i].recent = ks_recent_new(in->git->oid_len);
        made = made && survey->workers[i].recent != NULL;
        ks_buf_init(&survey->workers[i].texts, TEXTS_CAP);
    }
    return made ? KS_OK : ks_fail_memory(err);
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
    for (unsigned i = 0; i < input->git->jobs; i++)
        look_up(&survey->workers[i]);
    conclude(survey);
    *out = survey;
    return KS_OK;
}

void ks_survey_free(struct ks_survey *survey)
{
    if (survey == NULL)
        return;
    for (unsigned claimed = 0; claimed < CLAIMS; claimed++)
        free(survey->marks[claimed]);
    for (unsigned i = 0; survey->workers != NULL && i < survey->in.git->jobs;
         i++) {
        ks_buf_release(&survey->workers[i].texts);
        ks_recent_free(survey->workers[i].recent);
    }
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
static void mark_all_reached(const struct ks_survey *survey)
{
    memset(survey->marks[0], 0, survey->in.numbers->count / 8 + 1);
    for (uint32_t i = 0; i < survey->in.numbers->count; i++)
        if (ks_tree_reach_has(survey->reach, i))
            set_mark(survey->marks[0], i);
}

enum ks_rc ks_survey_narrow(struct ks_survey *survey, struct ks_git *git,
                            struct ks_err *err)
{
    enum ks_rc rc;

    if (!atomic_load(&survey->doubtful) || atomic_load(&survey->damaged))
        return KS_OK;
    rc = ks_commits_load(git, err);
    if (rc == KS_OK)
        rc = ks_tree_reach_new(&survey->reach, git->tree_log, err);
    if (rc == KS_OK)
        rc = reach_trees(survey->reach, survey->in.numbers, git->commits, err);
    if (rc == KS_OK) {
        mark_all_reached(survey);
        atomic_store(&survey->doubtful, ks_tree_reach_lacks(survey->reach));
    }
    return rc == KS_ELIMIT ? KS_OK : rc;
}

bool ks_survey_whole(const struct ks_survey *survey)
{
    return !atomic_load(&survey->damaged) && !atomic_load(&survey->missing);
}

bool ks_survey_doubtful(const struct ks_survey *survey)
{
    return atomic_load(&survey->doubtful);
}

const uint8_t *ks_survey_marks(const struct ks_survey *survey, size_t pack)
{
    return survey->marks[0] + survey->in.numbers->first[pack] / 8;
}

bool ks_survey_marked_loose(const struct ks_survey *survey, size_t number)
{
    return is_marked(survey->marks[0],
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

/* Whether a text belongs to what the survey was narrowed to. */
static bool is_reached(const struct ks_survey *survey,
                       const struct text_head *head, struct ks_span text)
{
    const struct ks_commits *commits = survey->in.git->commits;
    uint32_t number;

    if (survey->reach == NULL)
        return true;
    if (head->kind == KS_BLOB_PATH_NAME)
        return ks_tree_reach_has_name(survey->reach, text);
    if (head->kind == KS_BLOB_TAG_MESSAGE)
        return ks_commits_root(commits, &head->oid) != KS_OIDS_NONE;
    number = ks_oids_find(&commits->ids, head->oid.bytes);
    return number != KS_OIDS_NONE &&
           (commits->all.items[number].flags & KS_COMMIT_CHOSEN) != 0;
}

static enum ks_rc hand_texts(const struct handing *handing, unsigned number,
                             struct ks_buf *texts, struct ks_err *err)
{
    const struct ks_git *git = handing->survey->in.git;
    enum ks_rc rc = KS_OK;
    size_t at = 0;

    while (rc == KS_OK && at < texts->len) {
        struct text_head head;
        struct ks_blob blob;
        void *memo = NULL;

        memcpy(&head, texts->ptr + at, sizeof(head));
        at += sizeof(head);
        blob = ks_blob_whole((struct ks_span){texts->ptr + at, head.len},
                             head.kind, NULL);
        blob.oid = head.oid;
        at += head.len;
        if (!is_reached(handing->survey, &head, blob.bytes))
            continue;
        rc = ks_git_stopped(git)
                 ? ks_fail(err, KS_ECANCELED, "stopped")
                 : handing->sink->take(handing->sink->ctx, number, &blob, &memo,
                                       err);
        ks_progress_done(git->options.progress, 1, head.len);
    }
    ks_buf_release(texts);
    return rc;
}

static enum ks_rc work_texts(void *ctx, unsigned number, struct ks_err *err)
{
    struct handing *handing = ctx;
    enum ks_rc rc = KS_OK;
    unsigned from;

    while (rc == KS_OK && (from = atomic_fetch_add(&handing->next, 1)) <
                              handing->survey->in.git->jobs)
        rc = hand_texts(handing, number, &handing->survey->workers[from].texts,
                        err);
    return rc;
}

enum ks_rc ks_survey_hand_over(struct ks_survey *survey,
                               const struct ks_blob_sink *sink,
                               struct ks_err *err)
{
    struct handing handing = {.survey = survey, .sink = sink};
    struct ks_amounts amounts = {0};

    for (unsigned i = 0; i < survey->in.git->jobs; i++)
        amounts.commits += survey->workers[i].commits;
    if (survey->reach != NULL)
        amounts.commits = survey->in.git->commits->chosen.len;
    ks_coverage_add(survey->in.git->options.coverage, amounts);
    return ks_pool_run(survey->in.git->jobs, work_texts, &handing, err);
}
