/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_reach.h"

#include "git/tree_log_parts.h"

#include <stdlib.h>

enum { DEPTH_MAX = 8192 }; /* deltas of deltas; git makes 4095 at most */

struct ks_tree_reach {
    const struct ks_tree_log *log;
    uint32_t *part_first; /* number of each part's first tree */
    uint32_t *trees;      /* 1 + number of a tree, by object */
    uint8_t *reached;     /* of each object, trees and blobs */
    uint8_t *names;       /* of each name: an entry's that was reached */
    uint8_t *done; /* of each tree: its entries are reached, or will be */
    bool lacks;    /* something is missing */
    KS_VEC(, uint32_t) next;    /* trees to look into */
    KS_VEC(, uint32_t) waiting; /* trees whose base is not done yet */
};

/* A tree and the part that it is noted in. */
struct found {
    const struct ks_tree_part *part;
    const struct ks_tree_noted *tree;
    uint32_t at; /* in the part */
};

static struct found find(const struct ks_tree_reach *reach, uint32_t number)
{
    struct found found = {.part = reach->log->parts};
    unsigned part = 0;

    while (number >= reach->part_first[part + 1])
        part++;
    found.part += part;
    found.at = number - reach->part_first[part];
    found.tree = &found.part->trees.items[found.at];
    return found;
}

static enum ks_rc index_trees(struct ks_tree_reach *reach, struct ks_err *err)
{
    const struct ks_tree_log *log = reach->log;
    size_t count = 0;

    reach->part_first =
        calloc(log->part_count + 1U, sizeof(*reach->part_first));
    reach->trees = calloc(log->numbers->count + 1U, sizeof(*reach->trees));
    reach->reached = calloc(log->numbers->count + 1U, 1);
    reach->names = calloc(ks_names_end(log->names) + 1U, 1);
    if (reach->part_first == NULL || reach->trees == NULL ||
        reach->reached == NULL || reach->names == NULL)
        return ks_fail_memory(err);
    for (unsigned p = 0; p < log->part_count; p++) {
        reach->part_first[p] = (uint32_t)count;
        for (size_t i = 0; i < log->parts[p].trees.len; i++) {
            uint32_t object = log->parts[p].trees.items[i].object;

            count++;
            if (object < log->numbers->count)
                reach->trees[object] = (uint32_t)count;
        }
    }
    if (count >= UINT32_MAX)
        return KS_ELIMIT;
    reach->part_first[log->part_count] = (uint32_t)count;
    reach->done = calloc(count + 1, 1);
    return reach->done == NULL ? ks_fail_memory(err) : KS_OK;
}

enum ks_rc ks_tree_reach_new(struct ks_tree_reach **out,
                             const struct ks_tree_log *log, struct ks_err *err)
{
    struct ks_tree_reach *reach;
    enum ks_rc rc;

    if (atomic_load(&log->given_up))
        return KS_ELIMIT;
    reach = calloc(1, sizeof(*reach));
    if (reach == NULL)
        return ks_fail_memory(err);
    reach->log = log;
    rc = index_trees(reach, err);
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
    free(reach->part_first);
    free(reach->done);
    free(reach->trees);
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

    if (object >= reach->log->numbers->count) {
        reach->lacks |= object == KS_NUMBER_MISSING;
        return true;
    }
    if (reach->reached[object])
        return true;
    reach->reached[object] = 1;
    tree = reach->trees[object];
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

static uint32_t base_of(const struct ks_tree_reach *reach,
                        const struct ks_tree_noted *tree)
{
    return tree->base_part == UINT32_MAX
               ? UINT32_MAX
               : reach->part_first[tree->base_part] + tree->base;
}

/*
 * Reaches the tree's entries [from, to). What it has from a base that is done
 * is reached with that; else it is followed to the base. False without memory
 * or above DEPTH_MAX.
 */
static bool take_entries(struct ks_tree_reach *reach, uint32_t number,
                         uint32_t from, uint32_t to, unsigned depth)
{
    struct found found = find(reach, number);
    uint32_t entry = 0, fresh = found.tree->first_new;
    uint32_t base = base_of(reach, found.tree);

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
        struct found found = find(reach, number);
        uint32_t first = found.tree->first_new;
        uint32_t base = base_of(reach, found.tree);

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
        uint32_t base = base_of(reach, find(reach, number).tree);

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
    uint32_t number = ks_names_find(reach->log->names, name);

    return number != KS_NAME_NONE && reach->names[number] != 0;
}
