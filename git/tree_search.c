/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each thing wanted has a number; so has each different set of numbered things
 * under names that some tree holds. A tree's list of items follows from its
 * base's list and its own new entries; its number from the numbers of its
 * items, so a tree is numbered behind the trees within it.
 */
#include "git/tree_search.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "git/tree_interest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Lists that are kept; others are made again when they are asked for. */
static const size_t items_max = (size_t)64 << 20;

enum { LOOKED = 1, NUMBERED = 2 };

struct list {
    uint32_t at; /* in `items`; UINT32_MAX: not kept */
    uint32_t count;
};

struct ks_tree_search {
    struct ks_tree_table table;
    struct ks_tree_interest interest;
    uint32_t *numbers; /* of blobs and trees, by object; blobs': 1 + index */
    uint32_t *names;   /* of wanted entries, by name; or NULL */
    struct list *lists;
    struct ks_tree_items items; /* of all lists that are kept */

    /* Only while it is made. */
    uint8_t *state; /* of each tree */
    KS_VEC(, uint32_t) stack;
    KS_VEC(, uint32_t) content; /* what a set consists of */
    struct ks_map sets;         /* number of a set by the digest of that */
    struct ks_arena digests;
    uint64_t seeds[2];
    uint32_t next_number;
};

static bool has_bit(const struct ks_tree_search *search, const uint8_t *bits,
                    uint32_t object)
{
    return object < search->table.log->numbers->count &&
           ks_tree_interest_bit(bits, object);
}

/* Whether an entry is an item of its tree's list. */
static bool is_item(const struct ks_tree_search *search, struct ks_tree_ids ids)
{
    return has_bit(search, search->interest.objects, ids.object) ||
           (search->names != NULL && search->names[ids.name] != 0);
}

static bool add_item(struct ks_tree_items *items, struct ks_tree_ids ids,
                     uint32_t entry)
{
    return KS_VEC_PUSH(items,
                       (struct ks_tree_item){ids.name, ids.object, entry});
}

/* Lists. */

/* Adds what a tree has from its base. */
static bool add_carried(struct ks_tree_items *items, struct list base,
                        const struct ks_tree_run *run, uint32_t entry)
{
    uint32_t from = 0, to = base.count;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;

        if (items->items[base.at + middle].entry < run->from)
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < base.count; from++) {
        struct ks_tree_item item = items->items[base.at + from];

        if (item.entry >= run->from + run->count)
            break;
        item.entry = entry + item.entry - run->from;
        if (!KS_VEC_PUSH(items, item))
            return false;
    }
    return true;
}

/* Makes the list of a tree whose base's list is kept. */
static bool make_list(struct ks_tree_search *search, uint32_t number)
{
    struct ks_tree_found found = ks_tree_table_get(&search->table, number);
    const struct ks_tree_interest *interest = &search->interest;
    uint32_t base = ks_tree_table_base(&search->table, found.tree);
    struct list from = {0};
    uint32_t entry = 0, fresh = 0, next = interest->first_candidate[number];

    if (base != UINT32_MAX && search->lists[base].at != UINT32_MAX)
        from = search->lists[base];
    search->lists[number].at = (uint32_t)search->items.len;
    for (uint32_t r = found.tree->first_run;
         r < ks_tree_part_runs_end(found.part, found.at); r++) {
        const struct ks_tree_run *run = &found.part->runs.items[r];

        if (!run->fresh && from.count > 0 &&
            !add_carried(&search->items, from, run, entry))
            return false;
        fresh += run->fresh ? run->count : 0;
        for (; run->fresh && next < interest->first_candidate[number + 1] &&
               interest->candidates[next].at < fresh;
             next++) {
            const struct ks_tree_candidate *new = &interest->candidates[next];

            if (is_item(search, new->ids) &&
                !add_item(&search->items, new->ids,
                          entry + run->count - fresh + new->at))
                return false;
        }
        entry += run->count;
    }
    search->lists[number].count =
        (uint32_t)(search->items.len - search->lists[number].at);
    return true;
}

