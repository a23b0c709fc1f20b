/* SPDX-License-Identifier: Apache-2.0 */
#include "git/present.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "git/commits.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOT = 0,
    NOWHERE = UINT32_MAX,
    KEY_MAX = 2 * 1024 * 1024, /* bytes of a path's component and more */
};

/*
 * Wanted paths are a tree of nodes numbered from 0, the root. Both maps have
 * keys that begin with the four bytes of a node.
 */
struct ks_present {
    const struct ks_git *git;
    struct ks_objects *objects;
    struct ks_map below; /* node and name: the node below */
    struct ks_map seen;  /* node and object: was there under this path */
    struct ks_arena keys;
    struct ks_buf key;
    uint32_t nodes;
    KS_VEC(, bool) leaf; /* whether the path to the node is wanted */
    KS_VEC(, bool) any;  /* whether anything is there */
};

enum ks_rc ks_present_new(struct ks_present **out, const struct ks_git *git,
                          struct ks_err *err)
{
    struct ks_present *present = calloc(1, sizeof(*present));

    if (present == NULL)
        return ks_fail_memory(err);
    present->git = git;
    present->nodes = 1;
    ks_buf_init(&present->key, KEY_MAX);
    if (!KS_VEC_PUSH(&present->leaf, false) ||
        !KS_VEC_PUSH(&present->any, false)) {
        ks_present_free(present);
        return ks_fail_memory(err);
    }
    *out = present;
    return KS_OK;
}

void ks_present_free(struct ks_present *present)
{
    if (present == NULL)
        return;
    ks_map_release(&present->below);
    ks_map_release(&present->seen);
    ks_arena_release(&present->keys);
    ks_buf_release(&present->key);
    KS_VEC_RELEASE(&present->leaf);
    KS_VEC_RELEASE(&present->any);
    free(present);
}

/* The key of a node and some bytes, valid until the next; empty on failure. */
static struct ks_span key_of(struct ks_buf *key, uint32_t node,
                             struct ks_span bytes)
{
    ks_buf_clear(key);
    if (ks_buf_add(key, (struct ks_span){(const uint8_t *)&node,
                                         sizeof(node)}) != KS_OK ||
        ks_buf_add(key, bytes) != KS_OK)
        ks_buf_clear(key);
    return ks_buf_span(key);
}

/* Puts a key in a map, copied if new. NULL without memory. */
static size_t *put(struct ks_present *present, struct ks_map *map,
                   struct ks_span key, size_t absent)
{
    char *copy;

    if (key.len == 0)
        return NULL;
    if (ks_map_get(map, key, NOWHERE) == NOWHERE) {
        copy = ks_arena_text(&present->keys, key);
        if (copy == NULL)
            return NULL;
        key.ptr = (const uint8_t *)copy;
    }
    return ks_map_put(map, key, absent);
}

/* Takes the first component off a path. */
static struct ks_span take_name(struct ks_span *path)
{
    const uint8_t *slash = memchr(path->ptr, '/', path->len);
    struct ks_span name = ks_span_slice(
        *path, 0, slash == NULL ? path->len : (size_t)(slash - path->ptr));

    *path = ks_span_slice(*path, name.len + 1, path->len);
    return name;
}

enum ks_rc ks_present_want(struct ks_present *present, const char *path,
                           struct ks_err *err)
{
    struct ks_span rest = ks_span_str(path);
    uint32_t node = ROOT;

    while (rest.len > 0) {
        struct ks_span name = take_name(&rest);
        size_t *next = put(present, &present->below,
                           key_of(&present->key, node, name), NOWHERE);

        if (next == NULL)
            return ks_fail_memory(err);
        if (*next == NOWHERE) {
            *next = present->nodes++;
            if (!KS_VEC_PUSH(&present->leaf, false) ||
                !KS_VEC_PUSH(&present->any, false))
                return ks_fail_memory(err);
        }
        node = (uint32_t)*next;
    }
    present->leaf.items[node] = true;
    return KS_OK;
}

/* Whether the object is new to the node: 1, 0, −1 without memory. */
static int first_time(struct ks_present *present, uint32_t node,
                      const uint8_t *oid)
{
    struct ks_span id = {oid, present->git->oid_len};
    size_t *seen =
        put(present, &present->seen, key_of(&present->key, node, id), 0);

    return seen == NULL ? -1 : (*seen)++ == 0;
}

static enum ks_rc look(struct ks_present *present, uint32_t node,
                       const uint8_t *tree, struct ks_err *err);

static enum ks_rc look_at_entry(struct ks_present *present, uint32_t node,
                                const struct ks_tree_entry *entry,
                                struct ks_err *err)
{
    struct ks_span key = key_of(&present->key, node, entry->name);
    size_t next =
        key.len == 0 ? NOWHERE : ks_map_get(&present->below, key, NOWHERE);

    if (next == NOWHERE)
        return KS_OK;
    if (present->leaf.items[next])
        present->any.items[next] = true;
    if (entry->kind == KS_ENTRY_TREE)
        return look(present, (uint32_t)next, entry->oid, err);
    return first_time(present, (uint32_t)next, entry->oid) < 0
               ? ks_fail_memory(err)
               : KS_OK;
}

/* Looks below a tree; one that cannot be read was counted by the scan. */
static enum ks_rc look(struct ks_present *present, uint32_t node,
                       const uint8_t *tree, struct ks_err *err)
{
    struct ks_oid oid = ks_oid_from(tree, present->git->oid_len);
    int first = first_time(present, node, tree);
    struct ks_object object;
    struct ks_tree_entry entry;
    struct ks_span rest;
    enum ks_rc rc;

    if (first <= 0)
        return first < 0 ? ks_fail_memory(err) : KS_OK;
    rc = ks_objects_read(&object, present->objects, &oid, err);
    if (rc != KS_OK)
        return rc == KS_ENOMEM ? rc : KS_OK;
    rest = object.type == KS_OBJECT_TREE ? object.bytes : (struct ks_span){0};
    while (rc == KS_OK && ks_tree_next(&entry, &rest, oid.len) == 1)
        rc = look_at_entry(present, node, &entry, err);
    ks_object_release(&object);
    return rc;
}

enum ks_rc ks_present_look(struct ks_present *present,
                           struct ks_objects *objects, struct ks_err *err)
{
    const struct ks_commits *commits = present->git->commits;
    enum ks_rc rc = KS_OK;

    present->objects = objects;
    if (present->nodes == 1)
        return KS_OK;
    for (size_t i = 0; rc == KS_OK && i < commits->heads.len; i++) {
        struct ks_oid tree = ks_commits_tree(commits, commits->heads.items[i]);

        rc = look(present, ROOT, tree.bytes, err);
    }
    return rc;
}

bool ks_present_has(const struct ks_present *present, const char *path,
                    const struct ks_oid *oid)
{
    struct ks_span rest = ks_span_str(path), key;
    struct ks_buf scratch;
    size_t node = ROOT;
    bool has = false;

    ks_buf_init(&scratch, KEY_MAX);
    while (rest.len > 0 && node != NOWHERE) {
        struct ks_span name = take_name(&rest);

        key = key_of(&scratch, (uint32_t)node, name);
        node = ks_map_get(&present->below, key, NOWHERE);
    }
    if (node != NOWHERE && oid == NULL) {
        has = present->any.items[node];
    } else if (node != NOWHERE) {
        key = key_of(&scratch, (uint32_t)node,
                     (struct ks_span){oid->bytes, oid->len});
        has = ks_map_get(&present->seen, key, 0) != 0;
    }
    ks_buf_release(&scratch);
    return has;
}
