/* SPDX-License-Identifier: Apache-2.0 */
#include "git/added.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "git/commits.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 64 }; /* trees compared without a look at what was done */

/* One parent's tree at the place that is compared. */
struct side {
    struct ks_object object;
    struct ks_span rest; /* behind `at` */
    struct ks_tree_entry at;
    bool more; /* `at` holds an entry */
};

struct walk {
    const struct ks_git *git;
    struct ks_objects *objects;
    const struct ks_added_visitor *visitor;
    struct ks_buf path;

    /*
     * Trees that were compared and need not be again, by their names. Without
     * it, trees that name the same tree many times, or themselves, would cost
     * time beyond all bounds.
     */
    struct ks_map done;
    struct ks_arena names;
    size_t compared; /* trees in all */
};

static enum ks_rc walk_tree(struct walk *walk, const uint8_t *tree,
                            const struct ks_oid *parents, size_t count,
                            unsigned depth, struct ks_err *err);

/* git's order of entries: a tree's name counts as if it ended with '/'. */
static int compare(const struct ks_tree_entry *a, const struct ks_tree_entry *b)
{
    size_t len = a->name.len < b->name.len ? a->name.len : b->name.len;
    int order = memcmp(a->name.ptr, b->name.ptr, len);
    int ac, bc;

    if (order != 0)
        return order;
    ac = a->name.len > len ? a->name.ptr[len]
                           : (a->kind == KS_ENTRY_TREE ? '/' : 0);
    bc = b->name.len > len ? b->name.ptr[len]
                           : (b->kind == KS_ENTRY_TREE ? '/' : 0);
    return ac - bc;
}

static void advance(struct side *side, size_t oid_len)
{
    side->more = ks_tree_next(&side->at, &side->rest, oid_len) == 1;
}

static void open_side(struct side *side, struct walk *walk,
                      const struct ks_oid *tree)
{
    struct ks_err ignored;

    if (tree->len == 0 ||
        ks_objects_read(&side->object, walk->objects, tree, &ignored) != KS_OK)
        return;
    if (side->object.type != KS_OBJECT_TREE)
        return;
    side->rest = side->object.bytes;
    advance(side, walk->git->oid_len);
}

/* The entry of that name and kind, or NULL. Entries must come in order. */
static const struct ks_tree_entry *
find(struct side *side, const struct ks_tree_entry *entry, size_t oid_len)
{
    int order = 1;

    while (side->more && (order = compare(&side->at, entry)) < 0)
        advance(side, oid_len);
    return side->more && order == 0 ? &side->at : NULL;
}

/* Appends "/name" to the path; returns its former length in `*before`. */
static enum ks_rc push_name(struct walk *walk, struct ks_span name,
                            size_t *before, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    *before = walk->path.len;
    if (walk->path.len > 0)
        rc = ks_buf_add_byte(&walk->path, '/');
    if (rc == KS_OK)
        rc = ks_buf_add(&walk->path, name);
    if (rc != KS_OK)
        walk->path.len = *before;
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}

static enum ks_rc lost(const struct walk *walk, enum ks_rc rc,
                       const uint8_t *tree)
{
    struct ks_oid oid = ks_oid_from(tree, walk->git->oid_len);
    int first;

    if (rc == KS_ENOMEM)
        return rc;
    if (walk->visitor->lost == NULL)
        return KS_OK;
    first = ks_claims_take(walk->visitor->lost, tree);
    if (first == 1)
        ks_git_skip(walk->git, rc, "tree", &oid);
    return first < 0 ? KS_ENOMEM : KS_OK;
}

