/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each thing wanted has a number; so has each different set of numbered things
 * under names that some tree holds. What a tree holds follows from its base and
 * from its own new entries. Whenever a tree's number changes, the trees in
 * which it is a new entry are looked at again, until nothing changes: as often
 * as trees lie within each other.
 */
#include "git/tree_search.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "git/keys.h"
#include "git/tree_log_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    WANTED_MAX = 4096, /* above, hardly any tree is without one */
    ROUNDS_MAX = 4096, /* trees within each other */
};

/* Something that a tree holds: the entry's place, name and number. */
struct held {
    uint64_t name;
    uint32_t number;
    uint32_t entry;
};

/* What a tree holds, in the order of its entries. */
struct holding {
    struct held *items;
    uint32_t count;
    uint32_t number; /* of the set; 0: empty */
};

KS_VEC(held_list, struct held);

struct ks_tree_search {
    const struct ks_tree_log *log;
    uint32_t *part_first; /* number of each part's first tree among all */
    uint32_t tree_count;
    uint32_t *derived_first, *derived; /* trees whose base is a tree */
    struct ks_keys numbers;            /* of blobs and trees */
    struct ks_keys names;              /* of wanted entries */
    struct ks_keys changed;            /* keys whose number changed */
    struct holding *holdings;          /* of each tree */
    struct ks_map sets;                /* number of a set by its contents */
    uint32_t next_number;
    struct ks_arena arena;
    struct held_list list;      /* of the tree at hand */
    KS_VEC(, uint64_t) content; /* the same without places */
    KS_VEC(, uint32_t) stack;   /* trees to look at */
};

static const struct ks_tree_noted *noted(const struct ks_tree_search *search,
                                         uint32_t tree, unsigned *part)
{
    unsigned at = 0;

    while (tree >= search->part_first[at + 1])
        at++;
    *part = at;
    return &search->log->parts[at].trees.items[tree - search->part_first[at]];
}

/* The number of a tree's base among all, or UINT32_MAX. */
static uint32_t base_of(const struct ks_tree_search *search,
                        const struct ks_tree_noted *tree)
{
    return tree->base_part == UINT32_MAX
               ? UINT32_MAX
               : search->part_first[tree->base_part] + tree->base;
}

static enum ks_rc number_trees(struct ks_tree_search *search,
                               struct ks_err *err)
{
    const struct ks_tree_log *log = search->log;
    size_t count = 0;

    search->part_first =
        calloc(log->part_count + 1U, sizeof(*search->part_first));
    if (search->part_first == NULL)
        return ks_fail_memory(err);
    for (unsigned i = 0; i < log->part_count; i++) {
        search->part_first[i] = (uint32_t)count;
        count += log->parts[i].trees.len;
    }
    if (count >= UINT32_MAX)
        return KS_ELIMIT;
    search->part_first[log->part_count] = (uint32_t)count;
    search->tree_count = (uint32_t)count;
    search->holdings = calloc(count + 1, sizeof(*search->holdings));
    search->derived_first = calloc(count + 2, sizeof(*search->derived_first));
    search->derived = calloc(count + 1, sizeof(*search->derived));
    return search->holdings == NULL || search->derived_first == NULL ||
                   search->derived == NULL
               ? ks_fail_memory(err)
               : KS_OK;
}

/* Lists for each tree those that are made of it. */
static void find_derived(struct ks_tree_search *search)
{
    const struct ks_tree_log *log = search->log;
    uint32_t *first = search->derived_first;

    for (int fill = 0; fill < 2; fill++) {
        uint32_t tree = 0;

        for (unsigned p = 0; p < log->part_count; p++)
            for (size_t i = 0; i < log->parts[p].trees.len; i++, tree++) {
                uint32_t base = base_of(search, &log->parts[p].trees.items[i]);

                if (base == UINT32_MAX)
                    continue;
                if (fill)
                    search->derived[first[base + 1]++] = tree;
                else
                    first[base + 2]++;
            }
        /* Counts two places ahead become, while filling, the offsets. */
        for (uint32_t i = 2; !fill && i < search->tree_count + 2; i++)
            first[i] += first[i - 1];
    }
}

static bool add_held(struct ks_tree_search *search, uint32_t entry,
                     uint64_t name, uint32_t number)
{
    struct held held = {name, number, entry};

    return number == 0 || KS_VEC_PUSH(&search->list, held);
}

