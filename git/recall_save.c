/* SPDX-License-Identifier: Apache-2.0 */
/* The state for the next scan: what was asked about, where it was, the file. */
#include "git/recall_parts.h"

static const size_t notes_cap = (size_t)512 * 1024 * 1024;

enum ks_rc ks_recall_note_queries(struct ks_git *git,
                                  const struct ks_git_query *queries,
                                  size_t count, struct ks_err *err)
{
    struct ks_recall *recall = git->recall;

    if (recall == NULL)
        return KS_OK;
    recall->same = false; /* what follows is not what the state says */
    for (size_t i = 0; i < count; i++) {
        struct ks_state_object object = {queries[i].oid, queries[i].kind};

        if (queries[i].kind == KS_BLOB_PATH_NAME)
            recall->unsayable = true; /* the name would hold the secret */
        else if (!KS_VEC_PUSH(&recall->next.objects, object))
            return ks_fail_memory(err);
    }
    ks_state_sort(&recall->next);
    return KS_OK;
}

/*
 * What a commit's message says goes into the state as reports tell it, but not
 * where something was found in that message.
 */
static enum ks_rc note_commit(uint32_t *out, struct ks_recall *recall,
                              const struct ks_git_place *place,
                              struct ks_err *err)
{
    struct ks_state *next = &recall->next;
    struct ks_state_commit commit = {
        .oid = place->commit, .time = place->time, .offset = place->offset};
    bool added;

    *out = ks_oids_put(&recall->commits, place->commit.bytes, &added);
    if (*out == KS_OIDS_NONE)
        return ks_fail_memory(err);
    if (!added)
        return KS_OK;
    if (ks_state_find(next, &place->commit, KS_BLOB_COMMIT_MESSAGE) ==
            SIZE_MAX &&
        ks_state_find(next, &place->commit, KS_BLOB_TAG_MESSAGE) == SIZE_MAX) {
        commit.name =
            ks_arena_text(&next->texts, ks_span_str(place->author.name));
        commit.email =
            ks_arena_text(&next->texts, ks_span_str(place->author.email));
        commit.subject =
            ks_arena_text(&next->texts, ks_span_str(place->message));
        if (commit.name == NULL || commit.email == NULL ||
            commit.subject == NULL)
            return ks_fail_memory(err);
    }
    return KS_VEC_PUSH(&next->commits, commit) ? KS_OK : ks_fail_memory(err);
}

enum ks_rc ks_recall_note_place(struct ks_git *git,
                                const struct ks_git_query *queries,
                                const struct ks_git_place *place,
                                struct ks_err *err)
{
    struct ks_recall *recall = git->recall;
    const struct ks_git_query *query = &queries[place->blob];
    struct ks_state_place noted = {.order = place->order,
                                   .at_tip = place->at_tip};
    size_t object;
    enum ks_rc rc;

    if (recall == NULL || recall->unsayable)
        return KS_OK;
    object = ks_state_find(&recall->next, &query->oid, query->kind);
    if (object > UINT32_MAX)
        return KS_OK;
    noted.object = (uint32_t)object;
    rc = note_commit(&noted.commit, recall, place, err);
    if (rc != KS_OK)
        return rc;
    if (place->path != NULL) {
        noted.path =
            ks_arena_text(&recall->next.texts, ks_span_str(place->path));
        if (noted.path == NULL)
            return ks_fail_memory(err);
    }
    return KS_VEC_PUSH(&recall->next.places, noted) ? KS_OK
                                                    : ks_fail_memory(err);
}

static enum ks_git_shows shows(const struct ks_git_notes *notes,
                               const char *text)
{
    return text == NULL ? KS_SHOWS_NOTHING : notes->shows(notes->ctx, text);
}

/*
 * Leaves words out that show a secret of a message, which each scan reads, to
 * be read again as well. Whether what remains may be kept.
 */
static bool hide_words(struct ks_state *state, const struct ks_git_notes *notes)
{
    for (size_t i = 0; i < state->commits.len; i++) {
        struct ks_state_commit *commit = &state->commits.items[i];
        enum ks_git_shows what[] = {shows(notes, commit->name),
                                    shows(notes, commit->email),
                                    shows(notes, commit->subject)};

        for (size_t j = 0; j < sizeof(what) / sizeof(*what); j++) {
            if (what[j] == KS_SHOWS_SECRET)
                return false;
            if (what[j] == KS_SHOWS_MESSAGE)
                commit->name = commit->email = commit->subject = NULL;
        }
    }
    for (size_t i = 0; i < state->places.len; i++)
        if (shows(notes, state->places.items[i].path) != KS_SHOWS_NOTHING)
            return false;
    return true;
}

enum ks_rc ks_recall_save(struct ks_git *git, struct ks_err *err)
{
    struct ks_recall *recall = git->recall;
    enum ks_rc rc;

    if (recall == NULL || recall->same || ks_git_stopped(git) ||
        !ks_coverage_complete(git->options.coverage))
        return KS_OK;
    if (recall->unsayable ||
        (git->notes != NULL && !hide_words(&recall->next, git->notes))) {
        ks_log(git->options.log, KS_LOG_INFO,
               "%s: not written, since a path or an author shows a secret",
               git->state);
        return KS_OK;
    }
    rc = ks_state_prune(&recall->next, err);
    if (rc == KS_OK && git->notes != NULL) {
        ks_buf_init(&recall->next.notes, notes_cap);
        rc = git->notes->save(git->notes->ctx, &recall->next.notes, err);
    }
    return rc == KS_OK ? ks_state_write(&recall->next, git->state, err) : rc;
}
