/* SPDX-License-Identifier: Apache-2.0 */
/* before.c: what files were before what is staged changed them. */
#include "git/staged.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 2048 };

struct before {
    struct ks_git *git;
    const struct ks_blob_sink *sink;
    struct ks_objects *objects;
    struct ks_index index;
    struct ks_oid tree; /* of HEAD */
    /* Paths of HEAD that were renamed; each to one file only. */
    KS_VEC(, const char *) renamed;
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

/* The blob that HEAD has under a path. */
static bool find_in_head(struct ks_oid *out, const struct before *before,
                         const char *path)
{
    struct ks_oid at = before->tree;
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

/* Notes that the file at this path of HEAD was renamed, if it can have been. */
static bool take_renamed(struct before *before, struct ks_span path)
{
    const char *text;

    if (find_in_index(before, path) != NULL)
        return false;
    for (size_t i = 0; i < before->renamed.len; i++)
        if (ks_span_equal(ks_span_str(before->renamed.items[i]), path))
            return false;
    text = ks_arena_text(&before->texts, path);
    return text != NULL && KS_VEC_PUSH(&before->renamed, text);
}

/*
 * Whether a tree of HEAD, whose path is in `path`, has the blob under a path
 * that the index has no more.
 */
static bool was_moved(struct before *before, const struct ks_oid *tree,
                      const uint8_t *blob, struct ks_buf *path, unsigned depth)
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
                    was_moved(before, &oid, blob, path, depth + 1);
        else if (memcmp(entry.oid, blob, tree->len) == 0)
            moved = take_renamed(before, ks_buf_span(path));
    }
    ks_object_release(&object);
    return moved;
}

/* What the file at this path of the index was before. */
static bool find_before(struct ks_oid *out, struct before *before,
                        const char *path)
{
    const struct ks_index_entry *entry;
    struct ks_buf folder;
    bool moved;

    if (find_in_head(out, before, path))
        return true;
    entry = find_in_index(before, ks_span_str(path));
    if (entry == NULL || entry->kind != KS_ENTRY_BLOB || before->tree.len == 0)
        return false;
    ks_buf_init(&folder, SIZE_MAX);
    moved = was_moved(before, &before->tree, entry->oid, &folder, 0);
    ks_buf_release(&folder);
    *out = ks_oid_from(entry->oid, before->tree.len);
    return moved;
}

static enum ks_rc hand_over(struct before *before, const char *path,
                            struct ks_err *err)
{
    struct ks_oid oid;
    struct ks_object object;
    struct ks_blob blob;
    void *memo = NULL;
    enum ks_rc rc;

    if (!find_before(&oid, before, path))
        return KS_OK;
    rc = ks_objects_read(&object, before->objects, &oid, err);
    if (rc != KS_OK)
        return rc == KS_ENOMEM ? rc : KS_OK;
    blob = ks_blob_whole(object.bytes, KS_BLOB_GIT_BLOB, path);
    blob.oid = oid;
    rc = before->sink->take(before->sink->ctx, 0, &blob, &memo, err);
    ks_object_release(&object);
    return rc;
}

enum ks_rc ks_git_before_staged(struct ks_git *git, const char *const *paths,
                                size_t count, const struct ks_blob_sink *sink,
                                struct ks_err *err)
{
    struct before before = {.git = git, .sink = sink};
    enum ks_rc rc = ks_objects_open(&before.objects, git, KS_OBJECTS_FAST, err);

    if (rc == KS_OK)
        rc = ks_staged_index(&before.index, git, err);
    if (rc == KS_OK)
        rc = ks_head_tree(&before.tree, git, before.objects, err);
    for (size_t i = 0; i < count && rc == KS_OK; i++)
        rc = hand_over(&before, paths[i], err);
    ks_objects_free(before.objects);
    ks_index_release(&before.index);
    KS_VEC_RELEASE(&before.renamed);
    ks_arena_release(&before.texts);
    return rc;
}
