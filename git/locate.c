/* SPDX-License-Identifier: Apache-2.0 */
/* Where the things were that somebody asks about: the order of the steps. */
#include "git/locator.h"
#include "git/recall.h"
#include "git/telling.h"

#include <stdlib.h>
#include <string.h>

/* Makes the tables that entries of trees are looked up in. */
static enum ks_rc index_queries(struct ks_locate *locate, struct ks_err *err)
{
    locate->first = calloc(locate->count + 1, sizeof(*locate->first));
    locate->next = calloc(locate->count + 1, sizeof(*locate->next));
    if (locate->first == NULL || locate->next == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < locate->count; i++) {
        const struct ks_git_query *query = &locate->queries[i];
        bool added = false;
        size_t *slot = NULL;
        uint32_t number;

        locate->next[i] = KS_LOCATE_NONE;
        if (query->kind == KS_BLOB_GIT_BLOB ||
            query->kind == KS_BLOB_LINK_TARGET) {
            number = ks_oids_put(&locate->blobs, query->oid.bytes, &added);
            if (number == KS_OIDS_NONE)
                return ks_fail_memory(err);
            slot = &locate->first[number];
            if (added)
                *slot = KS_LOCATE_NONE;
        } else if (query->kind == KS_BLOB_PATH_NAME && query->path != NULL) {
            slot = ks_map_put(&locate->names, ks_span_str(query->path),
                              KS_LOCATE_NONE);
            if (slot == NULL ||
                !KS_VEC_PUSH(&locate->texts, ks_span_str(query->path)))
                return ks_fail_memory(err);
        }
        if (slot == NULL)
            continue;
        locate->next[i] = *slot;
        *slot = i;
    }
    return KS_OK;
}

/* Messages are where they are: in their commit or tag. */
static enum ks_rc add_messages(struct ks_sightings *hits,
                               const struct ks_locate *locate,
                               struct ks_err *err)
{
    const struct ks_commits *commits = locate->commits;

