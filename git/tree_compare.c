/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_compare.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "git/added.h"
#include "git/names.h"

#include <stdlib.h>
#include <string.h>

enum { FEW = 64 }; /* trees compared without a look at what was done */

/* One parent's tree at the place that is compared. */
struct side {
    struct ks_tree_items list;
    size_t at;
};

struct ks_tree_compare {
    const struct ks_tree_search *search;
    struct ks_tree_lists *lists;
    const struct ks_names *names;
    const struct ks_tree_compare_visitor *visitor;
    struct ks_buf path;

    /* Of one comparison: sets that were compared and yielded nothing. */
    struct ks_map done;
    struct ks_arena keys;
    size_t compared, told;
};

enum ks_rc ks_tree_compare_new(struct ks_tree_compare **out,
                               const struct ks_tree_search *search,
                               struct ks_err *err)
{
    struct ks_tree_compare *compare = calloc(1, sizeof(*compare));

    if (compare == NULL)
        return ks_fail_memory(err);
    compare->search = search;
    compare->names = ks_tree_log_names(ks_tree_search_log(search));
    ks_buf_init(&compare->path, KS_ADDED_PATH_MAX);
    if (ks_tree_search_lists(&compare->lists, search, err) != KS_OK) {
        ks_tree_compare_free(compare);
        return KS_ENOMEM;
    }
    *out = compare;
    return KS_OK;
}

void ks_tree_compare_free(struct ks_tree_compare *compare)
{
    if (compare == NULL)
        return;
    ks_tree_lists_free(compare->lists);
    ks_buf_release(&compare->path);
    ks_map_release(&compare->done);
    ks_arena_release(&compare->keys);
    free(compare);
}

/* git's order: a tree's name counts as if it ended with '/'. */
static int by_name(const struct ks_tree_compare *compare,
                   const struct ks_tree_item *a, const struct ks_tree_item *b)
{
    bool at = ks_tree_search_has_tree(compare->search, a->object);
    bool bt = ks_tree_search_has_tree(compare->search, b->object);
    struct ks_span an, bn;
    size_t len;
    int order;

    if (a->name == b->name)
        return at - bt;
    an = ks_names_text(compare->names, a->name);
    bn = ks_names_text(compare->names, b->name);
    len = an.len < bn.len ? an.len : bn.len;
    order = memcmp(an.ptr, bn.ptr, len);
    if (order != 0)
        return order;
    return (an.len > len ? an.ptr[len]
            : at         ? '/'
                         : 0) -
           (bn.len > len ? bn.ptr[len]
            : bt         ? '/'
                         : 0);
}

/* What the parent has in an item's place, or NULL. Items come in order. */
static const struct ks_tree_item *find(const struct ks_tree_compare *compare,
                                       struct side *side,
                                       const struct ks_tree_item *item)
{
    int order = 1;

    while (side->at < side->list.len &&
           (order = by_name(compare, &side->list.items[side->at], item)) < 0)
        side->at++;
    return side->at < side->list.len && order == 0 ? &side->list.items[side->at]
                                                   : NULL;
}

/* Whether a parent holds the same, so that nothing is added. */
static bool is_known(const struct ks_tree_compare *compare, uint32_t tree,
                     const uint32_t *parents, size_t count)
{
    uint32_t holds = ks_tree_search_holds(compare->search, tree);

    for (size_t i = 0; i < count && holds != 0; i++)
        if (ks_tree_search_holds(compare->search, parents[i]) == holds)
            return true;
    return holds == 0;
}

static enum ks_rc compare_trees(struct ks_tree_compare *compare, uint32_t tree,
                                const uint32_t *parents, size_t count,
                                unsigned depth, struct ks_err *err);

/* Appends "/name" to the path; false if it gets too long, or no memory. */
static enum ks_rc push_name(struct ks_tree_compare *compare, uint32_t name)
{
    enum ks_rc rc = KS_OK;

    if (compare->path.len > 0)
        rc = ks_buf_add_byte(&compare->path, '/');
    return rc == KS_OK
               ? ks_buf_add(&compare->path, ks_names_text(compare->names, name))
               : rc;
}

/* Tells an item that no parent has, or compares the tree that it is. */
static enum ks_rc take_item(struct ks_tree_compare *compare,
                            const struct ks_tree_item *item,
                            const uint32_t *below, size_t count, unsigned depth,
                            struct ks_err *err)
{
    uint32_t blob = ks_tree_search_blob(compare->search, item->object);
    size_t before = compare->path.len;
    enum ks_rc rc = push_name(compare, item->name);