static bool has_room(const struct ks_tree_search *search)
{
    return search->items.len < items_max / sizeof(*search->items.items);
}

/* Makes a tree's list, after those of its bases that are not made yet. */
static bool make_lists_to(struct ks_tree_search *search, uint32_t number)
{
    const struct ks_tree_table *table = &search->table;

    while (number != UINT32_MAX && search->lists[number].at == UINT32_MAX &&
           ks_tree_interest_bit(search->interest.trees, number)) {
        if (!KS_VEC_PUSH(&search->stack, number))
            return false;
        number =
            ks_tree_table_base(table, ks_tree_table_get(table, number).tree);
    }
    while (search->stack.len > 0 && has_room(search))
        if (!make_list(search, search->stack.items[--search->stack.len]))
            return false;
    search->stack.len = 0;
    return true;
}

/* Keeps as many lists as there is room for. */
static bool make_lists(struct ks_tree_search *search)
{
    search->lists = malloc((search->table.count + 1U) * sizeof(*search->lists));
    if (search->lists == NULL)
        return false;
    memset(search->lists, 0xff,
           (search->table.count + 1U) * sizeof(*search->lists));
    for (uint32_t i = 0; i < search->table.count && has_room(search); i++)
        if (ks_tree_interest_bit(search->interest.trees, i) &&
            !make_lists_to(search, i))
            return false;
    return true;
}

/* A listing that goes through all entries. */
struct listing {
    const struct ks_tree_search *search;
    struct ks_tree_items *items;
    bool failed;
};

static bool take_entries(void *ctx, uint32_t first,
                         const struct ks_tree_ids *entries, uint32_t count)
{
    struct listing *listing = ctx;

    for (uint32_t i = 0; i < count && !listing->failed; i++)
        listing->failed = is_item(listing->search, entries[i]) &&
                          !add_item(listing->items, entries[i], first + i);
    return !listing->failed;
}

/* KS_ELIMIT if bases lie too deep. */
static enum ks_rc list_tree(const struct ks_tree_item **out, size_t *count,
                            const struct ks_tree_search *search, uint32_t tree,
                            struct ks_tree_items *memory)
{
    struct listing listing = {.search = search, .items = memory};

    *count = 0;
    if (!ks_tree_interest_bit(search->interest.trees, tree))
        return KS_OK;
    if (search->lists[tree].at != UINT32_MAX) {
        *out = search->items.items + search->lists[tree].at;
        *count = search->lists[tree].count;
        return KS_OK;
    }
    memory->len = 0;
    if (!ks_tree_table_list(&search->table, tree, take_entries, &listing))
        return listing.failed ? KS_ENOMEM : KS_ELIMIT;
    *out = memory->items;
    *count = memory->len;
    return KS_OK;
}

/* Numbers. */

/*
 * The number of the set in `content`; 0 without memory. Sets are told apart by
 * 128 bits of a hash whose seeds nobody can know beforehand.
 */
static uint32_t number_of_set(struct ks_tree_search *search)
{
    struct ks_span content = {(const uint8_t *)search->content.items,
                              search->content.len *
                                  sizeof(*search->content.items)};
    uint64_t *digest = ks_arena_alloc(&search->digests, sizeof(search->seeds));
    size_t *number;

    if (digest == NULL)
        return 0;
    for (int i = 0; i < 2; i++)
        digest[i] = ks_hash64(content, search->seeds[i]);
    number = ks_map_put(
        &search->sets,
        (struct ks_span){(const uint8_t *)digest, sizeof(search->seeds)}, 0);
    if (number == NULL)
        return 0;
    if (*number == 0)
        *number = search->next_number++;
    return (uint32_t)*number;
}

