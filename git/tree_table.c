/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_table.h"

#include <stdlib.h>

enum { DEPTH_MAX = 8192 }; /* deltas of deltas; git makes 4095 at most */

enum ks_rc ks_tree_table_init(struct ks_tree_table *table,
                              const struct ks_tree_log *log, struct ks_err *err)
{
    size_t count = 0;

    *table = (struct ks_tree_table){.log = log};
    if (atomic_load(&log->given_up))
        return KS_ELIMIT;
    table->first = calloc(log->part_count + 1U, sizeof(*table->first));
    table->of_object =
        calloc(log->numbers->count + 1U, sizeof(*table->of_object));
    if (table->first == NULL || table->of_object == NULL)
        return ks_fail_memory(err);
    for (unsigned p = 0; p < log->part_count; p++) {
        table->first[p] = (uint32_t)count;
        if (count + log->parts[p].trees.len >= UINT32_MAX)
            return KS_ELIMIT;
        for (size_t i = 0; i < log->parts[p].trees.len; i++) {
            uint32_t object = log->parts[p].trees.items[i].object;

            count++;
            if (object < log->numbers->count)
                table->of_object[object] = (uint32_t)count;
        }
    }
    table->first[log->part_count] = table->count = (uint32_t)count;
    return KS_OK;
}

void ks_tree_table_release(struct ks_tree_table *table)
{
    free(table->first);
    free(table->of_object);
    *table = (struct ks_tree_table){.log = NULL};
}

struct ks_tree_found ks_tree_table_get(const struct ks_tree_table *table,
                                       uint32_t number)
{
    struct ks_tree_found found = {.part = table->log->parts};
    unsigned part = 0;

    while (number >= table->first[part + 1])
        part++;
    found.part += part;
    found.at = number - table->first[part];
    found.tree = &found.part->trees.items[found.at];
    return found;
}

/* A listing of entries; `entry` is the next one of the tree that was asked. */
struct listing {
    const struct ks_tree_table *table;
    ks_tree_entries_fn *take;
    void *ctx;
    uint32_t entry;
};

/* Lists the entries [from, to) of a tree. */
static bool list_range(struct listing *listing, uint32_t number, uint32_t from,
                       uint32_t to, unsigned depth)
{
    struct ks_tree_found found = ks_tree_table_get(listing->table, number);
    const struct ks_tree_run *run =
        &found.part->runs.items[found.tree->first_run];
    const struct ks_tree_run *end =
        found.part->runs.items + ks_tree_part_runs_end(found.part, found.at);
    const struct ks_tree_ids *fresh =
        found.part->entries.items + found.tree->first_new;
    uint32_t base = ks_tree_table_base(listing->table, found.tree);
    uint32_t entry = 0;

    if (depth >= DEPTH_MAX)
        return false;
    for (; run < end && entry < to; entry += run->count, run++) {
        uint32_t low = from > entry ? from - entry : 0;
        uint32_t high = to - entry < run->count ? to - entry : run->count;
        bool taken = true;

        if (low < high && run->fresh) {
            taken = listing->take(listing->ctx, listing->entry, fresh + low,
                                  high - low);
            listing->entry += high - low;
        } else if (low < high && base != UINT32_MAX) {
            taken = list_range(listing, base, run->from + low, run->from + high,
                               depth + 1);
        }
        if (!taken)
            return false;
        fresh += run->fresh ? run->count : 0;
    }
    return true;
}

bool ks_tree_table_list(const struct ks_tree_table *table, uint32_t number,
                        ks_tree_entries_fn *take, void *ctx)
{
    struct listing listing = {.table = table, .take = take, .ctx = ctx};

    return list_range(&listing, number, 0, UINT32_MAX, 0);
}
