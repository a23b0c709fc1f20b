/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where blobs were: each chosen commit's tree is compared with its parents',
 * and what it adds is looked up among what was asked about. Trees that hold
 * nothing of it are not opened twice.
 */
#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "git/added.h"
#include "git/commits.h"
#include "git/present.h"
#include "git/recall.h"
#include "git/strays.h"
#include "git/tree_search.h"
#include "git/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEP = 64,          /* commits that a worker takes at a time */
    PLACES_MAX = 10000, /* paths under which one commit adds one blob */
    BLOB_PATHS_MAX = 2 * 1024 * 1024, /* bytes of these */
    PATHS_MAX = 32 * 1024 * 1024,     /* bytes of all paths that it adds */
};

static const size_t ALL_PATHS_MAX = (size_t)1 << 30; /* of all commits */

/* Under which name, in what order a query is found again. */
static const size_t none = SIZE_MAX;

/* What was found, before commits are read again for their words. */
struct hit {
    size_t query;
    uint32_t commit; /* number; KS_OIDS_NONE: `root` */
    uint32_t root;
    const char *path; /* NULL for messages */
};

KS_VEC(hit_list, struct hit);

struct locate {
    struct ks_git *git;
    const struct ks_commits *commits;
    const struct ks_git_query *queries;
    size_t count;

    struct ks_oids blobs; /* that are asked about */
    size_t *first;        /* query of each number of `blobs` */
    size_t *next;         /* query with the same object or name, or none */
    struct ks_map names;  /* text of a path's component to query */
    KS_VEC(, struct ks_span) texts; /* the same names */
    struct ks_tree_search *search;  /* or NULL: every commit is looked at */

    struct locator *locators; /* one for each worker */
    atomic_size_t step;
    atomic_size_t path_bytes;
    atomic_bool any_full;
    atomic_bool failed;
};

/* How often a query was hit in the look that bears this number. */
struct times {
    uint32_t look, count;
    size_t bytes; /* of paths */
};

/* One worker. */
struct locator {
    struct locate *locate;
    struct ks_objects *objects;
    struct ks_arena paths;
    struct hit_list hits;
    uint32_t commit, root;  /* that is being looked at */
    size_t path_bytes;      /* of its hits */
    bool full;              /* it has more than are taken */
    struct times *times;    /* by query */
    uint32_t looks;         /* commits and roots so far */
    struct ks_oids barren;  /* trees below which nothing is wanted */
    KS_VEC(, size_t) fresh; /* hits when each fresh tree was entered */
};

/*
 * Whether there is no room for a hit of a path that long; tells it once for a
 * commit. Bounds what trees that name themselves, or each other over and over,
 * can claim.
 */