    if (rc == KS_OK && blob != KS_OIDS_NONE) {
        compare->told++;
        rc = compare->visitor->blob(compare->visitor->ctx, blob,
                                    ks_buf_span(&compare->path), err);
    } else if (rc == KS_OK) {
        rc = compare_trees(compare, item->object, below, count, depth + 1, err);
    }
    compare->path.len = before;
    return rc == KS_ELIMIT ? KS_OK : rc;
}

static enum ks_rc take_items(struct ks_tree_compare *compare,
                             const struct side *own, struct side *sides,
                             uint32_t *below, size_t count, unsigned depth,
                             struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < own->list.len && rc == KS_OK; i++) {
        const struct ks_tree_item *item = &own->list.items[i];
        bool tree = ks_tree_search_has_tree(compare->search, item->object);
        bool added = true;
        size_t trees = 0;

        for (size_t p = 0; p < count && added; p++) {
            const struct ks_tree_item *theirs = find(compare, &sides[p], item);

            if (theirs != NULL && theirs->object == item->object)
                added = false;
            else if (theirs != NULL && tree)
                below[trees++] = theirs->object;
        }
        if (added)
            rc = take_item(compare, item, below, trees, depth, err);
    }
    return rc;
}

/* Lists all the trees and compares them. */
static enum ks_rc look_into(struct ks_tree_compare *compare, uint32_t tree,
                            const uint32_t *parents, size_t count,
                            unsigned depth, struct ks_err *err)
{
    struct side own = {.at = 0};
    struct side *sides = calloc(count + 1, sizeof(*sides));
    uint32_t *below = calloc(count + 1, sizeof(*below));
    bool made =
        sides != NULL && below != NULL &&
        ks_tree_search_list(&own.list, compare->search, compare->lists, tree);
    enum ks_rc rc = KS_ENOMEM;

    for (size_t i = 0; made && i < count; i++)
        made = ks_tree_search_list(&sides[i].list, compare->search,
                                   compare->lists, parents[i]);
    if (made)
        rc = take_items(compare, &own, sides, below, count, depth, err);
    for (size_t i = 0; sides != NULL && i < count; i++)
        KS_VEC_RELEASE(&sides[i].list);
    KS_VEC_RELEASE(&own.list);
    free(sides);
    free(below);
    return rc;
}

/* The sets that are compared; empty if nobody needs to remember them. */
static enum ks_rc key_of(struct ks_span *out, struct ks_tree_compare *compare,
                         uint32_t tree, const uint32_t *parents, size_t count)
{
    uint32_t *key;

    *out = (struct ks_span){NULL, 0};
    if (count == 0 || compare->compared++ < FEW)
        return KS_OK;
    key = ks_arena_alloc(&compare->keys, (count + 1) * sizeof(*key));
    if (key == NULL)
        return KS_ENOMEM;
    key[0] = ks_tree_search_holds(compare->search, tree);
    for (size_t i = 0; i < count; i++)
        key[i + 1] = ks_tree_search_holds(compare->search, parents[i]);
    *out = (struct ks_span){(const uint8_t *)key, (count + 1) * sizeof(*key)};
    return KS_OK;
}

static enum ks_rc compare_trees(struct ks_tree_compare *compare, uint32_t tree,
                                const uint32_t *parents, size_t count,
                                unsigned depth, struct ks_err *err)
{
    size_t told = compare->told;
    struct ks_span key;
    enum ks_rc rc;

    if (depth >= KS_ADDED_DEPTH_MAX || *compare->visitor->full ||
        is_known(compare, tree, parents, count))
        return KS_OK;
    rc = key_of(&key, compare, tree, parents, count);
    if (rc != KS_OK || (key.len > 0 && ks_map_get(&compare->done, key, 0) != 0))
        return rc;
    rc = look_into(compare, tree, parents, count, depth, err);
    if (rc == KS_OK && key.len > 0 && told == compare->told &&
        ks_map_put(&compare->done, key, 1) == NULL)
        rc = KS_ENOMEM;
    return rc;
}

enum ks_rc ks_tree_compare(struct ks_tree_compare *compare, uint32_t tree,
                           const uint32_t *parents, size_t count,
                           const struct ks_tree_compare_visitor *visitor,
                           struct ks_err *err)
{
    enum ks_rc rc;

    compare->visitor = visitor;
    compare->compared = compare->told = 0;
    rc = compare_trees(compare, tree, parents, count, 0, err);
    if (compare->done.len > 0)
        ks_map_release(&compare->done);
    if (compare->keys.chunks != NULL)
        ks_arena_release(&compare->keys);
    return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
}