/* What the tree has from its base. */
static bool add_carried(struct ks_tree_search *search,
                        const struct holding *base,
                        const struct ks_tree_run *run, uint32_t entry)
{
    uint32_t from = 0, to = base->count;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (base->items[middle].entry < run->from)
            from = middle + 1;
        else
            to = middle;
    }
    for (;
         from < base->count && base->items[from].entry < run->from + run->count;
         from++)
        if (!add_held(search, entry + base->items[from].entry - run->from,
                      base->items[from].name, base->items[from].number))
            return false;
    return true;
}

static bool add_new(struct ks_tree_search *search,
                    const struct ks_tree_part *part, uint32_t at,
                    uint32_t entry)
{
    uint64_t name = part->names.items[at];

    return add_held(search, entry, name,
                    ks_keys_get(&search->numbers, part->keys.items[at])) &&
           add_held(search, entry, name, ks_keys_get(&search->names, name));
}

/* Makes the list of what a tree holds. */
static bool list_tree(struct ks_tree_search *search, uint32_t number)
{
    static const struct holding nothing = {0};
    unsigned p;
    const struct ks_tree_noted *tree = noted(search, number, &p);
    const struct ks_tree_part *part = &search->log->parts[p];
    uint32_t at = number - search->part_first[p];
    uint32_t base = base_of(search, tree);
    uint32_t entry = 0, fresh = tree->first_new;

    search->list.len = 0;
    for (uint32_t r = tree->first_run; r < ks_tree_part_runs_end(part, at);
         r++) {
        const struct ks_tree_run *run = &part->runs.items[r];

        if (!run->fresh &&
            !add_carried(
                search, base == UINT32_MAX ? &nothing : &search->holdings[base],
                run, entry))
            return false;
        for (uint32_t i = 0; run->fresh && i < run->count; i++)
            if (!add_new(search, part, fresh++, entry + i))
                return false;
        entry += run->count;
    }
    return true;
}

/* The number of the set in `list`; 0 for none, UINT32_MAX without memory. */
static uint32_t number_of_set(struct ks_tree_search *search)
{
    struct ks_span content;
    size_t *number;
    char *copy;

    if (search->list.len == 0)
        return 0;
    search->content.len = 0;
    for (size_t i = 0; i < search->list.len; i++)
        if (!KS_VEC_PUSH(&search->content, search->list.items[i].name) ||
            !KS_VEC_PUSH(&search->content, search->list.items[i].number))
            return UINT32_MAX;
    content =
        (struct ks_span){(const uint8_t *)search->content.items,
                         search->content.len * sizeof(*search->content.items)};
    number = NULL;
    if (ks_map_get(&search->sets, content, 0) == 0) {
        copy = ks_arena_text(&search->arena, content);
        if (copy == NULL)
            return UINT32_MAX;
        content.ptr = (const uint8_t *)copy;
    }
    number = ks_map_put(&search->sets, content, 0);
    if (number == NULL)
        return UINT32_MAX;
    if (*number == 0)
        *number = search->next_number++;
    return (uint32_t)*number;
}

static bool same_list(const struct ks_tree_search *search,
                      const struct holding *holding)
{
    for (size_t i = 0; i < search->list.len && i < holding->count; i++)
        if (search->list.items[i].number != holding->items[i].number ||
            search->list.items[i].entry != holding->items[i].entry ||
            search->list.items[i].name != holding->items[i].name)
            return false;
    return search->list.len == holding->count;
}

/* Keeps `list` as what the tree holds. False without memory. */
static bool keep_list(struct ks_tree_search *search, struct holding *holding)
{
    size_t size = search->list.len * sizeof(*search->list.items);

    holding->count = (uint32_t)search->list.len;
    holding->items = NULL;
    if (size == 0)
        return true;
    holding->items = ks_arena_alloc(&search->arena, size);
    if (holding->items == NULL)
        return false;
    memcpy(holding->items, search->list.items, size);
    return true;
}

/* Looks at one tree again; what is made of it follows if it changed. */
static enum ks_rc look(struct ks_tree_search *search, uint32_t number)
{
    struct holding *holding = &search->holdings[number];
    uint32_t set;
    unsigned part;

    if (!list_tree(search, number))
        return KS_ENOMEM;
    if (same_list(search, holding))
        return KS_OK;
    set = number_of_set(search);
    if (set == UINT32_MAX || !keep_list(search, holding))
        return KS_ENOMEM;
    if (set != holding->number) {
        uint64_t key = noted(search, number, &part)->key;

        holding->number = set;
        if (!ks_keys_put(&search->numbers, key, set) ||
            !ks_keys_put(&search->changed, key, 1))
            return KS_ENOMEM;
    }
    for (uint32_t i = search->derived_first[number];
         i < search->derived_first[number + 1]; i++)
        if (!KS_VEC_PUSH(&search->stack, search->derived[i]))
            return KS_ENOMEM;
    return KS_OK;
}

