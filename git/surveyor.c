/* SPDX-License-Identifier: Apache-2.0 */
#include "git/surveyor.h"

#include "base/buf.h"
#include "git/commit_log.h"
#include "git/names.h"
#include "git/recent.h"

#include <stdlib.h>
#include <string.h>

/* One thread's texts may grow to this; 64 bits, so no enum. */
static const size_t TEXTS_CAP = (size_t)4 * 1024 * 1024 * 1024;

enum { UNKNOWN = 64 }; /* objects that are looked up together */

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

struct ks_surveyor {
    const struct ks_git *git;
    struct ks_marks *marks;
    unsigned number;
    struct ks_buf texts; /* text_head and bytes, again and again */
    struct ks_recent *recent;
    struct unknown unknown[UNKNOWN];
    size_t waiting; /* of these */
    uint64_t commits;
};

enum ks_rc ks_surveyor_new(struct ks_surveyor **out, const struct ks_git *git,
                           struct ks_marks *marks, unsigned number,
                           struct ks_err *err)
{
    struct ks_surveyor *surveyor = calloc(1, sizeof(*surveyor));

    if (surveyor == NULL)
        return ks_fail_memory(err);
    surveyor->git = git;
    surveyor->marks = marks;
    surveyor->number = number;
    ks_buf_init(&surveyor->texts, TEXTS_CAP);
    surveyor->recent = ks_recent_new(git->oid_len);
    if (surveyor->recent == NULL) {
        ks_surveyor_free(surveyor);
        return ks_fail_memory(err);
    }
    *out = surveyor;
    return KS_OK;
}

void ks_surveyor_free(struct ks_surveyor *surveyor)
{
    if (surveyor == NULL)
        return;
    ks_buf_release(&surveyor->texts);
    ks_recent_free(surveyor->recent);
    free(surveyor);
}

static enum ks_rc gather(struct ks_surveyor *surveyor, enum ks_blob_kind kind,
                         const struct ks_oid *oid, struct ks_span text)
{
    struct text_head head = {.kind = kind, .len = text.len};
    enum ks_rc rc;

    if (oid != NULL)
        head.oid = *oid;
    rc = ks_buf_add(&surveyor->texts,
                    (struct ks_span){(const uint8_t *)&head, sizeof(head)});
    return rc == KS_OK ? ks_buf_add(&surveyor->texts, text) : rc;
}

/*
 * Looks up all objects that wait, step by step, so that memory answers for all
 * of them at once.
 */
static void look_up(struct ks_surveyor *surveyor)
{
    for (unsigned step = 0; step < KS_NUMBERS_HINTS; step++)
        for (size_t i = 0; i < surveyor->waiting; i++)
            ks_numbers_hint(surveyor->marks->numbers, surveyor->unknown[i].oid,
                            step);
    for (size_t i = 0; i < surveyor->waiting; i++) {
        const struct unknown *unknown = &surveyor->unknown[i];
        uint32_t number =
            ks_marks_claim(surveyor->marks, unknown->oid, unknown->claimed);

        if (unknown->entry == NO_ENTRY)
            continue;
        ks_tree_log_set(surveyor->git->tree_log, surveyor->number,
                        unknown->entry, number);
        ks_recent_put_object(surveyor->recent, unknown->oid, unknown->claimed,
                             number);
    }
    surveyor->waiting = 0;
}

/* Has an object looked up and marked, sooner or later. */
static void look_up_later(struct ks_surveyor *surveyor, const uint8_t *oid,
                          enum ks_object_type claimed, uint32_t entry)
{
    struct unknown *unknown = &surveyor->unknown[surveyor->waiting++];

    unknown->claimed = claimed;
    unknown->entry = entry;
    memcpy(unknown->oid, oid, surveyor->git->oid_len);
    if (surveyor->waiting == UNKNOWN)
        look_up(surveyor);
}

static enum ks_rc survey_commit(struct ks_surveyor *surveyor,
                                const struct ks_oid *oid, struct ks_span bytes)
{
    struct ks_commit_view view;
    struct ks_commit_facts facts;

    if (!ks_commit_parse(&view, bytes, oid->len)) {
        ks_marks_damage(surveyor->marks);
        return KS_OK;
    }
    surveyor->commits++;
    if (ks_commit_log_note(&facts, surveyor->git->commit_log, surveyor->number,
                           oid, &view, NULL) != KS_OK)
        return KS_ENOMEM;
    look_up_later(surveyor, facts.tree, KS_OBJECT_TREE, NO_ENTRY);
    for (uint32_t i = 0; i < facts.parent_count; i++)
        look_up_later(surveyor, facts.parents + i * oid->len, KS_OBJECT_COMMIT,
                      NO_ENTRY);
    return gather(surveyor, KS_BLOB_COMMIT_MESSAGE, oid, view.message);
}