/* Compares one entry with what the parents have in its place. */
static enum ks_rc visit(struct walk *walk, const struct ks_tree_entry *entry,
                        struct side *sides, struct ks_oid *below, size_t count,
                        unsigned depth, struct ks_err *err)
{
    size_t oid_len = walk->git->oid_len, trees = 0, before;
    struct ks_added_entry added = {.name = entry->name,
                                   .kind = entry->kind,
                                   .oid = entry->oid,
                                   .new_name = true};
    enum ks_rc rc;

    for (size_t i = 0; i < count; i++) {
        const struct ks_tree_entry *theirs = find(&sides[i], entry, oid_len);

        if (theirs == NULL)
            continue;
        added.new_name = false;
        if (theirs->kind == entry->kind &&
            memcmp(theirs->oid, entry->oid, oid_len) == 0)
            return KS_OK;
        if (theirs->kind == KS_ENTRY_TREE)
            below[trees++] = ks_oid_from(theirs->oid, oid_len);
    }
    rc = push_name(walk, entry->name, &before, err);
    if (rc == KS_ELIMIT)
        return lost(walk, rc, entry->oid);
    if (rc != KS_OK)
        return rc;
    added.path = ks_buf_span(&walk->path);
    rc = walk->visitor->entry(walk->visitor->ctx, &added, err);
    if (rc == KS_OK && entry->kind == KS_ENTRY_TREE)
        rc = walk_tree(walk, entry->oid, below, trees, depth + 1, err);
    walk->path.len = before;
    return rc;
}

static enum ks_rc walk_entries(struct walk *walk, const uint8_t *tree,
                               struct ks_span rest, struct side *sides,
                               struct ks_oid *below, size_t count,
                               unsigned depth, struct ks_err *err)
{
    struct ks_tree_entry entry;
    enum ks_rc rc = KS_OK;
    int found = 1;

    while (rc == KS_OK &&
           (found = ks_tree_next(&entry, &rest, walk->git->oid_len)) == 1)
        rc = visit(walk, &entry, sides, below, count, depth, err);
    if (rc == KS_OK && found < 0)
        rc = lost(walk, KS_EFORMAT, tree);
    return rc;
}

/* As walk_tree, with the tree read. */
static enum ks_rc walk_object(struct walk *walk, const uint8_t *tree,
                              const struct ks_object *object,
                              const struct ks_oid *parents, size_t count,
                              unsigned depth, struct ks_err *err)
{
    struct side *sides = calloc(count + 1, sizeof(*sides));
    struct ks_oid *below = calloc(count + 1, sizeof(*below));
    enum ks_rc rc;

    if (sides == NULL || below == NULL) {
        free(sides);
        free(below);
        return ks_fail_memory(err);
    }
    for (size_t i = 0; i < count; i++)
        open_side(&sides[i], walk, &parents[i]);
    rc = walk_entries(walk, tree, object->bytes, sides, below, count, depth,
                      err);
    for (size_t i = 0; i < count; i++)
        ks_object_release(&sides[i].object);
    free(sides);
    free(below);
    return rc;
}

/* What a tree is compared with, and whether that was done. */
struct pair {
    struct ks_span names; /* in the walk's arena; empty if nobody asks */
    size_t found;         /* before it */
    bool done;
};

static size_t found_by(const struct walk *walk)
{
    return walk->visitor->found == NULL ? 0 : *walk->visitor->found;
}

static bool note_done(struct walk *walk, const struct pair *pair)
{
    return pair->names.len == 0 ||
           ks_map_put(&walk->done, pair->names, 1) != NULL;
}

/* What is fresh is the visitor's to remember. */
static enum ks_rc begin_pair(struct pair *pair, struct walk *walk,
                             const uint8_t *tree, const struct ks_oid *parents,
                             size_t count, struct ks_err *err)
{
    size_t oid_len = walk->git->oid_len;
    uint8_t *names;

    *pair = (struct pair){.found = found_by(walk)};
    if (count == 0 || walk->compared++ < FEW)
        return KS_OK;
    names = ks_arena_alloc(&walk->names, (count + 1) * oid_len);
    if (names == NULL)
        return ks_fail_memory(err);
    memcpy(names, tree, oid_len);
    for (size_t i = 0; i < count; i++)
        memcpy(names + (i + 1) * oid_len, parents[i].bytes, oid_len);
    pair->names = (struct ks_span){names, (count + 1) * oid_len};
    pair->done = ks_map_get(&walk->done, pair->names, 0) != 0;
    if (!pair->done && walk->visitor->found == NULL && !note_done(walk, pair))
        return ks_fail_memory(err);
    return KS_OK;
}

