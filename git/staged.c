/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is staged: the index against the tree of HEAD. Folders that git knows
 * to be unchanged are skipped unread, so that the cost follows what changed.
 */
#include "git/staged.h"
#include "base/vec.h"
#include "git/internal.h"
#include "git/object.h"
#include "git/tally.h"

#include <stdlib.h>
#include <string.h>

enum {
    FEW = 64, /* entries that one thread reads faster than several */
    STEP = 8,
    DEPTH_MAX = 2048,
};

/* An entry to hand over. */
struct change {
    struct ks_index_entry entry;
    bool new_name; /* HEAD has nothing under this path */
};

struct staged {
    struct ks_git *git;
    const struct ks_blob_sink *sink;
    struct ks_index index;
    struct ks_objects *objects;
    KS_VEC(, struct change) changes;
    struct ks_arena paths; /* of folders that a sparse index holds whole */
    atomic_size_t next;
    atomic_bool failed;
};

/* One tree of HEAD, beside a run of the index. */
struct side {
    struct ks_object object;
    struct ks_span rest;
    struct ks_tree_entry at;
    bool more;
};

static enum ks_rc open_side(struct side *side, struct staged *staged,
                            const uint8_t *tree, struct ks_err *err)
{
    struct ks_oid oid;
    enum ks_rc rc;

    *side = (struct side){.more = false};
    if (tree == NULL)
        return KS_OK;
    oid = ks_oid_from(tree, staged->git->oid_len);
    rc = ks_objects_read(&side->object, staged->objects, &oid, err);
    if (rc == KS_ENOENT || rc == KS_EFORMAT)
        return KS_OK; /* as if HEAD had nothing: more is scanned */
    if (rc != KS_OK)
        return rc;
    if (side->object.type == KS_OBJECT_TREE)
        side->rest = side->object.bytes;
    side->more = ks_tree_next(&side->at, &side->rest, oid.len) == 1;
    return KS_OK;
}

/* The tree's order: a folder counts as if its name ended with '/'. */
static int compare(const struct ks_tree_entry *entry, struct ks_span name,
                   bool folder)
{
    size_t len = entry->name.len < name.len ? entry->name.len : name.len;
    int order = memcmp(entry->name.ptr, name.ptr, len);
    int a, b;

    if (order != 0)
        return order;
    a = entry->name.len > len ? entry->name.ptr[len]
                              : (entry->kind == KS_ENTRY_TREE ? '/' : 0);
    b = name.len > len ? name.ptr[len] : (folder ? '/' : 0);
    return a - b;
}

/* What HEAD has under the name; NULL if nothing. Names must come in order. */
static const struct ks_tree_entry *find(struct side *side, struct ks_span name,
                                        bool folder, size_t oid_len)
{
    int order = 1;

    while (side->more && (order = compare(&side->at, name, folder)) < 0)
        side->more = ks_tree_next(&side->at, &side->rest, oid_len) == 1;
    return side->more && order == 0 ? &side->at : NULL;
}

static enum ks_rc push(struct staged *staged,
                       const struct ks_index_entry *entry, bool new_name,
                       struct ks_err *err)
{
    struct change change = {*entry, new_name};

    return KS_VEC_PUSH(&staged->changes, change) ? KS_OK : ks_fail_memory(err);
}

/* The files of a folder that a sparse index holds as one entry. */
static enum ks_rc push_tree(struct staged *staged, const uint8_t *tree,
                            struct ks_span prefix, unsigned depth,
                            struct ks_err *err)
{
    struct ks_oid oid = ks_oid_from(tree, staged->git->oid_len);
    struct ks_object object;
    struct ks_tree_entry entry;
    struct ks_span rest;
    enum ks_rc rc = ks_objects_read(&object, staged->objects, &oid, err);

    if (rc == KS_ENOMEM)
        return rc;
    if (rc != KS_OK || depth > DEPTH_MAX) {
        if (rc == KS_OK)
            ks_object_release(&object);
        ks_git_skip(staged->git, rc == KS_OK ? KS_ELIMIT : rc, "tree", &oid);
        return KS_OK;
    }
    rest = object.bytes;
    while (rc == KS_OK && ks_tree_next(&entry, &rest, oid.len) == 1) {
        struct ks_index_entry file = {.kind = entry.kind};
        uint8_t *copy = ks_arena_alloc(
            &staged->paths, prefix.len + entry.name.len + 2 + oid.len);

        if (copy == NULL) {
            rc = ks_fail_memory(err);
            break;
        }
        memcpy(copy, entry.oid, oid.len);
        file.oid = copy;
        memcpy(copy + oid.len, prefix.ptr, prefix.len);
        memcpy(copy + oid.len + prefix.len, entry.name.ptr, entry.name.len);
        file.path =
            (struct ks_span){copy + oid.len, prefix.len + entry.name.len};
        if (entry.kind == KS_ENTRY_TREE) {
            copy[oid.len + file.path.len++] = '/';
            rc = push_tree(staged, file.oid, file.path, depth + 1, err);
        } else if (entry.kind == KS_ENTRY_BLOB) {
            rc = push(staged, &file, true, err);
        }
    }
    ks_object_release(&object);
    return rc;
}

