/* SPDX-License-Identifier: Apache-2.0 */
#include "git/telling.h"

#include "git/present.h"
#include "git/recall.h"
#include "git/strays.h"
#include "git/words.h"

#include <stdlib.h>

/* What is told about hits, with the words of each commit read once. */
struct telling {
    struct ks_locate *locate;
    struct ks_objects *objects;
    struct ks_arena texts;
    struct ks_git_words *of_commit, *of_root;
    struct ks_present *present;
    uint8_t *kept; /* of ks_strays_mark_kept; NULL: all are */
};

/* Whether it is there only because all objects were chosen. */
static bool is_unreachable(const struct telling *telling,
                           const struct ks_sighting *found)
{
    const struct ks_commits *commits = telling->locate->commits;

    if (telling->kept == NULL)
        return false;
    if (found->commit != KS_OIDS_NONE)
        return telling->kept[found->commit] == 0;
    return commits->roots.items[found->root].why == KS_TIP_STRAY;
}

static bool is_live(const struct ks_locate *locate,
                    const struct ks_sighting *found)
{
    if (found->commit != KS_OIDS_NONE)
        return (locate->commits->all.items[found->commit].flags &
                KS_COMMIT_LIVE) != 0;
    return (locate->commits->roots.items[found->root].why & KS_TIP_REF) != 0;
}

/* Whether a tip has it now: a message with its commit, a blob at its path. */
static bool at_tip(const struct telling *telling,
                   const struct ks_sighting *found)
{
    const struct ks_git_query *query = &telling->locate->queries[found->query];

    if (!is_live(telling->locate, found))
        return false;
    if (found->path == NULL || *found->path == '\0' ||
        found->commit == KS_OIDS_NONE)
        return true;
    return ks_present_has(telling->present, found->path,
                          query->kind == KS_BLOB_PATH_NAME ? NULL
                                                           : &query->oid);
}

static enum ks_rc tell(struct telling *telling, const struct ks_sighting *found,
                       ks_place_fn *place, void *ctx, struct ks_err *err)
{
    const struct ks_commits *commits = telling->locate->commits;
    bool root = found->commit == KS_OIDS_NONE;
    struct ks_git_words *words = root ? &telling->of_root[found->root]
                                      : &telling->of_commit[found->commit];
    struct ks_oid oid = root ? commits->roots.items[found->root].oid
                             : ks_oids_get(&commits->ids, found->commit);
    enum ks_rc rc = words->known
                        ? KS_OK
                        : ks_git_words_read(words, &telling->texts,
                                            telling->objects, &oid, err);
    struct ks_git_place told;

    if (rc != KS_OK)
        return rc;
    told = (struct ks_git_place){
        .blob = found->query,
        .path =
            found->path == NULL || *found->path == '\0' ? NULL : found->path,
        .commit = oid,
        .author = {words->name, words->email},
        .time = words->time,
        .offset = words->offset,
        .message = words->subject,
        .order = ks_sighting_order(commits, found),
        .at_tip = at_tip(telling, found),
        .unreachable = is_unreachable(telling, found),
    };
    rc = ks_recall_note_place(telling->locate->git, telling->locate->queries,
                              &told, err);
    return rc == KS_OK ? place(ctx, &told, err) : rc;
}

/* Looks up in the live tips what was found at any path. */
static enum ks_rc find_present(struct telling *telling,
                               const struct ks_sightings *all,
                               struct ks_err *err)
{
    struct ks_locate *locate = telling->locate;
    enum ks_rc rc = ks_present_new(&telling->present, locate->git, err);

    for (size_t i = 0; rc == KS_OK && i < all->len; i++) {
        const struct ks_sighting *found = &all->items[i];

        if (found->path != NULL && *found->path != '\0' &&
            found->commit != KS_OIDS_NONE)
            rc = ks_present_want(telling->present, found->path, err);
    }
    if (rc == KS_OK)
        rc = ks_present_look(telling->present, telling->objects, err);
    return rc;
}

enum ks_rc ks_telling(struct ks_locate *locate, const struct ks_sightings *all,
                      ks_place_fn *place, void *ctx, struct ks_err *err)
{
    struct telling telling = {.locate = locate};
    enum ks_rc rc;

    telling.of_commit =
        calloc(locate->commits->all.len + 1, sizeof(*telling.of_commit));
    telling.of_root =
        calloc(locate->commits->roots.len + 1, sizeof(*telling.of_root));
    rc = telling.of_commit == NULL || telling.of_root == NULL
             ? ks_fail_memory(err)
             : ks_objects_open(&telling.objects, locate->git, KS_OBJECTS_FAST,
                               err);
    if (rc == KS_OK)
        rc = find_present(&telling, all, err);
    if (rc == KS_OK && locate->git->options.all_objects)
        rc = ks_strays_mark_kept(&telling.kept, locate->git, err);
    for (size_t i = 0; rc == KS_OK && i < all->len; i++)
        rc = tell(&telling, &all->items[i], place, ctx, err);
    ks_present_free(telling.present);
    ks_objects_free(telling.objects);
    ks_arena_release(&telling.texts);
    free(telling.of_commit);
    free(telling.of_root);
    free(telling.kept);
    return rc;
}
