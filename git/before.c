/* SPDX-License-Identifier: Apache-2.0 */
/* before.c: what files were before a commit, or what is staged, changed them.
 */
#include "git/staged.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 2048 };

struct before {
    enum ks_rc (*version)(void *ctx, size_t file, const struct ks_blob *blob,
                          struct ks_err *err);
    void *ctx;
    struct ks_objects *objects;
    /* Of what is staged, once a file is. */
    bool opened;
    struct ks_index index;
    struct ks_oid head;                   /* its tree */
    KS_VEC(, struct ks_git_file) renamed; /* each to one file only */
    struct ks_arena texts;
};

/* What a tree holds under a name. */
static bool find_name(struct ks_oid *out, enum ks_entry_kind *kind,
                      const struct before *before, const struct ks_oid *tree,
                      struct ks_span name)
{
    struct ks_object object;
    struct ks_tree_entry entry;
    struct ks_span rest;
    bool found = false;

    if (ks_objects_read(&object, before->objects, tree, NULL) != KS_OK)
        return false;
    rest = object.bytes;
    while (!found && object.type == KS_OBJECT_TREE &&
           ks_tree_next(&entry, &rest, tree->len) == 1) {
        found = ks_span_equal(entry.name, name);
        if (found) {
            *out = ks_oid_from(entry.oid, tree->len);
            *kind = entry.kind;
        }
    }
    ks_object_release(&object);
    return found;
}

/* The blob that a tree has under a path. */
static bool find_path(struct ks_oid *out, const struct before *before,
                      const struct ks_oid *tree, const char *path)
{
    struct ks_oid at = *tree;
    enum ks_entry_kind kind = KS_ENTRY_TREE;

    if (at.len == 0)
        return false;
    while (kind == KS_ENTRY_TREE && *path != '\0') {
        size_t len = strcspn(path, "/");
        struct ks_oid next;

        if (!find_name(&next, &kind, before, &at,
                       (struct ks_span){(const uint8_t *)path, len}))
            return false;
        at = next;
        path += len + (path[len] == '/');
    }
    *out = at;
    return kind == KS_ENTRY_BLOB && *path == '\0';
}

/* The entry of the index under a path, or the folder that holds it. */
static const struct ks_index_entry *find_in_index(const struct before *before,
                                                  struct ks_span path)
{
    for (size_t i = 0; i < before->index.entries.len; i++) {
        const struct ks_index_entry *entry = &before->index.entries.items[i];

        if (ks_span_equal(entry->path, path) ||
            (entry->kind == KS_ENTRY_TREE && path.len > entry->path.len &&
             memcmp(path.ptr, entry->path.ptr, entry->path.len) == 0))
            return entry;
    }
    return NULL;
}

/* What a change made of a tree: another, or the index. */
struct after {
    const struct ks_git_file *file; /* that it has now */
    const struct ks_oid *blob;      /* of it */
    struct ks_oid tree;             /* len 0: the index */
};

static bool is_there(const struct before *before, const struct after *after,
                     const char *path)
{
    struct ks_oid oid;

    return after->tree.len == 0
               ? find_in_index(before, ks_span_str(path)) != NULL
               : find_path(&oid, before, &after->tree, path);
}

/* Notes that the file at this path was renamed, if it can have been. */
static bool take_renamed(struct before *before, const struct after *after,
                         struct ks_span path)
{
    struct ks_git_file renamed = {.path = ks_arena_text(&before->texts, path),
                                  .commit = after->file->commit};

    if (renamed.path == NULL || is_there(before, after, renamed.path))
        return false;
    for (size_t i = 0; i < before->renamed.len; i++)
        if (strcmp(before->renamed.items[i].path, renamed.path) == 0 &&
            ks_oid_equal(&before->renamed.items[i].commit, &renamed.commit))
            return false;
    return KS_VEC_PUSH(&before->renamed, renamed);
}

/*
 * Whether the tree before, whose path is in `path`, has the blob under a path
 * that is no more.
 */
static bool was_moved(struct before *before, const struct ks_oid *tree,
                      const struct after *after, struct ks_buf *path,
                      unsigned depth)
{
    struct ks_object object;
    struct ks_tree_entry entry;
    struct ks_span rest;
    size_t len = path->len;
    bool moved = false;

    if (depth > DEPTH_MAX ||
        ks_objects_read(&object, before->objects, tree, NULL) != KS_OK)
        return false;
    rest = object.bytes;
    while (!moved && object.type == KS_OBJECT_TREE &&
           ks_tree_next(&entry, &rest, tree->len) == 1) {
        struct ks_oid oid = ks_oid_from(entry.oid, tree->len);

        path->len = len;
        if (ks_buf_add(path, entry.name) != KS_OK)
            break;
        if (entry.kind == KS_ENTRY_TREE)
            moved = ks_buf_add_byte(path, '/') == KS_OK &&
                    was_moved(before, &oid, after, path, depth + 1);
        else if (ks_oid_equal(&oid, after->blob))
            moved = take_renamed(before, after, ks_buf_span(path));
    }
    ks_object_release(&object);
    return moved;
}