static bool is_full(struct locator *locator, size_t query, size_t path_len)
{
    struct locate *locate = locator->locate;
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

static enum ks_rc hit(struct locator *locator, size_t query,
                      struct ks_span path, struct ks_err *err)
{
    const size_t *next = locator->locate->next;

    for (; query != none; query = next[query]) {
        struct hit found = {query, locator->commit, locator->root, NULL};

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
    struct locator *locator = ctx;
    const struct locate *locate = locator->locate;
    enum ks_rc rc = KS_OK;
    uint32_t number;

    if (entry->kind == KS_ENTRY_BLOB) {
        number = ks_oids_find(&locate->blobs, entry->oid);
        if (number != KS_OIDS_NONE)
            rc = hit(locator, locate->first[number], entry->path, err);
    }
    if (rc == KS_OK && locate->names.len > 0 && entry->new_name)
        rc = hit(locator, ks_map_get(&locate->names, entry->name, none),
                 entry->path, err);
    return rc;
}

static bool enter(void *ctx, const uint8_t *tree, bool fresh)
{
    struct locator *locator = ctx;
    const struct ks_tree_search *search = locator->locate->search;

    if (search != NULL && ks_tree_search_holds(search, tree) == 0)
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
    struct locator *locator = ctx;

    if (!fresh)
        return KS_OK;
    if (locator->fresh.items[--locator->fresh.len] != locator->hits.len ||
        locator->full)
        return KS_OK;
    return ks_oids_put(&locator->barren, tree, NULL) == KS_OIDS_NONE
               ? ks_fail_memory(err)
               : KS_OK;
}

static struct ks_added_visitor visitor_of(struct locator *locator)
{
    return (struct ks_added_visitor){.ctx = locator,
                                     .entry = added_entry,
                                     .enter = enter,
                                     .leave = leave,
                                     .found = &locator->hits.len};
}

/* Begins with a commit or a root; the other is KS_OIDS_NONE. */
static void begin(struct locator *locator, uint32_t commit, uint32_t root)
{
    locator->commit = commit;
    locator->root = root;
    locator->looks++;
    locator->path_bytes = 0;
    locator->full = false;
    locator->fresh.len = 0;
}

/* Whether the commit's tree holds other wanted things than a parent's. */
static bool may_add(void *ctx, const struct ks_oid *tree,
                    const struct ks_oid *parents, size_t count)
{
    const struct locator *locator = ctx;
    const struct ks_tree_search *search = locator->locate->search;
    uint32_t holds;

    if (search == NULL)
        return true;
    holds = ks_tree_search_holds(search, tree->bytes);
    for (size_t i = 0; i < count && holds != 0; i++)
        if (ks_tree_search_holds(search, parents[i].bytes) == holds)
            return false;
    return holds != 0;
}

static enum ks_rc look_at_commit(struct locator *locator, uint32_t number,
                                 struct ks_err *err)
{
    struct ks_added_visitor visitor = visitor_of(locator);

    begin(locator, number, KS_OIDS_NONE);
    return ks_added_by_commit(locator->locate->git, locator->objects, &visitor,
                              number, may_add, err);
}

/* A tree or blob that a ref or tag names: no commit holds it. */
static enum ks_rc look_at_root(struct locator *locator, uint32_t number,
                               struct ks_err *err)
{
    const struct locate *locate = locator->locate;
    const struct ks_root *root = &locate->commits->roots.items[number];
    struct ks_span nowhere = {(const uint8_t *)"", 0};
    uint32_t blob;

    begin(locator, KS_OIDS_NONE, number);
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

static enum ks_rc take_steps(struct locator *locator, struct ks_err *err)
{
    struct locate *locate = locator->locate;
    size_t commits = locate->commits->chosen.len;
    size_t end = commits + locate->commits->roots.len;
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && !atomic_load(&locate->failed)) {
        size_t at = atomic_fetch_add(&locate->step, STEP);

        if (at >= end)
            break;
        if (ks_git_stopped(locate->git))
            return ks_fail(err, KS_ECANCELED, "stopped");
        for (size_t i = at; rc == KS_OK && i < at + STEP && i < end; i++)
            rc = i < commits
                     ? look_at_commit(locator, locate->commits->chosen.items[i],
                                      err)
                     : look_at_root(locator, (uint32_t)(i - commits), err);
    }
    return rc;
}

static enum ks_rc work(void *ctx, unsigned worker, struct ks_err *err)
{
    struct locate *locate = ctx;
    struct locator *locator = &locate->locators[worker];
    enum ks_rc rc =
        ks_objects_open(&locator->objects, locate->git, KS_OBJECTS_FAST, err);

    if (rc == KS_OK)
        rc = take_steps(locator, err);
    if (rc != KS_OK)
        atomic_store(&locate->failed, true);
    ks_objects_free(locator->objects);
    KS_VEC_RELEASE(&locator->fresh);
    ks_oids_release(&locator->barren);
    return rc;
}

/* Makes the tables that entries of trees are looked up in. */
static enum ks_rc index_queries(struct locate *locate, struct ks_err *err)
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

        locate->next[i] = none;
        if (query->kind == KS_BLOB_GIT_BLOB ||
            query->kind == KS_BLOB_LINK_TARGET) {
            number = ks_oids_put(&locate->blobs, query->oid.bytes, &added);
            if (number == KS_OIDS_NONE)
                return ks_fail_memory(err);
            slot = &locate->first[number];
            if (added)
                *slot = none;
        } else if (query->kind == KS_BLOB_PATH_NAME && query->path != NULL) {
            slot = ks_map_put(&locate->names, ks_span_str(query->path), none);
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

/* Leaves what has no place, as hits of the first worker. */
static enum ks_rc keep_unplaced(struct locate *locate,
                                const struct hit_list *all, struct ks_err *err)
{
    struct hit_list *hits = &locate->locators[0].hits;
    uint8_t *placed = calloc(locate->count + 1, 1);
    enum ks_rc rc = placed == NULL ? ks_fail_memory(err) : KS_OK;

    for (size_t i = 0; rc == KS_OK && i < all->len; i++)
        placed[all->items[i].query] = 1;
    hits->len = 0;
    for (size_t i = 0; rc == KS_OK && i < locate->count; i++)
        if (!placed[i] && !KS_VEC_PUSH(hits, (struct hit){i, KS_OIDS_NONE,
                                                          KS_OIDS_NONE, NULL}))
            rc = ks_fail_memory(err);
    free(placed);
    return rc;
}

/* Messages are where they are: in their commit or tag. */
static enum ks_rc add_messages(struct locate *locate, struct ks_err *err)
{
    const struct ks_commits *commits = locate->commits;
    struct hit_list *hits = &locate->locators[0].hits;

    for (size_t i = 0; i < locate->count; i++) {
        const struct ks_git_query *query = &locate->queries[i];
        struct hit found = {i, KS_OIDS_NONE, KS_OIDS_NONE, NULL};

        if (query->kind == KS_BLOB_COMMIT_MESSAGE) {
            found.commit = ks_oids_find(&commits->ids, query->oid.bytes);
            if (found.commit == KS_OIDS_NONE ||
                (commits->all.items[found.commit].flags & KS_COMMIT_CHOSEN) ==
                    0)
                continue;
        } else if (query->kind == KS_BLOB_TAG_MESSAGE) {
            for (uint32_t r = 0; r < commits->roots.len; r++)
                if (ks_oid_equal(&commits->roots.items[r].oid, &query->oid)) {
                    found.root = r;
                    break;
                }
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

/* Where a hit stands among all: commits by rank, then roots. */
static uint64_t order_of(const struct ks_commits *commits,
                         const struct hit *found)
{
    return found->commit != KS_OIDS_NONE
               ? commits->all.items[found->commit].rank
               : (uint64_t)UINT32_MAX + 1 + found->root;
}

static int by_place(const void *left, const void *right, void *ctx)
{
    const struct hit *a = left, *b = right;
    uint64_t ao = order_of(ctx, a), bo = order_of(ctx, b);

    if (a->query != b->query)
        return a->query < b->query ? -1 : 1;
    if (ao != bo)
        return ao < bo ? -1 : 1;
    if (a->path == NULL || b->path == NULL)
        return (a->path != NULL) - (b->path != NULL);
    return strcmp(a->path, b->path);
}

static enum ks_rc gather(struct hit_list *all, struct locate *locate,
                         struct ks_err *err)
{
    for (unsigned i = 0; i < locate->git->jobs; i++) {
        struct hit_list *some = &locate->locators[i].hits;

        for (size_t j = 0; j < some->len; j++)
            if (!KS_VEC_PUSH(all, some->items[j]))
                return ks_fail_memory(err);
    }
    if (all->len > 0)
        qsort_r(all->items, all->len, sizeof(*all->items), by_place,
                (void *)(uintptr_t)locate->commits);
    return KS_OK;
}

/* What is told about hits, with the words of each commit read once. */
struct telling {
    struct locate *locate;
    struct ks_objects *objects;
    struct ks_arena texts;
    struct ks_git_words *of_commit, *of_root;
    struct ks_present *present;
    uint8_t *kept; /* of ks_strays_mark_kept; NULL: all are */
};

/* Whether it is there only because all objects were chosen. */
static bool is_unreachable(const struct telling *telling,
                           const struct hit *found)
{
    const struct ks_commits *commits = telling->locate->commits;

    if (telling->kept == NULL)
        return false;
    if (found->commit != KS_OIDS_NONE)
        return telling->kept[found->commit] == 0;
    return commits->roots.items[found->root].why == KS_TIP_STRAY;
}

static bool is_live(const struct locate *locate, const struct hit *found)
{
    if (found->commit != KS_OIDS_NONE)
        return (locate->commits->all.items[found->commit].flags &
                KS_COMMIT_LIVE) != 0;
    return (locate->commits->roots.items[found->root].why & KS_TIP_REF) != 0;
}

/* Whether a tip has it now: a message with its commit, a blob at its path. */
static bool at_tip(const struct telling *telling, const struct hit *found)
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

/* A thing of which no place is known: mostly, because no commit holds it. */
static enum ks_rc tell_bare(size_t query, bool unreachable,
                            enum ks_rc (*place)(void *,
                                                const struct ks_git_place *,
                                                struct ks_err *),
                            void *ctx, struct ks_err *err)
{
    const struct ks_git_place told = {.blob = query,
                                      .author = {"", ""},
                                      .message = "",
                                      .order = UINT64_MAX,
                                      .unreachable = unreachable};

    return place(ctx, &told, err);
}

static enum ks_rc tell(struct telling *telling, const struct hit *found,
                       enum ks_rc (*place)(void *, const struct ks_git_place *,
                                           struct ks_err *),
                       void *ctx, struct ks_err *err)
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
        .order = order_of(commits, found),
        .at_tip = at_tip(telling, found),
        .unreachable = is_unreachable(telling, found),
    };
    rc = ks_recall_note_place(telling->locate->git, telling->locate->queries,
                              &told, err);
    return rc == KS_OK ? place(ctx, &told, err) : rc;
}

/* Looks up in the live tips what was found at any path. */
static enum ks_rc find_present(struct telling *telling,
                               const struct hit_list *all, struct ks_err *err)
{
    struct locate *locate = telling->locate;
    enum ks_rc rc = ks_present_new(&telling->present, locate->git, err);

    for (size_t i = 0; rc == KS_OK && i < all->len; i++) {
        const struct hit *found = &all->items[i];

        if (found->path != NULL && *found->path != '\0' &&
            found->commit != KS_OIDS_NONE)
            rc = ks_present_want(telling->present, found->path, err);
    }
    if (rc == KS_OK)
        rc = ks_present_look(telling->present, telling->objects, err);
    return rc;
}

static enum ks_rc tell_all(struct locate *locate, const struct hit_list *all,
                           enum ks_rc (*place)(void *,
                                               const struct ks_git_place *,
                                               struct ks_err *),
                           void *ctx, struct ks_err *err)
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

/*
 * What no commit holds was found because all objects were chosen; or else it
 * is among what there was no room for.
 */
static enum ks_rc tell_unplaced(
    struct locate *locate, const struct hit_list *all,
    enum ks_rc (*place)(void *, const struct ks_git_place *, struct ks_err *),
    void *ctx, struct ks_err *err)
{
    const struct hit_list *unplaced = &locate->locators[0].hits;
    bool unreachable =
        locate->git->options.all_objects && !atomic_load(&locate->any_full);
    enum ks_rc rc = keep_unplaced(locate, all, err);

    for (size_t i = 0; rc == KS_OK && i < unplaced->len; i++)
        rc = tell_bare(unplaced->items[i].query, unreachable, place, ctx, err);
    return rc;
}

/* Without an answer from the log every commit is looked at. */
static enum ks_rc search_log(struct locate *locate, struct ks_err *err)
{
    const struct ks_tree_wanted wanted = {&locate->blobs, locate->texts.items,
                                          locate->texts.len};
    enum ks_rc rc = ks_tree_search_new(&locate->search, locate->git->tree_log,
                                       &wanted, err);

    return rc == KS_ELIMIT ? KS_OK : rc;
}

static enum ks_rc look_everywhere(struct locate *locate, struct ks_err *err)
{
    unsigned jobs = locate->git->jobs;
    enum ks_rc rc;

    locate->locators = calloc(jobs, sizeof(*locate->locators));
    if (locate->locators == NULL)
        return ks_fail_memory(err);
    for (unsigned i = 0; i < jobs; i++) {
        locate->locators[i].locate = locate;
        ks_oids_init(&locate->locators[i].barren, locate->git->oid_len);
        locate->locators[i].times =
            calloc(locate->count, sizeof(*locate->locators[i].times));
        if (locate->locators[i].times == NULL)
            return ks_fail_memory(err);
    }
    rc = index_queries(locate, err);
    if (rc == KS_OK && locate->git->tree_log != NULL)
        rc = search_log(locate, err);
    if (rc == KS_OK && (locate->blobs.len > 0 || locate->names.len > 0))
        rc = ks_pool_run(jobs, work, locate, err);
    return rc == KS_OK ? add_messages(locate, err) : rc;
}

static void locate_release(struct locate *locate)
{
    for (unsigned i = 0; locate->locators != NULL && i < locate->git->jobs;
         i++) {
        ks_arena_release(&locate->locators[i].paths);
        KS_VEC_RELEASE(&locate->locators[i].hits);
        free(locate->locators[i].times);
    }
    free(locate->locators);
    ks_oids_release(&locate->blobs);
    ks_map_release(&locate->names);
    KS_VEC_RELEASE(&locate->texts);
    ks_tree_search_free(locate->search);
    free(locate->first);
    free(locate->next);
}

enum ks_rc ks_git_locate(struct ks_git *git, const struct ks_git_query *queries,
                         size_t count,
                         enum ks_rc (*place)(void *ctx,
                                             const struct ks_git_place *place,
                                             struct ks_err *err),
                         void *ctx, struct ks_err *err)
{
    struct locate locate = {.git = git, .queries = queries, .count = count};
    struct hit_list all = {0};
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
    rc = look_everywhere(&locate, err);
    if (rc == KS_OK)
        rc = gather(&all, &locate, err);
    if (rc == KS_OK)
        rc = tell_all(&locate, &all, place, ctx, err);
    if (rc == KS_OK && (git->options.all_objects || locate.any_full))
        rc = tell_unplaced(&locate, &all, place, ctx, err);
    KS_VEC_RELEASE(&all);
    locate_release(&locate);
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}