static enum ks_rc survey_tag(struct ks_surveyor *surveyor,
                             const struct ks_oid *oid, struct ks_span bytes)
{
    struct ks_tag_view view;

    if (!ks_tag_parse(&view, bytes, oid->len)) {
        ks_marks_damage(surveyor->marks);
        return KS_OK;
    }
    (void)ks_marks_claim(surveyor->marks, view.target.bytes, view.type);
    return gather(surveyor, KS_BLOB_TAG_MESSAGE, oid, view.message);
}

/* Finds the number of an entry's name, and gathers it if it is new. */
static enum ks_rc identify_name(uint32_t *out, struct ks_surveyor *surveyor,
                                struct ks_span name)
{
    bool first;

    if (ks_recent_name(out, surveyor->recent, name))
        return KS_OK;
    *out =
        ks_names_take(ks_tree_log_names(surveyor->git->tree_log), name, &first);
    if (*out == KS_NAME_NONE)
        return KS_ENOMEM;
    ks_recent_put_name(surveyor->recent, name, *out);
    return first ? gather(surveyor, KS_BLOB_PATH_NAME, NULL, name) : KS_OK;
}

static void identify_object(uint32_t *out, struct ks_surveyor *surveyor,
                            const struct ks_tree_entry *entry, uint32_t place)
{
    enum ks_object_type claimed =
        entry->kind == KS_ENTRY_TREE ? KS_OBJECT_TREE : KS_OBJECT_BLOB;

    if (entry->kind == KS_ENTRY_COMMIT)
        *out = KS_NUMBER_FOREIGN;
    else if (!ks_recent_object(out, surveyor->recent, entry->oid, claimed))
        look_up_later(surveyor, entry->oid, claimed, place);
}

static enum ks_rc survey_entries(const struct ks_tree_batch *batch, void *ctx,
                                 unsigned number, struct ks_err *err)
{
    struct ks_surveyor *surveyor = ctx;
    enum ks_rc rc = KS_OK;

    (void)number;
    (void)err;
    for (size_t i = 0; i < batch->count; i++)
        ks_recent_hint(surveyor->recent, &batch->entries[i]);
    for (size_t i = 0; rc == KS_OK && i < batch->count; i++) {
        const struct ks_tree_entry *entry = &batch->entries[i];

        identify_object(&batch->out[i].object, surveyor, entry,
                        batch->first + (uint32_t)i);
        rc = identify_name(&batch->out[i].name, surveyor, entry->name);
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

static enum ks_rc survey_tree(struct ks_surveyor *surveyor,
                              const struct ks_walk_object *object, void **memo)
{
    const struct ks_tree_note note = {
        .tree = object,
        .number = number_of(surveyor->marks->numbers, object),
        .entry = survey_entries,
        .ctx = surveyor,
    };
    struct ks_tree_log *log = surveyor->git->tree_log;
    enum ks_rc rc = ks_tree_log_note(log, surveyor->number, &note, memo, NULL);

    if (rc != KS_EFORMAT)
        return rc;
    ks_tree_log_give_up(log);
    ks_marks_damage(surveyor->marks);
    return KS_OK;
}

static enum ks_rc survey_object(struct ks_surveyor *surveyor,
                                const struct ks_walk_object *object,
                                void **memo)
{
    switch (object->type) {
    case KS_OBJECT_TREE:
        return survey_tree(surveyor, object, memo);
    case KS_OBJECT_COMMIT:
        return survey_commit(surveyor, &object->oid, object->bytes);
    case KS_OBJECT_TAG:
        return survey_tag(surveyor, &object->oid, object->bytes);
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

/* Whether an earlier pack has the object too: trees are noted all the same. */
static bool is_copy(const struct ks_surveyor *surveyor,
                    const struct ks_walk_object *object)
{
    const struct ks_numbers *numbers = surveyor->marks->numbers;

    return object->part < numbers->packs->all.len &&
           object->type != KS_OBJECT_TREE &&
           !ks_numbers_is_first(numbers, object->part, object->position);
}

enum ks_rc ks_surveyor_take(struct ks_surveyor *surveyor,
                            const struct ks_walk_object *object, void **memo,
                            struct ks_err *err)
{
    *memo = NULL;
    return is_copy(surveyor, object)
               ? KS_OK
               : fail_texts(survey_object(surveyor, object, memo), err);
}

void ks_surveyor_finish(struct ks_surveyor *surveyor)
{
    look_up(surveyor);
}

uint64_t ks_surveyor_commits(const struct ks_surveyor *surveyor)
{
    return surveyor->commits;
}

bool ks_surveyor_next(struct ks_blob *out, const struct ks_surveyor *surveyor,
                      size_t *at)
{
    struct text_head head;

    if (*at >= surveyor->texts.len)
        return false;
    memcpy(&head, surveyor->texts.ptr + *at, sizeof(head));
    *at += sizeof(head);
    *out = ks_blob_whole((struct ks_span){surveyor->texts.ptr + *at, head.len},
                         head.kind, NULL);
    out->oid = head.oid;
    *at += head.len;
    return true;
}

void ks_surveyor_forget(struct ks_surveyor *surveyor)
{
    ks_buf_release(&surveyor->texts);
}
