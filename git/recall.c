/* SPDX-License-Identifier: Apache-2.0 */
#include "git/recall_parts.h"

#include "base/file.h"
#include "base/hash.h"
#include "git/packs.h"
#include "git/tips.h"
#include "git/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ks_recall_free(struct ks_recall *recall)
{
    if (recall == NULL)
        return;
    ks_state_release(&recall->old);
    ks_state_release(&recall->next);
    ks_oids_release(&recall->commits);
    free(recall);
}

/* A digest of the list of commits whose parents were not fetched. */
static enum ks_rc digest_shallow(uint8_t out[KS_STATE_KEY],
                                 const struct ks_git *git, struct ks_err *err)
{
    char *path = NULL;
    struct ks_buf text;
    enum ks_rc rc;

    if (asprintf(&path, "%sshallow", git->common_dir) < 0)
        return ks_fail_memory(err);
    ks_buf_init(&text, (size_t)1 << 30);
    rc = ks_file_read(&text, path, err);
    if (rc == KS_OK || rc == KS_ENOENT) {
        ks_sha256(out, ks_buf_span(&text));
        rc = KS_OK;
    }
    ks_buf_release(&text);
    free(path);
    return rc;
}

/* What the repository is like now. */
static enum ks_rc look(struct ks_state *now, const struct ks_git *git,
                       struct ks_err *err)
{
    struct ks_tips tips;
    enum ks_rc rc = digest_shallow(now->shallow, git, err);

    memcpy(now->key, git->state_key, KS_STATE_KEY);
    now->oid_len = git->oid_len;
    if (rc != KS_OK)
        return rc;
    ks_tips_init(&tips, git->oid_len);
    rc = ks_tips_all(&tips, git, err);
    for (uint32_t i = 0; rc == KS_OK && i < tips.oids.len; i++) {
        struct ks_state_tip tip = {ks_oids_get(&tips.oids, i), tips.why[i]};

        if (!KS_VEC_PUSH(&now->tips, tip))
            rc = ks_fail_memory(err);
    }
    ks_tips_release(&tips);
    ks_state_sort(now);
    return rc;
}

/* Whether each old tip is still an object here, but for entries of reflogs. */
static bool has_tips(const struct ks_state *old, struct ks_objects *objects)
{
    for (size_t i = 0; i < old->tips.len; i++) {
        struct ks_object object;

        if (old->tips.items[i].why == KS_TIP_LOG)
            continue;
        if (ks_objects_read(&object, objects, &old->tips.items[i].oid, NULL) !=
            KS_OK)
            return false;
        ks_object_release(&object);
    }
    return true;
}

/* Reads the state; leaves `old` empty if it tells nothing about this scan. */
static enum ks_rc read_old(struct ks_recall *recall, const struct ks_git *git,
                           struct ks_err *err)
{
    struct ks_err why = {0};
    enum ks_rc rc = ks_state_read(&recall->old, git->state, &why);

    if (rc == KS_ENOMEM)
        return ks_fail_memory(err);
    if (rc == KS_EINVAL)
        return ks_fail(err, rc, "--state: %s", why.text);
    if (rc != KS_OK) {
        if (rc != KS_ENOENT)
            ks_log(git->options.log, KS_LOG_WARN, "%s; scanning all", why.text);
        return KS_OK;
    }
    if (memcmp(recall->old.key, recall->next.key, KS_STATE_KEY) != 0 ||
        memcmp(recall->old.shallow, recall->next.shallow, KS_STATE_KEY) != 0 ||
        recall->old.oid_len != recall->next.oid_len) {
        ks_log(git->options.log, KS_LOG_INFO,
               "%s: made with other rules, options or depth; scanning all",
               git->state);
        ks_state_release(&recall->old);
        recall->old = (struct ks_state){0};
        return KS_OK;
    }
    recall->same = ks_state_same_tips(&recall->old, &recall->next);
    return KS_OK;
}

/* Objects in which something was found. */

static enum ks_rc hand_over(const struct ks_git *git,
                            const struct ks_state_object *found,
                            const struct ks_object *object,
                            const struct ks_blob_sink *sink, struct ks_err *err)
{
    struct ks_commit_view commit;
    struct ks_tag_view tag;
    struct ks_blob blob;
    struct ks_span bytes = object->bytes;
    void *memo = NULL;

    if (object->type == KS_OBJECT_COMMIT &&
        ks_commit_parse(&commit, object->bytes, found->oid.len))
        bytes = commit.message;
    if (object->type == KS_OBJECT_TAG &&
        ks_tag_parse(&tag, object->bytes, found->oid.len))
        bytes = tag.message;
    blob = ks_blob_whole(bytes, found->kind, NULL);
    blob.oid = found->oid;
    ks_progress_done(git->options.progress, 1, bytes.len);
    return sink->take(sink->ctx, 0, &blob, &memo, err);
}

