/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each chosen commit's tree is compared with its parents', and what it adds is
 * looked up among what was asked about. Trees that hold nothing of it are not
 * opened twice; where the search of the log knows enough, not even once.
 */
#include "git/locator.h"

#include "base/arena.h"
#include "git/added.h"
#include "git/numbers.h"
#include "git/tree_compare.h"

#include <stdlib.h>

enum {
    STEP = 64,          /* commits that a worker takes at a time */
    PLACES_MAX = 10000, /* paths under which one commit adds one blob */
    BLOB_PATHS_MAX = 2 * 1024 * 1024, /* bytes of these */
    PATHS_MAX = 32 * 1024 * 1024,     /* bytes of all paths that it adds */
};

static const size_t ALL_PATHS_MAX = (size_t)1 << 30; /* of all commits */

/* How often a query was hit in the look that bears this number. */
struct times {
    uint32_t look, count;
    size_t bytes; /* of paths */
};

struct ks_locator {
    struct ks_locate *locate;
    struct ks_objects *objects;      /* while it runs */
    struct ks_tree_compare *compare; /* or NULL: trees must be opened */
    struct ks_arena paths;
    struct ks_sightings hits;
    uint32_t commit, root;      /* that is being looked at */
    size_t path_bytes;          /* of its hits */
    bool full;                  /* it has more than are taken */
    struct times *times;        /* by query */
    uint32_t looks;             /* commits and roots so far */
    struct ks_oids barren;      /* trees below which nothing is wanted */
    KS_VEC(, size_t) fresh;     /* hits when each fresh tree was entered */
    KS_VEC(, uint32_t) parents; /* numbers of the parents' trees */
};

enum ks_rc ks_locator_new(struct ks_locator **out, struct ks_locate *locate,
                          struct ks_err *err)
{
    struct ks_locator *locator = calloc(1, sizeof(*locator));

    if (locator == NULL)
        return ks_fail_memory(err);
    locator->locate = locate;
    ks_oids_init(&locator->barren, locate->git->oid_len);
    locator->times = calloc(locate->count + 1, sizeof(*locator->times));
    if (locator->times == NULL) {
        ks_locator_free(locator);
        return ks_fail_memory(err);
    }
    *out = locator;
    return KS_OK;
}

void ks_locator_free(struct ks_locator *locator)
{
    if (locator == NULL)
        return;
    ks_arena_release(&locator->paths);
    KS_VEC_RELEASE(&locator->hits);
    KS_VEC_RELEASE(&locator->fresh);
    KS_VEC_RELEASE(&locator->parents);
    ks_oids_release(&locator->barren);
    free(locator->times);
    free(locator);
}

const struct ks_sightings *
ks_locator_sightings(const struct ks_locator *locator)
{
    return &locator->hits;
}

/*
 * Whether there is no room for a hit of a path that long; tells it once for a
 * commit. Bounds what trees that name themselves, or each other over and over,
 * can claim.
 */
static bool is_full(struct ks_locator *locator, size_t query, size_t path_len)
{
    struct ks_locate *locate = locator->locate;
    struct times *times = &locator->times[query];
    struct ks_oid oid;

    if (locator->full)
        return true;
    if (times->look != locator->looks)
        *times = (struct times){.look = locator->looks};
    times->bytes += path_len;
    locator->path_bytes += path_len;
    if (times->count++ < PLACES_MAX && times->bytes <= BLOB_PATHS_MAX &&
        locator->path_bytes <= PATHS_MAX &&
        atomic_fetch_add(&locate->path_bytes, path_len) <= ALL_PATHS_MAX)
        return false;
    locator->full = true;
    atomic_store(&locate->any_full, true);
    oid = locator->commit != KS_OIDS_NONE
              ? ks_oids_get(&locate->commits->ids, locator->commit)
              : locate->commits->roots.items[locator->root].oid;
    ks_git_skip(locate->git, KS_ELIMIT, "more places of", &oid);
    return true;
}

static enum ks_rc hit(struct ks_locator *locator, size_t query,
                      struct ks_span path, struct ks_err *err)
{
    const size_t *next = locator->locate->next;

