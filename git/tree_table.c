/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_table.h"

#include <stdlib.h>

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