/* One entry of the index against what HEAD has in its place. */
static enum ks_rc check_file(struct staged *staged, struct side *side,
                             const struct ks_index_entry *entry,
                             struct ks_span name, struct ks_err *err)
{
    size_t oid_len = staged->git->oid_len;
    bool folder = entry->kind == KS_ENTRY_TREE;
    const struct ks_tree_entry *head;

    if (folder && name.len > 0 && name.ptr[name.len - 1] == '/')
        name.len--;
    head = find(side, name, folder, oid_len);
    if (entry->kind == KS_ENTRY_COMMIT || entry->intent)
        return KS_OK;
    if (head != NULL && memcmp(head->oid, entry->oid, oid_len) == 0)
        return KS_OK;
    return folder ? push_tree(staged, entry->oid, entry->path, 0, err)
                  : push(staged, entry, head == NULL, err);
}

/* The cached tree of a folder below another; NULL if there is none. */
static const struct ks_index_tree *child(const struct ks_index *index,
                                         const struct ks_index_tree *parent,
                                         struct ks_span name)
{
    uint32_t at;

    if (parent == NULL)
        return NULL;
    at = (uint32_t)(parent - index->trees.items) + 1;
    while (at < parent->end) {
        if (ks_span_equal(index->trees.items[at].name, name))
            return &index->trees.items[at];
        at = index->trees.items[at].end;
    }
    return NULL;
}

/* A folder of the index that is being compared with a tree of HEAD. */
struct folder {
    size_t prefix;       /* bytes of its path with the slash behind it */
    const uint8_t *head; /* HEAD's tree; NULL if it has none */
    const struct ks_index_tree *cached;
    unsigned depth;
};

static enum ks_rc check_folder(struct staged *staged, size_t *at,
                               struct folder folder, struct ks_err *err);

/* Whether the entry is below the folder whose path `of` begins with. */
static bool inside(const struct ks_index_entry *entry,
                   const struct ks_index_entry *of, size_t prefix)
{
    return entry->path.len > prefix &&
           memcmp(entry->path.ptr, of->path.ptr, prefix) == 0;
}

/* The entry at `*at` and, if it is in a folder below, that whole folder. */
static enum ks_rc check_next(struct staged *staged, size_t *at,
                             const struct folder *folder, struct side *side,
                             struct ks_err *err)
{
    const struct ks_index_entry *entry = &staged->index.entries.items[*at];
    struct ks_span name =
        ks_span_slice(entry->path, folder->prefix, entry->path.len);
    const uint8_t *slash = memchr(name.ptr, '/', name.len);
    const struct ks_tree_entry *head;
    struct folder below;

    if (slash == NULL || slash + 1 == name.ptr + name.len) {
        (*at)++;
        return check_file(staged, side, entry, name, err);
    }
    name.len = (size_t)(slash - name.ptr);
    head = find(side, name, true, staged->git->oid_len);
    below =
        (struct folder){.prefix = folder->prefix + name.len + 1,
                        .head = head == NULL ? NULL : head->oid,
                        .cached = child(&staged->index, folder->cached, name),
                        .depth = folder->depth + 1};
    return check_folder(staged, at, below, err);
}

static enum ks_rc check_folder(struct staged *staged, size_t *at,
                               struct folder folder, struct ks_err *err)
{
    const struct ks_index *index = &staged->index;
    const struct ks_index_entry *first = &index->entries.items[*at];
    struct side side;
    enum ks_rc rc;

    if (folder.depth > DEPTH_MAX)
        return ks_fail(err, KS_ELIMIT,
                       "the index has more than %d folders "
                       "within each other",
                       DEPTH_MAX);
    if (folder.cached != NULL && folder.head != NULL &&
        folder.cached->entries > 0 &&
        (uint64_t)folder.cached->entries <= index->entries.len - *at &&
        memcmp(folder.cached->oid, folder.head, staged->git->oid_len) == 0) {
        *at += (size_t)folder.cached->entries;
        return KS_OK;
    }
    rc = open_side(&side, staged, folder.head, err);
    while (rc == KS_OK && *at < index->entries.len &&
           inside(&index->entries.items[*at], first, folder.prefix))
        rc = check_next(staged, at, &folder, &side, err);
    ks_object_release(&side.object);
    return rc;
}