/* The tree of the part that has the new entry. */
static uint32_t owner_of(const struct ks_tree_part *part, size_t entry)
{
    size_t from = 0, to = part->trees.len;

    while (to - from > 1) {
        size_t middle = from + (to - from) / 2;

        if (part->trees.items[middle].first_new <= entry)
            from = middle;
        else
            to = middle;
    }
    return (uint32_t)from;
}

/* Puts the trees on the stack in which something changed is a new entry. */
static enum ks_rc find_changed(struct ks_tree_search *search, bool names)
{
    for (unsigned p = search->log->part_count; p-- > 0;) {
        const struct ks_tree_part *part = &search->log->parts[p];

        for (size_t i = part->keys.len; i-- > 0;)
            if ((ks_keys_get(&search->changed, part->keys.items[i]) != 0 ||
                 (names &&
                  ks_keys_get(&search->names, part->names.items[i]) != 0)) &&
                !KS_VEC_PUSH(&search->stack,
                             search->part_first[p] + owner_of(part, i)))
                return KS_ENOMEM;
    }
    return KS_OK;
}

static enum ks_rc run(struct ks_tree_search *search)
{
    enum ks_rc rc = KS_OK;

    for (unsigned round = 0; rc == KS_OK; round++) {
        if (round == ROUNDS_MAX)
            return KS_ELIMIT;
        rc = find_changed(search, round == 0 && search->names.len > 0);
        if (rc != KS_OK || search->stack.len == 0)
            return rc;
        ks_keys_clear(&search->changed);
        while (rc == KS_OK && search->stack.len > 0)
            rc = look(search, search->stack.items[--search->stack.len]);
    }
    return rc;
}

/* Gives numbers to what is wanted. */
static bool number_wanted(struct ks_tree_search *search,
                          const struct ks_tree_wanted *wanted)
{
    search->next_number = 1;
    if (!ks_keys_init(&search->numbers) || !ks_keys_init(&search->names) ||
        !ks_keys_init(&search->changed))
        return false;
    for (uint32_t i = 0; i < wanted->blobs->len; i++) {
        uint64_t key =
            ks_tree_log_key(search->log, ks_oids_at(wanted->blobs, i));

        if (!ks_keys_put(&search->numbers, key, search->next_number++) ||
            !ks_keys_put(&search->changed, key, 1))
            return false;
    }
    for (size_t i = 0; i < wanted->name_count; i++)
        if (!ks_keys_put(&search->names,
                         ks_tree_log_name(search->log, wanted->names[i]),
                         search->next_number++))
            return false;
    return true;
}

enum ks_rc ks_tree_search_new(struct ks_tree_search **out,
                              const struct ks_tree_log *log,
                              const struct ks_tree_wanted *wanted,
                              struct ks_err *err)
{
    struct ks_tree_search *search;
    enum ks_rc rc;

    if (atomic_load(&log->given_up) ||
        wanted->blobs->len + wanted->name_count > WANTED_MAX)
        return KS_ELIMIT;
    search = calloc(1, sizeof(*search));
    if (search == NULL)
        return ks_fail_memory(err);
    search->log = log;
    rc = number_trees(search, err);
    if (rc == KS_OK)
        find_derived(search);
    if (rc == KS_OK && !number_wanted(search, wanted))
        rc = KS_ENOMEM;
    if (rc == KS_OK)
        rc = run(search);
    if (rc != KS_OK) {
        ks_tree_search_free(search);
        return rc == KS_ENOMEM ? ks_fail_memory(err) : rc;
    }
    *out = search;
    return KS_OK;
}

void ks_tree_search_free(struct ks_tree_search *search)
{
    if (search == NULL)
        return;
    free(search->part_first);
    free(search->derived_first);
    free(search->derived);
    ks_keys_release(&search->numbers);
    ks_keys_release(&search->names);
    ks_keys_release(&search->changed);
    free(search->holdings);
    ks_map_release(&search->sets);
    ks_arena_release(&search->arena);
    KS_VEC_RELEASE(&search->list);
    KS_VEC_RELEASE(&search->content);
    KS_VEC_RELEASE(&search->stack);
    free(search);
}

uint32_t ks_tree_search_holds(const struct ks_tree_search *search,
                              const uint8_t *tree)
{
    return ks_keys_get(&search->numbers, ks_tree_log_key(search->log, tree));
}