    for (size_t i = 0; i < locate->count; i++) {
        const struct ks_git_query *query = &locate->queries[i];
        struct ks_sighting found = {i, KS_OIDS_NONE, KS_OIDS_NONE, NULL};

        if (query->kind == KS_BLOB_COMMIT_MESSAGE) {
            found.commit = ks_oids_find(&commits->ids, query->oid.bytes);
            if (found.commit == KS_OIDS_NONE ||
                (commits->all.items[found.commit].flags & KS_COMMIT_CHOSEN) ==
                    0)
                continue;
        } else if (query->kind == KS_BLOB_TAG_MESSAGE) {
            found.root = ks_commits_root(commits, &query->oid);
            if (found.root == KS_OIDS_NONE)
                continue;
        } else {
            continue;
        }
        if (!KS_VEC_PUSH(hits, found))
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static int by_place(const void *left, const void *right, void *ctx)
{
    const struct ks_sighting *a = left, *b = right;
    uint64_t ao = ks_sighting_order(ctx, a), bo = ks_sighting_order(ctx, b);

    if (a->query != b->query)
        return a->query < b->query ? -1 : 1;
    if (ao != bo)
        return ao < bo ? -1 : 1;
    if (a->path == NULL || b->path == NULL)
        return (a->path != NULL) - (b->path != NULL);
    return strcmp(a->path, b->path);
}

static enum ks_rc gather(struct ks_sightings *all,
                         const struct ks_locate *locate,
                         struct ks_locator *const *locators, struct ks_err *err)
{
    for (unsigned i = 0; i < locate->git->jobs; i++) {
        const struct ks_sightings *some = ks_locator_sightings(locators[i]);

        for (size_t j = 0; j < some->len; j++)
            if (!KS_VEC_PUSH(all, some->items[j]))
                return ks_fail_memory(err);
    }
    return add_messages(all, locate, err);
}

/*
 * What no commit holds was found because all objects were chosen; or else it
 * is among what there was no room for.
 */
static enum ks_rc tell_unplaced(struct ks_locate *locate,
                                const struct ks_sightings *all,
                                ks_place_fn *place, void *ctx,
                                struct ks_err *err)
{
    struct ks_git_place bare = {.author = {"", ""},
                                .message = "",
                                .order = UINT64_MAX,
                                .unreachable =
                                    locate->git->options.all_objects &&
                                    !atomic_load(&locate->any_full)};
    uint8_t *placed = calloc(locate->count + 1, 1);
    enum ks_rc rc = placed == NULL ? ks_fail_memory(err) : KS_OK;

    for (size_t i = 0; rc == KS_OK && i < all->len; i++)
        placed[all->items[i].query] = 1;
    for (size_t i = 0; rc == KS_OK && i < locate->count; i++) {
        bare.blob = i;
        if (!placed[i])
            rc = place(ctx, &bare, err);
    }
    free(placed);
    return rc;
}

/* Without an answer from the log every commit is looked at. */
static enum ks_rc search_log(struct ks_locate *locate, struct ks_err *err)
{
    const struct ks_tree_wanted wanted = {&locate->blobs, locate->texts.items,
                                          locate->texts.len};
    enum ks_rc rc = ks_tree_search_new(&locate->search, locate->git->tree_log,
                                       &wanted, err);

    return rc == KS_ELIMIT ? KS_OK : rc;
}

/* What the workers of one search share, and they. */
struct team {
    struct ks_locate *locate;
    struct ks_locator **locators;
};

static enum ks_rc work(void *ctx, unsigned worker, struct ks_err *err)
{
    const struct team *team = ctx;

    return ks_locator_run(team->locators[worker], err);
}

/* Finds all places, in the order in which they are told. */
static enum ks_rc find_all(struct ks_sightings *all, const struct team *team,
                           struct ks_err *err)
{
    struct ks_locate *locate = team->locate;
    enum ks_rc rc = index_queries(locate, err);

    if (rc == KS_OK && locate->git->tree_log != NULL)
        rc = search_log(locate, err);
    for (unsigned i = 0; rc == KS_OK && i < locate->git->jobs; i++)
        rc = ks_locator_new(&team->locators[i], locate, err);
    if (rc == KS_OK && (locate->blobs.len > 0 || locate->names.len > 0))
        rc = ks_pool_run(locate->git->jobs, work, (void *)(uintptr_t)team, err);
    if (rc == KS_OK)
        rc = gather(all, locate, team->locators, err);
    if (rc == KS_OK && all->len > 0)
        qsort_r(all->items, all->len, sizeof(*all->items), by_place,
                (void *)(uintptr_t)locate->commits);
    return rc;
}

static void release(struct ks_locate *locate)
{
    ks_oids_release(&locate->blobs);
    ks_map_release(&locate->names);
    KS_VEC_RELEASE(&locate->texts);
    ks_tree_search_free(locate->search);
    free(locate->first);
    free(locate->next);
}

/* Searches anew, with the commits loaded. */
static enum ks_rc locate_anew(struct ks_locate *locate, ks_place_fn *place,
                              void *ctx, struct ks_err *err)
{
    struct team team = {
        .locate = locate,
        .locators = calloc(locate->git->jobs, sizeof(*team.locators)),
    };
    struct ks_sightings all = {0};
    enum ks_rc rc = team.locators == NULL ? ks_fail_memory(err)
                                          : find_all(&all, &team, err);

    if (rc == KS_OK)
        rc = ks_telling(locate, &all, place, ctx, err);
    if (rc == KS_OK && (locate->git->options.all_objects || locate->any_full))
        rc = tell_unplaced(locate, &all, place, ctx, err);
    for (unsigned i = 0; team.locators != NULL && i < locate->git->jobs; i++)
        ks_locator_free(team.locators[i]);
    free(team.locators);
    KS_VEC_RELEASE(&all);
    return rc;
}

enum ks_rc ks_git_locate(struct ks_git *git, const struct ks_git_query *queries,
                         size_t count,
                         enum ks_rc (*place)(void *ctx,
                                             const struct ks_git_place *place,
                                             struct ks_err *err),
                         void *ctx, struct ks_err *err)
{
    struct ks_locate locate = {.git = git, .queries = queries, .count = count};
    enum ks_rc rc;

    if (count == 0)
        return KS_OK;
    rc = ks_recall_locate(git, queries, count, place, ctx, err);
    if (rc != KS_ENOENT)
        return rc;
    rc = ks_recall_note_queries(git, queries, count, err);
    if (rc == KS_OK)
        rc = ks_commits_load(git, err);
    if (rc != KS_OK)
        return rc;
    locate.commits = git->commits;
    ks_oids_init(&locate.blobs, git->oid_len);
    rc = locate_anew(&locate, place, ctx, err);
    release(&locate);
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}
