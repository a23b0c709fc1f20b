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

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { LOOKED = 1, NUMBERED = 2 };

struct ks_tree_search {
    struct ks_tree_table table;
    struct ks_tree_interest interest;
    uint32_t *numbers; /* of blobs and trees, by object; blobs': 1 + index */
    uint32_t *names;   /* of wanted entries, by name; or NULL */

    /* Only while it is made. */
    struct ks_tree_lists *lists;
    uint8_t *state; /* of each tree */
    KS_VEC(, uint32_t) stack;
    KS_VEC(, uint32_t) content; /* what a set consists of */
    struct ks_map sets;         /* number of a set by the digest of that */
    struct ks_arena digests;
    uint64_t seeds[2];
    uint32_t next_number;
};

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
                              const struct ks_tree_items *list)
{
    uint32_t objects = search->table.log->numbers->count;
    uint32_t object = ks_tree_table_get(&search->table, tree).tree->object;
    const struct ks_tree_item *items = list->items;
    uint32_t number;

    search->state[tree] |= NUMBERED;
    search->content.len = 0;
    for (size_t i = 0; i < list->len; i++)
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
                              const struct ks_tree_items *list)
{
    for (size_t i = 0; i < list->len; i++) {
        uint32_t tree;

        if (!ks_tree_search_has_tree(search, list->items[i].object))
            continue;
        tree = search->table.of_object[list->items[i].object] - 1;
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
static enum ks_rc number_from(struct ks_tree_search *search, uint32_t tree)
{
    enum ks_rc rc = KS_VEC_PUSH(&search->stack, tree) ? KS_OK : KS_ENOMEM;

    while (rc == KS_OK && search->stack.len > 0) {
        uint32_t at = search->stack.items[search->stack.len - 1];
        size_t before = search->stack.len;
        const struct ks_tree_items *list;

        if ((search->state[at] & NUMBERED) != 0) {
            search->stack.len--;
            continue;
        }
        search->state[at] |= LOOKED;
        list = ks_tree_lists_get(search->lists, at);
        rc = list == NULL ? KS_ENOMEM : push_within(search, list);
        if (rc == KS_OK && search->stack.len == before) {
            rc = number_tree(search, at, list);
            search->stack.len--;
        }
    }
    return rc;
}

static enum ks_rc number_trees(struct ks_tree_search *search,
                               struct ks_err *err)
{
    enum ks_rc rc = ks_tree_search_lists(&search->lists, search, err);

    search->state = calloc(search->table.count + 1U, 1);
    if (search->state == NULL)
        return KS_ENOMEM;
    if (getrandom(search->seeds, sizeof(search->seeds), GRND_NONBLOCK) < 0)
        search->seeds[0] = (uintptr_t)search;
    for (uint32_t i = 0; rc == KS_OK && i < search->table.count; i++)
        if (ks_tree_interest_bit(search->interest.trees, i) &&
            (search->state[i] & NUMBERED) == 0)
            rc = number_from(search, i);
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
    enum ks_rc rc = atomic_load(&log->unordered)
                        ? KS_ELIMIT
                        : ks_tree_table_init(&search->table, log, err);

    if (rc == KS_OK && !number_wanted(search, wanted))
        rc = KS_ENOMEM;
    if (rc == KS_OK)
        rc = ks_tree_interest_find(&search->interest, &search->table,
                                   search->names, err);
    return rc == KS_OK ? number_trees(search, err) : rc;
}

/* Forgets what is of use only while it is made. */
static void finish(struct ks_tree_search *search)
{
    ks_tree_lists_free(search->lists);
    free(search->state);
    search->lists = NULL;
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
    free(search);
}

uint32_t ks_tree_search_holds(const struct ks_tree_search *search,
                              uint32_t tree)
{
    return tree < search->table.log->numbers->count ? search->numbers[tree] : 0;
}

bool ks_tree_search_compares(const struct ks_tree_search *search)
{
    return search->names == NULL && !ks_tree_log_is_doubtful(search->table.log);
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

enum ks_rc ks_tree_search_lists(struct ks_tree_lists **out,
                                const struct ks_tree_search *search,
                                struct ks_err *err)
{
    return ks_tree_lists_new(out, &search->table, &search->interest,
                             search->names, err);
}

bool ks_tree_search_list(struct ks_tree_items *out,
                         const struct ks_tree_search *search,
                         struct ks_tree_lists *lists, uint32_t tree)
{
    const struct ks_tree_items *list;
    size_t size;

    *out = (struct ks_tree_items){NULL, 0, 0};
    if (!ks_tree_search_has_tree(search, tree))
        return true;
    list = ks_tree_lists_get(lists, search->table.of_object[tree] - 1);
    size = list == NULL ? 0 : list->len * sizeof(*list->items);
    if (size == 0)
        return list != NULL;
    out->items = malloc(size);
    if (out->items == NULL)
        return false;
    memcpy(out->items, list->items, size);
    out->len = out->room = list->len;
    return true;
}

const struct ks_tree_log *
ks_tree_search_log(const struct ks_tree_search *search)
{
    return search->table.log;
}