    for (; query != KS_LOCATE_NONE; query = next[query]) {
        struct ks_sighting found = {query, locator->commit, locator->root,
                                    NULL};

        if (is_full(locator, query, path.len))
            return KS_OK;
        found.path = ks_arena_text(&locator->paths, path);
        if (found.path == NULL || !KS_VEC_PUSH(&locator->hits, found))
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static enum ks_rc added_entry(void *ctx, const struct ks_added_entry *entry,
                              struct ks_err *err)
{
    struct ks_locator *locator = ctx;
    const struct ks_locate *locate = locator->locate;
    enum ks_rc rc = KS_OK;
    uint32_t number;

    if (entry->kind == KS_ENTRY_BLOB) {
        number = ks_oids_find(&locate->blobs, entry->oid);
        if (number != KS_OIDS_NONE)
            rc = hit(locator, locate->first[number], entry->path, err);
    }
    if (rc == KS_OK && locate->names.len > 0 && entry->new_name)
        rc = hit(locator,
                 ks_map_get(&locate->names, entry->name, KS_LOCATE_NONE),
                 entry->path, err);
    return rc;
}

/* The number of the search for a tree, where there is a search. */
static uint32_t holds(const struct ks_locator *locator, const uint8_t *tree)
{
    return ks_tree_search_holds(
        locator->locate->search,
        ks_numbers_find(locator->locate->git->numbers, tree));
}

static bool enter(void *ctx, const uint8_t *tree, bool fresh)
{
    struct ks_locator *locator = ctx;
    const struct ks_tree_search *search = locator->locate->search;

    if (search != NULL && holds(locator, tree) == 0)
        return false;
    if (locator->full)
        return false;
    if (!fresh)
        return true;
    return ks_oids_find(&locator->barren, tree) == KS_OIDS_NONE &&
           KS_VEC_PUSH(&locator->fresh, locator->hits.len);
}

static enum ks_rc leave(void *ctx, const uint8_t *tree, bool fresh,
                        struct ks_err *err)
{
    struct ks_locator *locator = ctx;

    if (!fresh)
        return KS_OK;
    if (locator->fresh.items[--locator->fresh.len] != locator->hits.len ||
        locator->full)
        return KS_OK;
    return ks_oids_put(&locator->barren, tree, NULL) == KS_OIDS_NONE
               ? ks_fail_memory(err)
               : KS_OK;
}

static struct ks_added_visitor visitor_of(struct ks_locator *locator)
{
    return (struct ks_added_visitor){.ctx = locator,
                                     .entry = added_entry,
                                     .enter = enter,
                                     .leave = leave,
                                     .found = &locator->hits.len};
}

/* Begins with a commit or a root; the other is KS_OIDS_NONE. */
static void begin(struct ks_locator *locator, uint32_t commit, uint32_t root)
{
    locator->commit = commit;
    locator->root = root;
    locator->looks++;
    locator->path_bytes = 0;
    locator->full = false;
    locator->fresh.len = 0;
}

/* The number of a commit's tree, as in git/numbers.h. */
static uint32_t tree_of(const struct ks_locator *locator, uint32_t commit)
{
    const struct ks_locate *locate = locator->locate;
    struct ks_oid tree = ks_commits_tree(locate->commits, commit);

    return ks_numbers_find(locate->git->numbers, tree.bytes);
}

/* Whether a tree holds other wanted things than each of the parents'. */
static bool may_add(const struct ks_locator *locator, uint32_t tree,
                    const uint32_t *parents, size_t count)
{
    const struct ks_tree_search *search = locator->locate->search;
    uint32_t holds = ks_tree_search_holds(search, tree);

    for (size_t i = 0; i < count && holds != 0; i++)
        if (ks_tree_search_holds(search, parents[i]) == holds)
            return false;
    return holds != 0;
}

static enum ks_rc compared_blob(void *ctx, uint32_t blob, struct ks_span path,
                                struct ks_err *err)
{
    struct ks_locator *locator = ctx;

    return hit(locator, locator->locate->first[blob], path, err);
}

/* Compares trees by what the search of the log knows. */
static enum ks_rc compare(struct ks_locator *locator, uint32_t tree,
                          const uint32_t *parents, size_t count,
                          struct ks_err *err)
{
    const struct ks_tree_compare_visitor visitor = {
        .ctx = locator, .blob = compared_blob, .full = &locator->full};

    return ks_tree_compare(locator->compare, tree, parents, count, &visitor,
                           err);
}

/* Lists the trees of a commit's parents that were read. */
static bool list_parents(struct ks_locator *locator,
                         const struct ks_commit *commit)
{
    const struct ks_commits *commits = locator->locate->commits;

    locator->parents.len = 0;
    for (uint32_t i = 0; i < commit->parent_count; i++) {
        uint32_t parent = commits->parents.items[commit->first_parent + i];

        if ((commits->all.items[parent].flags & KS_COMMIT_READ) != 0 &&
            !KS_VEC_PUSH(&locator->parents, tree_of(locator, parent)))
            return false;
    }
    return true;
}

static enum ks_rc look_at_commit(struct ks_locator *locator, uint32_t number,
                                 struct ks_err *err)
{
    const struct ks_locate *locate = locator->locate;
    struct ks_added_visitor visitor = visitor_of(locator);

    begin(locator, number, KS_OIDS_NONE);
    if (locate->search != NULL) {
        uint32_t tree = tree_of(locator, number);

        if (!list_parents(locator, &locate->commits->all.items[number]))
            return ks_fail_memory(err);
        if (!may_add(locator, tree, locator->parents.items,
                     locator->parents.len))
            return KS_OK;
        if (locator->compare != NULL)
            return compare(locator, tree, locator->parents.items,
                           locator->parents.len, err);
    }
    return ks_added_by_commit(locate->git, locator->objects, &visitor, number,
                              err);
}

/* A tree or blob that a ref or tag names: no commit holds it. */
static enum ks_rc look_at_root(struct ks_locator *locator, uint32_t number,
                               struct ks_err *err)
{
    const struct ks_locate *locate = locator->locate;
    const struct ks_root *root = &locate->commits->roots.items[number];
    struct ks_span nowhere = {(const uint8_t *)"", 0};
    uint32_t blob;

    begin(locator, KS_OIDS_NONE, number);
    if (root->type == KS_OBJECT_TREE && locator->compare != NULL)
        return compare(locator,
                       ks_numbers_find(locate->git->numbers, root->oid.bytes),
                       NULL, 0, err);
    if (root->type == KS_OBJECT_TREE) {
        struct ks_added_visitor visitor = visitor_of(locator);

        return ks_added(locate->git, locator->objects, &visitor, &root->oid,
                        NULL, 0, err);
    }
    if (root->type != KS_OBJECT_BLOB)
        return KS_OK;
    blob = ks_oids_find(&locate->blobs, root->oid.bytes);
    return blob == KS_OIDS_NONE
               ? KS_OK
               : hit(locator, locate->first[blob], nowhere, err);
}

/* Fetches into the cache what the trees of some commits are looked up in. */
static void hint(const struct ks_locate *locate, size_t from, size_t to)
{
    const struct ks_commits *commits = locate->commits;

    for (unsigned step = 0; step < KS_NUMBERS_HINTS; step++)
        for (size_t i = from; i < to; i++)
            ks_numbers_hint(
                locate->git->numbers,
                ks_commits_tree(commits, commits->chosen.items[i]).bytes, step);
}

static enum ks_rc take_steps(struct ks_locator *locator, struct ks_err *err)
{
    struct ks_locate *locate = locator->locate;
    size_t commits = locate->commits->chosen.len;
    size_t end = commits + locate->commits->roots.len;
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && !atomic_load(&locate->failed)) {
        size_t at = atomic_fetch_add(&locate->step, STEP);

        if (at >= end)
            break;
        if (ks_git_stopped(locate->git))
            return ks_fail(err, KS_ECANCELED, "stopped");
        if (locate->search != NULL)
            hint(locate, at, at + STEP < commits ? at + STEP : commits);
        for (size_t i = at; rc == KS_OK && i < at + STEP && i < end; i++)
            rc = i < commits
                     ? look_at_commit(locator, locate->commits->chosen.items[i],
                                      err)
                     : look_at_root(locator, (uint32_t)(i - commits), err);
    }
    return rc;
}

enum ks_rc ks_locator_run(struct ks_locator *locator, struct ks_err *err)
{
    struct ks_locate *locate = locator->locate;
    enum ks_rc rc =
        ks_objects_open(&locator->objects, locate->git, KS_OBJECTS_FAST, err);

    if (rc == KS_OK && locate->search != NULL &&
        ks_tree_search_compares(locate->search))
        rc = ks_tree_compare_new(&locator->compare, locate->search, err);
    if (rc == KS_OK)
        rc = take_steps(locator, err);
    if (rc != KS_OK)
        atomic_store(&locate->failed, true);
    ks_tree_compare_free(locator->compare);
    ks_objects_free(locator->objects);
    locator->compare = NULL;
    locator->objects = NULL;
    return rc;
}