static enum ks_rc find_changes(struct staged *staged, struct ks_err *err)
{
    const struct ks_index *index = &staged->index;
    struct ks_oid tree;
    struct folder root = {0};
    size_t at = 0;
    enum ks_rc rc = ks_head_tree(&tree, staged->git, staged->objects, err);

    if (rc != KS_OK || index->entries.len == 0)
        return rc;
    root.head = tree.len == 0 ? NULL : tree.bytes;
    root.cached = index->trees.len == 0 ? NULL : &index->trees.items[0];
    /* Entries out of order would end a folder early: begin it again. */
    while (rc == KS_OK && at < index->entries.len)
        rc = check_folder(staged, &at, root, err);
    return rc;
}

static enum ks_rc hand_over(struct staged *staged, unsigned worker,
                            const struct change *change,
                            struct ks_objects *objects, struct ks_err *err)
{
    const struct ks_blob_sink *sink = staged->sink;
    struct ks_oid oid = ks_oid_from(change->entry.oid, staged->git->oid_len);
    struct ks_span path = change->entry.path;
    char *text = strndup((const char *)path.ptr, path.len);
    struct ks_object object;
    struct ks_blob blob;
    void *memo = NULL;
    enum ks_rc rc;

    if (text == NULL)
        return ks_fail_memory(err);
    rc = ks_objects_read(&object, objects, &oid, err);
    if (rc == KS_OK) {
        blob = ks_blob_whole(
            object.bytes,
            change->entry.link ? KS_BLOB_LINK_TARGET : KS_BLOB_GIT_BLOB, text);
        blob.oid = oid;
        rc = sink->take(sink->ctx, worker, &blob, &memo, err);
        ks_progress_done(staged->git->options.progress, 1, object.bytes.len);
        ks_object_release(&object);
    } else if (rc != KS_ENOMEM) {
        ks_git_skip(staged->git, rc, text, &oid);
        rc = KS_OK;
    }
    if (rc == KS_OK && change->new_name) {
        blob = ks_blob_whole(path, KS_BLOB_PATH_NAME, text);
        rc = sink->take(sink->ctx, worker, &blob, &memo, err);
    }
    free(text);
    return rc;
}

static enum ks_rc take_steps(struct staged *staged, unsigned worker,
                             struct ks_objects *objects, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && !atomic_load(&staged->failed)) {
        size_t at = atomic_fetch_add(&staged->next, STEP);

        if (at >= staged->changes.len)
            break;
        for (size_t i = at;
             rc == KS_OK && i < at + STEP && i < staged->changes.len; i++)
            rc = ks_git_stopped(staged->git)
                     ? ks_fail(err, KS_ECANCELED, "stopped")
                     : hand_over(staged, worker, &staged->changes.items[i],
                                 objects, err);
    }
    return rc;
}

static enum ks_rc work(void *ctx, unsigned worker, struct ks_err *err)
{
    struct staged *staged = ctx;
    struct ks_objects *objects = NULL;
    enum ks_rc rc =
        ks_objects_open(&objects, staged->git, KS_OBJECTS_FAST, err);

    if (rc == KS_OK)
        rc = take_steps(staged, worker, objects, err);
    if (rc != KS_OK)
        atomic_store(&staged->failed, true);
    ks_objects_free(objects);
    return rc;
}

static enum ks_rc scan(struct staged *staged, struct ks_err *err)
{
    enum ks_rc rc =
        ks_objects_open(&staged->objects, staged->git, KS_OBJECTS_FAST, err);

    if (rc == KS_OK)
        rc = find_changes(staged, err);
    if (rc != KS_OK)
        return rc;
    ks_progress_expect(staged->git->options.progress, staged->changes.len, 0);
    if (staged->changes.len <= FEW)
        return take_steps(staged, 0, staged->objects, err);
    return ks_pool_run(staged->git->jobs, work, staged, err);
}

enum ks_rc ks_git_staged(struct ks_git *git, const struct ks_blob_sink *sink,
                         struct ks_err *err)
{
    struct staged staged = {.git = git};
    struct ks_tally tally;
    struct ks_blob_sink counted;
    enum ks_rc rc = ks_tally_init(&tally, sink, git->jobs, err);

    if (rc != KS_OK)
        return rc;
    counted = ks_tally_sink(&tally);
    staged.sink = &counted;
    rc = ks_staged_index(&staged.index, git, err);
    if (rc == KS_OK)
        rc = scan(&staged, err);
    ks_tally_finish(&tally, git->options.coverage);
    ks_objects_free(staged.objects);
    ks_index_release(&staged.index);
    ks_arena_release(&staged.paths);
    KS_VEC_RELEASE(&staged.changes);
    return rc;
}
