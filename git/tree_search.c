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
#include "base/map.h"
#include "git/tree_log_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    WANTED_MAX = 4096, /* above, hardly any tree is without one */
    ROUNDS_MAX = 4096, /* trees within each other */
    DUE_BITS = 64,
};

/* Something that a tree holds: the entry's place, name and number. */
struct held {
    uint32_t name;
    uint32_t number;
    uint32_t entry;
};

/* What a tree holds, in the order of its entries. */
struct holding {
    struct held *items;
    uint32_t count, room;
    uint32_t number; /* of the set; 0: empty */
};

KS_VEC(held_list, struct held);

/* A tree's new entry that is a tree, or wanted: most are neither. */
struct candidate {
    uint32_t tree;
    uint32_t at; /* among the tree's new entries */
    struct ks_tree_ids ids;
};

struct ks_tree_search {
    const struct ks_tree_log *log;
    uint32_t *part_first; /* number of each part's first tree among all */
    uint32_t tree_count;
    uint32_t *derived_first, *derived; /* trees whose base is a tree */
    struct candidate *candidates;      /* in order of tree and place */
    uint32_t *first_candidate;         /* of each tree; the last is the end */
    uint32_t *numbers;                 /* of blobs and trees, by object */
    uint32_t *names;                   /* of wanted entries, by name */
    uint8_t *known;                    /* a bit for each object with one */
    uint8_t *changed;                  /* a bit for each object */
    KS_VEC(, uint32_t) changes;        /* whose number changed */
    struct holding *holdings;          /* of each tree */
    struct ks_map sets;                /* number of a set by its contents */
    uint32_t next_number;
    struct ks_arena arena;
    struct held_list list;      /* of the tree at hand */
    KS_VEC(, uint32_t) content; /* the same without places */
    uint64_t *due;              /* a bit for each tree to be looked at */
    bool any_due;
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
    search->due = calloc(count / DUE_BITS + 1, sizeof(*search->due));
    search->derived_first = calloc(count + 2, sizeof(*search->derived_first));
    search->derived = calloc(count + 1, sizeof(*search->derived));
    return search->holdings == NULL || search->due == NULL ||
                   search->derived_first == NULL || search->derived == NULL
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

/* Bitmaps stay in a processor's cache, and few bits are set. */
static inline bool has_bit(const struct ks_tree_search *search,
                           const uint8_t *bits, uint32_t object)
{
    return object < search->log->numbers->count &&
           (bits[object / 8] >> object % 8 & 1) != 0;
}

static bool add_held(struct ks_tree_search *search, uint32_t entry,
                     uint32_t name, uint32_t number)
{
    struct held held = {name, number, entry};

    return KS_VEC_PUSH(&search->list, held);
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

static bool add_new(struct ks_tree_search *search, struct ks_tree_ids ids,
                    uint32_t entry)
{
    if (has_bit(search, search->known, ids.object) &&
        search->numbers[ids.object] != 0 &&
        !add_held(search, entry, ids.name, search->numbers[ids.object]))
        return false;
    return search->names == NULL || search->names[ids.name] == 0 ||
           add_held(search, entry, ids.name, search->names[ids.name]);
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
    uint32_t entry = 0, fresh = 0;
    uint32_t next = search->first_candidate[number];

    search->list.len = 0;
    for (uint32_t r = tree->first_run; r < ks_tree_part_runs_end(part, at);
         r++) {
        const struct ks_tree_run *run = &part->runs.items[r];

        if (!run->fresh &&
            !add_carried(
                search, base == UINT32_MAX ? &nothing : &search->holdings[base],
                run, entry))
            return false;
        fresh += run->fresh ? run->count : 0;
        for (; run->fresh && next < search->first_candidate[number + 1] &&
               search->candidates[next].at < fresh;
             next++) {
            const struct candidate *new = &search->candidates[next];

            if (!add_new(search, new->ids,
                         entry + run->count - fresh + new->at))
                return false;
        }
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
    if (holding->room < holding->count) {
        holding->items = ks_arena_alloc(&search->arena, size);
        if (holding->items == NULL)
            return false;
        holding->room = holding->count;
    }
    if (size > 0)
        memcpy(holding->items, search->list.items, size);
    return true;
}

/* Sets the number of an object. False without memory. */
static bool set_number(struct ks_tree_search *search, uint32_t object,
                       uint32_t number)
{
    search->numbers[object] = number;
    search->known[object / 8] |= (uint8_t)(1U << object % 8);
    search->changed[object / 8] |= (uint8_t)(1U << object % 8);
    return KS_VEC_PUSH(&search->changes, object);
}

static void forget_changes(struct ks_tree_search *search)
{
    for (size_t i = 0; i < search->changes.len; i++)
        search->changed[search->changes.items[i] / 8] = 0;
    search->changes.len = 0;
}

static void set_due(struct ks_tree_search *search, uint32_t tree)
{
    search->due[tree / DUE_BITS] |= (uint64_t)1 << tree % DUE_BITS;
    search->any_due = true;
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
        uint32_t object = noted(search, number, &part)->object;

        holding->number = set;
        if (object < search->log->numbers->count &&
            !set_number(search, object, set))
            return KS_ENOMEM;
    }
    for (uint32_t i = search->derived_first[number];
         i < search->derived_first[number + 1]; i++)
        set_due(search, search->derived[i]);
    return KS_OK;
}

/*
 * Looks at the trees that are due, in order: most are noted behind their base,
 * so that one look is enough where both have changed.
 */
static enum ks_rc look_at_due(struct ks_tree_search *search)
{
    while (search->any_due) {
        search->any_due = false;
        for (uint32_t word = 0; word <= search->tree_count / DUE_BITS; word++)
            while (search->due[word] != 0) {
                unsigned bit = (unsigned)__builtin_ctzll(search->due[word]);
                enum ks_rc rc;

                search->due[word] &= search->due[word] - 1;
                rc = look(search, word * DUE_BITS + bit);
                if (rc != KS_OK)
                    return rc;
            }
    }
    return KS_OK;
}

/* Whether the number of an entry's object changed, or its name is wanted. */
static inline bool is_changed(const struct ks_tree_search *search,
                              struct ks_tree_ids ids, bool names)
{
    return has_bit(search, search->changed, ids.object) ||
           (names && search->names[ids.name] != 0);
}

/* Finds the trees in which something changed is a new entry. */
static void find_changed(struct ks_tree_search *search, bool names)
{
    for (size_t i = search->first_candidate[search->tree_count]; i-- > 0;) {
        const struct candidate *new = &search->candidates[i];

        if (is_changed(search, new->ids, names))
            set_due(search, new->tree);
    }
}

static enum ks_rc run(struct ks_tree_search *search)
{
    enum ks_rc rc = KS_OK;

    for (unsigned round = 0; rc == KS_OK; round++) {
        if (round == ROUNDS_MAX)
            return KS_ELIMIT;
        find_changed(search, round == 0 && search->names != NULL);
        if (!search->any_due)
            return KS_OK;
        forget_changes(search);
        rc = look_at_due(search);
    }
    return rc;
}

/* Gives numbers to what is wanted. */
static bool number_wanted(struct ks_tree_search *search,
                          const struct ks_tree_wanted *wanted)
{
    const struct ks_numbers *numbers = search->log->numbers;
    struct ks_names *names = search->log->names;

    search->next_number = 1;
    search->numbers = calloc(numbers->count + 1U, sizeof(*search->numbers));
    search->known = calloc(numbers->count / 8 + 1, 1);
    search->changed = calloc(numbers->count / 8 + 1, 1);
    if (wanted->name_count > 0)
        search->names = calloc(ks_names_end(names) + 1U, sizeof(uint32_t));
    if (search->numbers == NULL || search->known == NULL ||
        search->changed == NULL ||
        (wanted->name_count > 0 && search->names == NULL))
        return false;
    for (uint32_t i = 0; i < wanted->blobs->len; i++) {
        uint32_t object =
            ks_numbers_find(numbers, ks_oids_at(wanted->blobs, i));

        if (object != KS_NUMBER_MISSING &&
            !set_number(search, object, search->next_number++))
            return false;
    }
    for (size_t i = 0; i < wanted->name_count; i++) {
        uint32_t name = ks_names_find(names, wanted->names[i]);

        if (name != KS_NAME_NONE)
            search->names[name] = search->next_number++;
    }
    return true;
}

static bool is_candidate(const struct ks_tree_search *search,
                         const uint8_t *trees, struct ks_tree_ids ids)
{
    return has_bit(search, trees, ids.object) ||
           has_bit(search, search->known, ids.object) ||
           (search->names != NULL && search->names[ids.name] != 0);
}

/* Counts or, once there is room, lists the candidates of all trees. */
static uint32_t gather_candidates(struct ks_tree_search *search,
                                  const uint8_t *trees)
{
    const struct ks_tree_log *log = search->log;
    uint32_t tree = 0, count = 0;

    for (unsigned p = 0; p < log->part_count; p++) {
        const struct ks_tree_part *part = &log->parts[p];

        for (uint32_t i = 0; i < part->trees.len; i++, tree++) {
            uint32_t from = part->trees.items[i].first_new;

            search->first_candidate[tree] = count;
            for (uint32_t e = from; e < ks_tree_part_new_end(part, i); e++) {
                struct ks_tree_ids ids = part->entries.items[e];

                if (!is_candidate(search, trees, ids))
                    continue;
                if (search->candidates != NULL)
                    search->candidates[count] =
                        (struct candidate){tree, e - from, ids};
                count++;
            }
        }
    }
    search->first_candidate[tree] = count;
    return count;
}

/* Lists the new entries that may hold something, once wanted ones are known. */
static bool find_candidates(struct ks_tree_search *search)
{
    const struct ks_tree_log *log = search->log;
    uint8_t *trees = calloc(log->numbers->count / 8 + 1, 1);

    search->first_candidate =
        calloc(search->tree_count + 1U, sizeof(*search->first_candidate));
    if (trees == NULL || search->first_candidate == NULL) {
        free(trees);
        return false;
    }
    for (unsigned p = 0; p < log->part_count; p++)
        for (size_t i = 0; i < log->parts[p].trees.len; i++) {
            uint32_t object = log->parts[p].trees.items[i].object;

            if (object < log->numbers->count)
                trees[object / 8] |= (uint8_t)(1U << object % 8);
        }
    search->candidates = calloc(gather_candidates(search, trees) + 1U,
                                sizeof(*search->candidates));
    if (search->candidates != NULL)
        (void)gather_candidates(search, trees);
    free(trees);
    return search->candidates != NULL;
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
    if (rc == KS_OK &&
        (!number_wanted(search, wanted) || !find_candidates(search)))
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
    free(search->candidates);
    free(search->first_candidate);
    free(search->numbers);
    free(search->names);
    free(search->known);
    free(search->changed);
    KS_VEC_RELEASE(&search->changes);
    free(search->holdings);
    ks_map_release(&search->sets);
    ks_arena_release(&search->arena);
    KS_VEC_RELEASE(&search->list);
    KS_VEC_RELEASE(&search->content);
    free(search->due);
    free(search);
}

uint32_t ks_tree_search_holds(const struct ks_tree_search *search,
                              const uint8_t *tree)
{
    uint32_t object = ks_numbers_find(search->log->numbers, tree);

    return object == KS_NUMBER_MISSING ? 0 : search->numbers[object];
}
