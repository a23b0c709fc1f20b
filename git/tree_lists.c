/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_lists.h"

#include <stdlib.h>

enum {
    SLOTS = 8192,
    ITEMS_MAX = 4 * 1024 * 1024, /* that are kept in all */
};

/* A list that is kept. */
struct slot {
    uint32_t tree; /* UINT32_MAX: empty */
    struct ks_tree_items items;
};

struct ks_tree_lists {
    const struct ks_tree_table *table;
    const struct ks_tree_interest *interest;
    const uint32_t *names;
    struct slot slots[SLOTS];
    size_t kept;               /* items in the slots */
    struct ks_tree_items next; /* the list that is being made */
    KS_VEC(, uint32_t) chain;  /* trees whose lists are to be made */
};

enum ks_rc ks_tree_lists_new(struct ks_tree_lists **out,
                             const struct ks_tree_table *table,
                             const struct ks_tree_interest *interest,
                             const uint32_t *names, struct ks_err *err)
{
    struct ks_tree_lists *lists = calloc(1, sizeof(*lists));

    if (lists == NULL)
        return ks_fail_memory(err);
    lists->table = table;
    lists->interest = interest;
    lists->names = names;
    for (size_t i = 0; i < SLOTS; i++)
        lists->slots[i].tree = UINT32_MAX;
    *out = lists;
    return KS_OK;
}

void ks_tree_lists_free(struct ks_tree_lists *lists)
{
    if (lists == NULL)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        KS_VEC_RELEASE(&lists->slots[i].items);
    KS_VEC_RELEASE(&lists->next);
    KS_VEC_RELEASE(&lists->chain);
    free(lists);
}

static struct slot *slot_of(struct ks_tree_lists *lists, uint32_t tree)
{
    return &lists->slots[tree % SLOTS];
}

/* Whether an entry belongs into its tree's list. */
static bool is_item(const struct ks_tree_lists *lists, struct ks_tree_ids ids)
{
    return (ids.object < lists->table->log->numbers->count &&
            ks_tree_interest_bit(lists->interest->objects, ids.object)) ||
           (lists->names != NULL && lists->names[ids.name] != 0);
}

/* Adds what a tree has from its base, whose list is given. */
static bool add_carried(struct ks_tree_lists *lists,
                        const struct ks_tree_items *base,
                        const struct ks_tree_run *run, uint32_t entry)
{
    size_t from = 0, to = base->len;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (base->items[middle].entry < run->from)
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < base->len; from++) {
        struct ks_tree_item item = base->items[from];

        if (item.entry >= run->from + run->count)
            break;
        item.entry = entry + item.entry - run->from;
        if (!KS_VEC_PUSH(&lists->next, item))
            return false;
    }
    return true;
}

/* Makes `next` the list of a tree; `base` is its base's, if that has one. */
static bool make(struct ks_tree_lists *lists, uint32_t tree,
                 const struct ks_tree_items *base)
{
    struct ks_tree_found found = ks_tree_table_get(lists->table, tree);
    const struct ks_tree_interest *interest = lists->interest;
    uint32_t next = interest->first_candidate[tree];
    uint32_t end = interest->first_candidate[tree + 1];
    uint32_t entry = 0, fresh = 0;

    lists->next.len = 0;
    for (uint32_t r = found.tree->first_run;
         r < ks_tree_part_runs_end(found.part, found.at); r++) {
        const struct ks_tree_run *run = &found.part->runs.items[r];

        if (!run->fresh && base != NULL &&
            !add_carried(lists, base, run, entry))
            return false;
        fresh += run->fresh ? run->count : 0;
        for (;
             run->fresh && next < end && interest->candidates[next].at < fresh;
             next++) {
            const struct ks_tree_candidate *new = &interest->candidates[next];
            struct ks_tree_item item = {new->ids.name, new->ids.object,
                                        entry + run->count - fresh + new->at};

            if (is_item(lists, new->ids) && !KS_VEC_PUSH(&lists->next, item))
                return false;
        }
        entry += run->count;
    }
    return true;
}

/* Keeps the list in `next`; too many others are forgotten. */
static const struct ks_tree_items *keep(struct ks_tree_lists *lists,
                                        uint32_t tree)
{
    struct slot *slot = slot_of(lists, tree);
    struct ks_tree_items before = slot->items;

    if (lists->kept + lists->next.len > ITEMS_MAX) {
        for (size_t i = 0; i < SLOTS; i++) {
            KS_VEC_RELEASE(&lists->slots[i].items);
            lists->slots[i].tree = UINT32_MAX;
        }
        lists->kept = 0;
        before = slot->items;
    }
    lists->kept += lists->next.len - before.len;
    slot->tree = tree;
    slot->items = lists->next;
    lists->next = before;
    lists->next.len = 0;
    return &slot->items;
}

/*
 * Puts a tree and those of its bases on the chain whose lists are to be made
 * first; returns the base behind them, UINT32_MAX if it holds nothing.
 */
static bool find_chain(struct ks_tree_lists *lists, uint32_t tree,
                       uint32_t *base)
{
    lists->chain.len = 0;
    while (tree != UINT32_MAX && slot_of(lists, tree)->tree != tree) {
        if (!ks_tree_interest_bit(lists->interest->trees, tree)) {
            tree = UINT32_MAX;
            break;
        }
        if (!KS_VEC_PUSH(&lists->chain, tree))
            return false;
        tree = ks_tree_table_base(lists->table,
                                  ks_tree_table_get(lists->table, tree).tree);
    }
    *base = tree;
    return true;
}

const struct ks_tree_items *ks_tree_lists_get(struct ks_tree_lists *lists,
                                              uint32_t tree)
{
    static const struct ks_tree_items nothing = {NULL, 0, 0};
    const struct ks_tree_items *items = NULL;
    uint32_t base;

    if (!find_chain(lists, tree, &base))
        return NULL;
    if (base != UINT32_MAX)
        items = &slot_of(lists, base)->items;
    while (lists->chain.len > 0) {
        uint32_t next = lists->chain.items[--lists->chain.len];

        if (!make(lists, next, items))
            return NULL;
        items = keep(lists, next);
    }
    return items == NULL ? &nothing : items;
}