static bool add_content(struct ks_tree_search *search, uint32_t name,
                        uint32_t number)
{
    return number == 0 || (KS_VEC_PUSH(&search->content, name) &&
                           KS_VEC_PUSH(&search->content, number));
}

/* Numbers a tree whose items are numbered. */
static enum ks_rc number_tree(struct ks_tree_search *search, uint32_t tree,
                              const struct ks_tree_item *items, size_t count)
{
    uint32_t objects = search->table.log->numbers->count;
    uint32_t object = ks_tree_table_get(&search->table, tree).tree->object;
    uint32_t number;

    search->state[tree] |= NUMBERED;
    search->content.len = 0;
    for (size_t i = 0; i < count; i++)
        if ((items[i].object < objects &&
             !add_content(search, items[i].name,
                          search->numbers[items[i].object])) ||
            (search->names != NULL &&
             !add_content(search, items[i].name, search->names[items[i].name])))
            return KS_ENOMEM;
    if (search->content.len == 0 || object >= objects)
        return KS_OK;
    number = number_of_set(search);
    search->numbers[object] = number;
    return number == 0 ? KS_ENOMEM : KS_OK;
}

/* Puts those of the items on the stack that are trees without a number. */
static enum ks_rc push_within(struct ks_tree_search *search,
                              const struct ks_tree_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t tree;

        if (!ks_tree_search_has_tree(search, items[i].object))
            continue;
        tree = search->table.of_object[items[i].object] - 1;
        if ((search->state[tree] & NUMBERED) != 0)
            continue;
        /* Somebody made a hash collide: the tree would be within itself. */
        if ((search->state[tree] & LOOKED) != 0)
            return KS_ELIMIT;
        if (!KS_VEC_PUSH(&search->stack, tree))
            return KS_ENOMEM;
    }
    return KS_OK;
}

/* Numbers a tree and all trees within it. */
static enum ks_rc number_from(struct ks_tree_search *search, uint32_t tree,
                              struct ks_tree_items *memory)
{
    enum ks_rc rc = KS_VEC_PUSH(&search->stack, tree) ? KS_OK : KS_ENOMEM;

    while (rc == KS_OK && search->stack.len > 0) {
        uint32_t at = search->stack.items[search->stack.len - 1];
        size_t before = search->stack.len, count = 0;
        const struct ks_tree_item *items = NULL;

        if ((search->state[at] & NUMBERED) != 0) {
            search->stack.len--;
            continue;
        }
        search->state[at] |= LOOKED;
        rc = list_tree(&items, &count, search, at, memory);
        if (rc == KS_OK)
            rc = push_within(search, items, count);
        if (rc == KS_OK && search->stack.len == before) {
            rc = number_tree(search, at, items, count);
            search->stack.len--;
        }
    }
    return rc;
}

static enum ks_rc number_trees(struct ks_tree_search *search)
{
    struct ks_tree_items memory = {0};
    enum ks_rc rc = KS_OK;

    search->state = calloc(search->table.count + 1U, 1);
    if (search->state == NULL)
        return KS_ENOMEM;
    if (getrandom(search->seeds, sizeof(search->seeds), GRND_NONBLOCK) < 0)
        search->seeds[0] = (uintptr_t)search;
    for (uint32_t i = 0; rc == KS_OK && i < search->table.count; i++)
        if (ks_tree_interest_bit(search->interest.trees, i) &&
            (search->state[i] & NUMBERED) == 0)
            rc = number_from(search, i, &memory);
    KS_VEC_RELEASE(&memory);
    return rc;
}

/* The search. */