/* The blob that the file was in a tree before. */
static bool find_earlier(struct ks_oid *out, struct before *before,
                         const struct ks_oid *tree, const struct after *after)
{
    struct ks_buf folder;
    bool moved;

    if (tree->len == 0)
        return false;
    if (find_path(out, before, tree, after->file->path))
        return true;
    ks_buf_init(&folder, SIZE_MAX);
    moved = was_moved(before, tree, after, &folder, 0);
    ks_buf_release(&folder);
    *out = *after->blob;
    return moved;
}

static enum ks_rc tell(const struct before *before, size_t number,
                       const char *path, const struct ks_oid *oid,
                       struct ks_err *err)
{
    struct ks_object object;
    struct ks_blob blob;
    enum ks_rc rc = ks_objects_read(&object, before->objects, oid, err);

    if (rc != KS_OK)
        return rc == KS_ENOMEM ? rc : KS_OK;
    blob = ks_blob_whole(object.bytes, KS_BLOB_GIT_BLOB, path);
    blob.oid = *oid;
    rc = before->version(before->ctx, number, &blob, err);
    ks_object_release(&object);
    return rc;
}

static enum ks_rc look_at_staged(struct before *before, struct ks_git *git,
                                 size_t number, const struct ks_git_file *file,
                                 struct ks_err *err)
{
    struct after after = {.file = file, .blob = &file->blob};
    struct ks_oid oid;
    enum ks_rc rc = KS_OK;

    if (!before->opened)
        rc = ks_staged_index(&before->index, git, err);
    if (rc == KS_OK && !before->opened)
        rc = ks_head_tree(&before->head, git, before->objects, err);
    before->opened = true;
    return rc == KS_OK && find_earlier(&oid, before, &before->head, &after)
               ? tell(before, number, file->path, &oid, err)
               : rc;
}

/* The tree of a commit that may not be there. */
static bool tree_of(struct ks_oid *out, const struct before *before,
                    const struct ks_oid *commit)
{
    struct ks_object object;
    struct ks_commit_view view;
    bool parsed;

    if (ks_objects_read(&object, before->objects, commit, NULL) != KS_OK)
        return false;
    parsed = object.type == KS_OBJECT_COMMIT &&
             ks_commit_parse(&view, object.bytes, commit->len);
    if (parsed)
        *out = view.tree;
    ks_object_release(&object);
    return parsed;
}

static enum ks_rc look_at_parents(struct before *before, size_t number,
                                  const struct ks_git_file *file,
                                  struct ks_err *err)
{
    struct ks_object object;
    struct ks_commit_view view;
    struct after after = {.file = file, .blob = &file->blob};
    struct ks_oid parent, tree, oid;
    enum ks_rc rc = KS_OK;

    if (ks_objects_read(&object, before->objects, &file->commit, NULL) != KS_OK)
        return KS_OK;
    if (object.type == KS_OBJECT_COMMIT &&
        ks_commit_parse(&view, object.bytes, file->commit.len)) {
        after.tree = view.tree;
        while (rc == KS_OK &&
               ks_commit_next_parent(&parent, &view.parents, file->commit.len))
            if (tree_of(&tree, before, &parent) &&
                find_earlier(&oid, before, &tree, &after))
                rc = tell(before, number, file->path, &oid, err);
    }
    ks_object_release(&object);
    return rc;
}

enum ks_rc ks_git_before(struct ks_git *git, const struct ks_git_file *files,
                         size_t count,
                         enum ks_rc (*version)(void *ctx, size_t file,
                                               const struct ks_blob *blob,
                                               struct ks_err *err),
                         void *ctx, struct ks_err *err)
{
    struct before before = {.version = version, .ctx = ctx};
    enum ks_rc rc = ks_objects_open(&before.objects, git, KS_OBJECTS_FAST, err);

    for (size_t i = 0; i < count && rc == KS_OK; i++)
        rc = files[i].commit.len == 0
                 ? look_at_staged(&before, git, i, &files[i], err)
                 : look_at_parents(&before, i, &files[i], err);
    ks_objects_free(before.objects);
    if (before.opened)
        ks_index_release(&before.index);
    KS_VEC_RELEASE(&before.renamed);
    ks_arena_release(&before.texts);
    return rc;
}