static enum ks_rc end_pair(const struct pair *pair, struct walk *walk,
                           struct ks_err *err)
{
    if (walk->visitor->found == NULL || pair->found != found_by(walk))
        return KS_OK;
    return note_done(walk, pair) ? KS_OK : ks_fail_memory(err);
}

/* Compares a tree that is to be looked into. */
static enum ks_rc look_into(struct walk *walk, const uint8_t *tree,
                            const struct ks_oid *parents, size_t count,
                            unsigned depth, struct ks_err *err)
{
    struct ks_oid oid = ks_oid_from(tree, walk->git->oid_len);
    struct ks_object object;
    enum ks_rc rc = ks_objects_read(&object, walk->objects, &oid, err);

    if (rc == KS_OK && object.type != KS_OBJECT_TREE) {
        ks_object_release(&object);
        rc = KS_EFORMAT;
    }
    if (rc != KS_OK)
        return lost(walk, rc, tree);
    rc = walk_object(walk, tree, &object, parents, count, depth, err);
    ks_object_release(&object);
    return rc;
}

static enum ks_rc walk_tree(struct walk *walk, const uint8_t *tree,
                            const struct ks_oid *parents, size_t count,
                            unsigned depth, struct ks_err *err)
{
    const struct ks_added_visitor *visitor = walk->visitor;
    struct pair pair;
    enum ks_rc rc;

    if (depth >= KS_ADDED_DEPTH_MAX)
        return lost(walk, KS_ELIMIT, tree);
    if (visitor->enter != NULL &&
        !visitor->enter(visitor->ctx, tree, count == 0))
        return KS_OK;
    rc = begin_pair(&pair, walk, tree, parents, count, err);
    if (rc == KS_OK && !pair.done)
        rc = look_into(walk, tree, parents, count, depth, err);
    if (rc == KS_OK && !pair.done)
        rc = end_pair(&pair, walk, err);
    if (rc == KS_OK && visitor->leave != NULL)
        rc = visitor->leave(visitor->ctx, tree, count == 0, err);
    return rc;
}

enum ks_rc ks_added(const struct ks_git *git, struct ks_objects *objects,
                    const struct ks_added_visitor *visitor,
                    const struct ks_oid *tree, const struct ks_oid *parents,
                    size_t count, struct ks_err *err)
{
    struct walk walk = {.git = git, .objects = objects, .visitor = visitor};
    enum ks_rc rc;

    for (size_t i = 0; i < count; i++)
        if (ks_oid_equal(tree, &parents[i]))
            return KS_OK;
    ks_buf_init(&walk.path, KS_ADDED_PATH_MAX);
    rc = walk_tree(&walk, tree->bytes, parents, count, 0, err);
    ks_buf_release(&walk.path);
    ks_map_release(&walk.done);
    ks_arena_release(&walk.names);
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}

enum ks_rc ks_added_by_commit(const struct ks_git *git,
                              struct ks_objects *objects,
                              const struct ks_added_visitor *visitor,
                              uint32_t commit, struct ks_err *err)
{
    const struct ks_commits *commits = git->commits;
    const struct ks_commit *facts = &commits->all.items[commit];
    struct ks_oid tree = ks_commits_tree(commits, commit);
    struct ks_oid *parents = calloc(facts->parent_count + 1U, sizeof(*parents));
    size_t count = 0;
    enum ks_rc rc;

    if (parents == NULL)
        return ks_fail_memory(err);
    for (uint32_t i = 0; i < facts->parent_count; i++) {
        uint32_t parent = commits->parents.items[facts->first_parent + i];

        if ((commits->all.items[parent].flags & KS_COMMIT_READ) != 0)
            parents[count++] = ks_commits_tree(commits, parent);
    }
    rc = ks_added(git, objects, visitor, &tree, parents, count, err);
    free(parents);
    return rc;
}