/*
 * An object that is gone was found by tips that are gone as well. What the
 * receiver knows by its notes is not handed over.
 */
static enum ks_rc hand_over_old(const struct ks_git *git, bool noted,
                                struct ks_objects *objects,
                                const struct ks_blob_sink *sink,
                                struct ks_err *err)
{
    const struct ks_state *old = &git->recall->old;
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < old->objects.len && rc == KS_OK; i++) {
        const struct ks_state_object *found = &old->objects.items[i];
        struct ks_object object;

        if (noted && found->kind == KS_BLOB_GIT_BLOB)
            continue;
        if (ks_git_stopped(git))
            return ks_fail(err, KS_ECANCELED, "stopped");
        rc = ks_objects_read(&object, objects, &found->oid, err);
        if (rc == KS_OK) {
            rc = hand_over(git, found, &object, sink, err);
            ks_object_release(&object);
        } else if (rc != KS_ENOMEM) {
            if (rc != KS_ENOENT)
                ks_git_skip(git, rc, "blob", &found->oid);
            rc = KS_OK;
        }
    }
    return rc;
}

/* Gives the receiver its notes; `noted` says whether it took them. */
static enum ks_rc give_notes(bool *noted, const struct ks_git *git,
                             struct ks_err *err)
{
    const struct ks_state *old = &git->recall->old;
    enum ks_rc rc;

    *noted = false;
    if (git->notes == NULL || old->notes.len == 0)
        return KS_OK;
    rc = git->notes->restore(git->notes->ctx, ks_buf_span(&old->notes),
                             git->recall->same, err);
    *noted = rc == KS_OK;
    return rc == KS_ENOENT || rc == KS_EFORMAT ? KS_OK : rc;
}

/* What is new. */

/* Lets pass what is not in the old state. */
struct sieve {
    const struct ks_blob_sink *sink;
    const struct ks_state *old;
};

static enum ks_rc take_new(void *ctx, unsigned worker,
                           const struct ks_blob *blob, void **memo,
                           struct ks_err *err)
{
    const struct sieve *sieve = ctx;

    if (blob->oid.len != 0 &&
        ks_state_find(sieve->old, &blob->oid, blob->kind) != SIZE_MAX)
        return KS_OK;
    return sieve->sink->take(sieve->sink->ctx, worker, blob, memo, err);
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    const struct sieve *sieve = ctx;

    sieve->sink->forget(sieve->sink->ctx, worker, memo);
}

/* Scans what the old tips do not reach, as a repository of its own. */
static enum ks_rc scan_new(const struct ks_git *git, const struct ks_state *old,
                           const struct ks_blob_sink *sink, struct ks_err *err)
{
    struct sieve sieve = {sink, old};
    struct ks_blob_sink through = {&sieve, take_new, forget};
    struct ks_git_options options = git->options;
    struct ks_oid *tips = calloc(old->tips.len + 1, sizeof(*tips));
    struct ks_git *part = NULL;
    enum ks_rc rc;

    if (tips == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < old->tips.len; i++)
        tips[i] = old->tips.items[i].oid;
    options.jobs = git->jobs;
    options.exclude = tips;
    options.exclude_count = old->tips.len;
    rc = ks_git_open(&part, git->workdir != NULL ? git->workdir : git->git_dir,
                     &options, err);
    if (rc == KS_OK)
        rc = ks_git_scan_anew(part, &through, err);
    ks_git_free(part);
    free(tips);
    return rc;
}

static enum ks_rc scan_all(struct ks_git *git, const struct ks_blob_sink *sink,
                           struct ks_err *err)
{
    ks_state_release(&git->recall->old);
    git->recall->old = (struct ks_state){0};
    git->recall->same = false;
    return ks_git_scan_anew(git, sink, err);
}

static enum ks_rc scan(struct ks_git *git, const struct ks_blob_sink *sink,
                       struct ks_err *err)
{
    struct ks_recall *recall = git->recall;
    struct ks_objects *objects = NULL;
    bool noted;
    enum ks_rc rc;

