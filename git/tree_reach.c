/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_reach.h"

#include "git/tree_table.h"

#include <stdlib.h>

enum { DEPTH_MAX = 8192 }; /* deltas of deltas; git makes 4095 at most */

struct ks_tree_reach {
    struct ks_tree_table table;
    uint8_t *reached; /* of each object, trees and blobs */
    uint8_t *names;   /* of each name: an entry's that was reached */
    uint8_t *done;    /* of each tree: its entries are reached, or will be */
    bool lacks;       /* something is missing */
    KS_VEC(, uint32_t) next;    /* trees to look into */
    KS_VEC(, uint32_t) waiting; /* trees whose base is not done yet */
};

static enum ks_rc allocate(struct ks_tree_reach *reach,
                           const struct ks_tree_log *log, struct ks_err *err)
{
    enum ks_rc rc = ks_tree_table_init(&reach->table, log, err);

    if (rc != KS_OK)
        return rc;
    reach->reached = calloc(log->numbers->count + 1U, 1);
    reach->names = calloc(ks_names_end(log->names) + 1U, 1);
    reach->done = calloc(reach->table.count + 1U, 1);
    return reach->reached == NULL || reach->names == NULL || reach->done == NULL
               ? ks_fail_memory(err)
               : KS_OK;
}

enum ks_rc ks_tree_reach_new(struct ks_tree_reach **out,
                             const struct ks_tree_log *log, struct ks_err *err)
{
    struct ks_tree_reach *reach = calloc(1, sizeof(*reach));
    enum ks_rc rc;

    if (reach == NULL)
        return ks_fail_memory(err);
    rc = allocate(reach, log, err);
    if (rc != KS_OK) {
        ks_tree_reach_free(reach);
        return rc;
    }
    *out = reach;
    return KS_OK;
}

void ks_tree_reach_free(struct ks_tree_reach *reach)
{
    if (reach == NULL)
        return;
    ks_tree_table_release(&reach->table);
    free(reach->done);
    free(reach->reached);
    free(reach->names);
    KS_VEC_RELEASE(&reach->next);
    KS_VEC_RELEASE(&reach->waiting);
    free(reach);
}

/* Reaches an object; a tree is to be looked into. False without memory. */
static bool take(struct ks_tree_reach *reach, uint32_t object)
{
    uint32_t tree;

    if (object >= reach->table.log->numbers->count) {
        reach->lacks |= object == KS_NUMBER_MISSING;
        return true;
    }
    if (reach->reached[object])
        return true;
    reach->reached[object] = 1;
    tree = reach->table.of_object[object];
    return tree == 0 || KS_VEC_PUSH(&reach->next, tree - 1);
}

static bool take_fresh(struct ks_tree_reach *reach,
                       const struct ks_tree_part *part, uint32_t from,
                       uint32_t count)
{
    for (uint32_t i = from; i < from + count; i++) {
        reach->names[part->entries.items[i].name] = 1;
        if (!take(reach, part->entries.items[i].object))
            return false;
    }
    return true;
}

/*
 * Reaches the tree's entries [from, to). What it has from a base that is done
 * is reached with that; else it is followed to the base. False without memory
 * or above DEPTH_MAX.
 */
static bool take_entries(struct ks_tree_reach *reach, uint32_t number,
                         uint32_t from, uint32_t to, unsigned depth)
{
    struct ks_tree_found found = ks_tree_table_get(&reach->table, number);
    uint32_t entry = 0, fresh = found.tree->first_new;
    uint32_t base = ks_tree_table_base(&reach->table, found.tree);

    for (uint32_t r = found.tree->first_run;
         r < ks_tree_part_runs_end(found.part, found.at) && entry < to; r++) {
        const struct ks_tree_run *run = &found.part->runs.items[r];
        uint32_t low = from > entry ? from - entry : 0;
        uint32_t high = to - entry < run->count ? to - entry : run->count;
        bool taken = depth < DEPTH_MAX;

        if (taken && low < high && run->fresh)
            taken = take_fresh(reach, found.part, fresh + low, high - low);
        else if (taken && low < high && base != UINT32_MAX &&
                 !reach->done[base])
            taken = take_entries(reach, base, run->from + low, run->from + high,
                                 depth + 1);
        if (!taken)
            return false;
        fresh += run->fresh ? run->count : 0;
        entry += run->count;
    }
    return true;
}

/*
 * Looks into the trees that were reached: at their own entries only, for the
 * base of most will be reached as well, sooner or later.
 */
static enum ks_rc look(struct ks_tree_reach *reach, struct ks_err *err)
{
    while (reach->next.len > 0) {
        uint32_t number = reach->next.items[--reach->next.len];
        struct ks_tree_found found = ks_tree_table_get(&reach->table, number);
        uint32_t first = found.tree->first_new;
        uint32_t base = ks_tree_table_base(&reach->table, found.tree);

        reach->done[number] = 1;
        if (!take_fresh(reach, found.part, first,
                        ks_tree_part_new_end(found.part, found.at) - first) ||
            (base != UINT32_MAX && !reach->done[base] &&
             !KS_VEC_PUSH(&reach->waiting, number)))
            return ks_fail_memory(err);
    }
    return KS_OK;
}

enum ks_rc ks_tree_reach_add(struct ks_tree_reach *reach, uint32_t object,
                             struct ks_err *err)
{
    if (!take(reach, object))
        return ks_fail_memory(err);
    return look(reach, err);
}

enum ks_rc ks_tree_reach_finish(struct ks_tree_reach *reach, struct ks_err *err)
{
    enum ks_rc rc = look(reach, err);

    while (rc == KS_OK && reach->waiting.len > 0) {
        uint32_t number = reach->waiting.items[--reach->waiting.len];
        uint32_t base = ks_tree_table_base(
            &reach->table, ks_tree_table_get(&reach->table, number).tree);

        if (reach->done[base])
            continue;
        if (!take_entries(reach, number, 0, UINT32_MAX, 0))
            return ks_fail(err, KS_ELIMIT, "trees are deltas of deltas");
        rc = look(reach, err);
    }
    return rc;
}

bool ks_tree_reach_lacks(const struct ks_tree_reach *reach)
{
    return reach->lacks;
}

bool ks_tree_reach_has(const struct ks_tree_reach *reach, uint32_t object)
{
    return reach->reached[object] != 0;
}

bool ks_tree_reach_has_name(const struct ks_tree_reach *reach,
                            struct ks_span name)
{
    uint32_t number = ks_names_find(reach->table.log->names, name);

    return number != KS_NAME_NONE && reach->names[number] != 0;
}