/* Gives numbers to what is wanted. */
static bool number_wanted(struct ks_tree_search *search,
                          const struct ks_tree_wanted *wanted)
{
    const struct ks_numbers *numbers = search->table.log->numbers;
    struct ks_names *names = search->table.log->names;

    search->numbers = calloc(numbers->count + 1U, sizeof(*search->numbers));
    search->interest.objects = calloc(numbers->count / 8 + 1, 1);
    if (wanted->name_count > 0)
        search->names = calloc(ks_names_end(names) + 1U, sizeof(uint32_t));
    if (search->numbers == NULL || search->interest.objects == NULL ||
        (wanted->name_count > 0 && search->names == NULL))
        return false;
    for (uint32_t i = 0; i < wanted->blobs->len; i++) {
        uint32_t object =
            ks_numbers_find(numbers, ks_oids_at(wanted->blobs, i));

        if (object == KS_NUMBER_MISSING)
            continue;
        search->numbers[object] = 1 + i;
        search->interest.objects[object / 8] |= (uint8_t)(1U << object % 8);
    }
    search->next_number = 1 + (uint32_t)wanted->blobs->len;
    for (size_t i = 0; i < wanted->name_count; i++) {
        uint32_t name = ks_names_find(names, wanted->names[i]);

        if (name != KS_NAME_NONE)
            search->names[name] = search->next_number++;
    }
    return true;
}

static enum ks_rc make(struct ks_tree_search *search,
                       const struct ks_tree_log *log,
                       const struct ks_tree_wanted *wanted, struct ks_err *err)
{
    enum ks_rc rc = ks_tree_table_init(&search->table, log, err);

    if (rc == KS_OK && !number_wanted(search, wanted))
        rc = KS_ENOMEM;
    if (rc == KS_OK)
        rc = ks_tree_interest_find(&search->interest, &search->table,
                                   search->names, err);
    if (rc == KS_OK && !make_lists(search))
        rc = KS_ENOMEM;
    return rc == KS_OK ? number_trees(search) : rc;
}

/* Forgets what is of use only while it is made. */
static void finish(struct ks_tree_search *search)
{
    free(search->state);
    search->state = NULL;
    KS_VEC_RELEASE(&search->stack);
    KS_VEC_RELEASE(&search->content);
    ks_map_release(&search->sets);
    ks_arena_release(&search->digests);
}

enum ks_rc ks_tree_search_new(struct ks_tree_search **out,
                              const struct ks_tree_log *log,
                              const struct ks_tree_wanted *wanted,
                              struct ks_err *err)
{
    struct ks_tree_search *search = calloc(1, sizeof(*search));
    enum ks_rc rc;

    if (search == NULL)
        return ks_fail_memory(err);
    rc = make(search, log, wanted, err);
    finish(search);
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
    ks_tree_table_release(&search->table);
    ks_tree_interest_release(&search->interest);
    free(search->numbers);
    free(search->names);
    free(search->lists);
    KS_VEC_RELEASE(&search->items);
    free(search);
}

uint32_t ks_tree_search_holds(const struct ks_tree_search *search,
                              uint32_t tree)
{
    return tree < search->table.log->numbers->count ? search->numbers[tree] : 0;
}

bool ks_tree_search_compares(const struct ks_tree_search *search)
{
    return search->names == NULL && ks_tree_log_is_regular(search->table.log);
}

bool ks_tree_search_has_tree(const struct ks_tree_search *search,
                             uint32_t object)
{
    return object < search->table.log->numbers->count &&
           search->table.of_object[object] != 0;
}

uint32_t ks_tree_search_blob(const struct ks_tree_search *search,
                             uint32_t object)
{
    return !ks_tree_search_has_tree(search, object) &&
                   ks_tree_search_holds(search, object) != 0
               ? search->numbers[object] - 1
               : KS_OIDS_NONE;
}

bool ks_tree_search_list(const struct ks_tree_item **out, size_t *count,
                         const struct ks_tree_search *search, uint32_t tree,
                         struct ks_tree_items *memory)
{
    *count = 0;
    return !ks_tree_search_has_tree(search, tree) ||
           list_tree(out, count, search, search->table.of_object[tree] - 1,
                     memory) == KS_OK;
}

const struct ks_tree_log *
ks_tree_search_log(const struct ks_tree_search *search)
{
    return search->table.log;
}