    if (recall->old.tips.len == 0)
        return scan_all(git, sink, err);
    rc = ks_objects_open(&objects, git, KS_OBJECTS_FAST, err);
    if (rc != KS_OK)
        return rc;
    if (!recall->same && !has_tips(&recall->old, objects)) {
        ks_objects_free(objects);
        ks_log(git->options.log, KS_LOG_INFO,
               "%s: its tips are gone; scanning all", git->state);
        return scan_all(git, sink, err);
    }
    rc = give_notes(&noted, git, err);
    if (rc == KS_OK)
        rc = hand_over_old(git, noted, objects, sink, err);
    ks_objects_free(objects);
    if (rc == KS_OK && !recall->same)
        rc = scan_new(git, &recall->old, sink, err);
    return rc;
}

enum ks_rc ks_recall_scan(struct ks_git *git, const struct ks_blob_sink *sink,
                          struct ks_err *err)
{
    struct ks_recall *recall = calloc(1, sizeof(*recall));
    enum ks_rc rc;

    if (recall == NULL)
        return ks_fail_memory(err);
    ks_recall_free(git->recall);
    git->recall = recall;
    ks_oids_init(&recall->commits, git->oid_len);
    rc = look(&recall->next, git, err);
    if (rc == KS_OK)
        rc = read_old(recall, git, err);
    return rc == KS_OK ? scan(git, sink, err) : rc;
}

/* Places. */

/* The words of a commit, told by the state or by the object itself. */
static enum ks_rc find_words(struct ks_git_words *out, struct ks_arena *arena,
                             const struct ks_state_commit *commit,
                             struct ks_objects *objects, struct ks_err *err)
{
    if (commit->subject == NULL)
        return ks_git_words_read(out, arena, objects, &commit->oid, err);
    *out = (struct ks_git_words){
        .name = commit->name,
        .email = commit->email,
        .subject = commit->subject,
        .time = commit->time,
        .offset = commit->offset,
        .known = true,
    };
    return KS_OK;
}

static enum ks_rc tell(const struct ks_state_place *place, size_t query,
                       const struct ks_oid *commit,
                       const struct ks_git_words *words, ks_place_fn *fn,
                       void *ctx, struct ks_err *err)
{
    struct ks_git_place told = {
        .blob = query,
        .path = place->path,
        .commit = *commit,
        .author = {words->name, words->email},
        .time = words->time,
        .offset = words->offset,
        .message = words->subject,
        .order = place->order,
        .at_tip = place->at_tip,
    };

    return fn(ctx, &told, err);
}

/* Which query asks for each object of the state; false if one asks for more. */
static bool match_queries(size_t *query_of, const struct ks_state *old,
                          const struct ks_git_query *queries, size_t count)
{
    for (size_t i = 0; i < old->objects.len; i++)
        query_of[i] = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t at = ks_state_find(old, &queries[i].oid, queries[i].kind);

        if (queries[i].kind == KS_BLOB_PATH_NAME || at == SIZE_MAX)
            return false;
        query_of[at] = i;
    }
    return true;
}

static enum ks_rc tell_all(struct ks_git *git, const size_t *query_of,
                           ks_place_fn *place, void *ctx, struct ks_err *err)
{
    const struct ks_state *old = &git->recall->old;
    struct ks_objects *objects = NULL;
    struct ks_arena arena = {0};
    enum ks_rc rc = ks_objects_open(&objects, git, KS_OBJECTS_FAST, err);

    for (size_t i = 0; i < old->places.len && rc == KS_OK; i++) {
        const struct ks_state_place *here = &old->places.items[i];
        const struct ks_state_commit *commit =
            &old->commits.items[here->commit];
        struct ks_git_words words;

        if (query_of[here->object] == SIZE_MAX)
            continue;
        rc = find_words(&words, &arena, commit, objects, err);
        if (rc == KS_OK)
            rc = tell(here, query_of[here->object], &commit->oid, &words, place,
                      ctx, err);
        ks_arena_release(&arena);
    }
    ks_objects_free(objects);
    return rc;
}

enum ks_rc ks_recall_locate(struct ks_git *git,
                            const struct ks_git_query *queries, size_t count,
                            ks_place_fn *place, void *ctx, struct ks_err *err)
{
    size_t *query_of;
    enum ks_rc rc = KS_ENOENT;

    if (git->recall == NULL || !git->recall->same)
        return KS_ENOENT;
    query_of = calloc(git->recall->old.objects.len + 1, sizeof(*query_of));
    if (query_of == NULL)
        return ks_fail_memory(err);
    if (match_queries(query_of, &git->recall->old, queries, count))
        rc = tell_all(git, query_of, place, ctx, err);
    free(query_of);
    return rc;
}
