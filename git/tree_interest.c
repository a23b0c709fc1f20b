/* SPDX-License-Identifier: Apache-2.0 */
#include "git/tree_interest.h"

#include <stdlib.h>

enum { ROUNDS_MAX = 4096 }; /* trees within each other */

/* What is at hand while candidates are looked for. */
struct finding {
    struct ks_tree_interest *interest;
    const struct ks_tree_table *table;
    const uint32_t *names;
    size_t count; /* candidates so far */
};

static void set_bit(uint8_t *bits, uint32_t at)
{
    bits[at / 8] |= (uint8_t)(1U << at % 8);
}

static void set_tree(const struct finding *finding, uint32_t tree,
                     uint32_t object)
{
    set_bit(finding->interest->trees, tree);
    if (object < finding->table->log->numbers->count)
        set_bit(finding->interest->objects, object);
}

/* Lists a tree's candidates, and sees whether one of them is wanted itself. */
static void find_in_tree(struct finding *finding, const uint8_t *noted,
                         struct ks_tree_found found, uint32_t number)
{
    const struct ks_tree_interest *interest = finding->interest;
    uint32_t objects = finding->table->log->numbers->count;
    uint32_t from = found.tree->first_new;
    uint32_t end = ks_tree_part_new_end(found.part, found.at);
    bool has = false;

    for (uint32_t e = from; e < end; e++) {
        struct ks_tree_ids ids = found.part->entries.items[e];
        bool wanted = (ids.object < objects &&
                       ks_tree_interest_bit(interest->objects, ids.object)) ||
                      (finding->names != NULL && finding->names[ids.name] != 0);

        if (!wanted &&
            !(ids.object < objects && ks_tree_interest_bit(noted, ids.object)))
            continue;
        has = has || wanted;
        interest->candidates[finding->count++] =
            (struct ks_tree_candidate){e - from, ids};
    }
    if (has)
        set_bit(interest->trees, number);
}

static enum ks_rc find_candidates(struct finding *finding, struct ks_err *err)
{
    const struct ks_tree_table *table = finding->table;
    const struct ks_tree_log *log = table->log;
    struct ks_tree_interest *interest = finding->interest;
    uint8_t *noted = calloc(log->numbers->count / 8 + 1, 1);
    struct ks_tree_candidate *fitting;
    size_t entries = 0;

    for (unsigned p = 0; p < log->part_count; p++)
        entries += log->parts[p].entries.len;
    interest->candidates = malloc((entries + 1) * sizeof(*fitting));
    if (noted == NULL || interest->candidates == NULL) {
        free(noted);
        return ks_fail_memory(err);
    }
    for (uint32_t i = 0; i < log->numbers->count; i++)
        if (table->of_object[i] != 0)
            set_bit(noted, i);
    for (uint32_t tree = 0; tree < table->count; tree++) {
        interest->first_candidate[tree] = (uint32_t)finding->count;
        find_in_tree(finding, noted, ks_tree_table_get(table, tree), tree);
    }
    interest->first_candidate[table->count] = (uint32_t)finding->count;
    free(noted);
    fitting =
        realloc(interest->candidates, (finding->count + 1) * sizeof(*fitting));
    if (fitting != NULL)
        interest->candidates = fitting;
    return KS_OK;
}

/* Whether a tree may hold something by what is known of others. */
static bool may_hold(const struct finding *finding, uint32_t tree,
                     uint32_t base)
{
    const struct ks_tree_interest *interest = finding->interest;
    uint32_t objects = finding->table->log->numbers->count;

    if (base != UINT32_MAX && ks_tree_interest_bit(interest->trees, base))
        return true;
    for (uint32_t c = interest->first_candidate[tree];
         c < interest->first_candidate[tree + 1]; c++) {
        uint32_t object = interest->candidates[c].ids.object;

        if (object < objects && ks_tree_interest_bit(interest->objects, object))
            return true;
    }
    return false;
}

/* Looks at all trees once more; whether any was added. */
static bool spread(const struct finding *finding)
{
    const struct ks_tree_table *table = finding->table;
    bool any = false;

    for (uint32_t tree = 0; tree < table->count; tree++) {
        const struct ks_tree_noted *noted;

        if (ks_tree_interest_bit(finding->interest->trees, tree))
            continue;
        noted = ks_tree_table_get(table, tree).tree;
        if (!may_hold(finding, tree, ks_tree_table_base(table, noted)))
            continue;
        set_tree(finding, tree, noted->object);
        any = true;
    }
    return any;
}

enum ks_rc ks_tree_interest_find(struct ks_tree_interest *interest,
                                 const struct ks_tree_table *table,
                                 const uint32_t *names, struct ks_err *err)
{
    struct finding finding = {
        .interest = interest, .table = table, .names = names};
    enum ks_rc rc;

    interest->trees = calloc(table->count / 8 + 1, 1);
    interest->first_candidate =
        calloc(table->count + 1U, sizeof(*interest->first_candidate));
    if (interest->trees == NULL || interest->first_candidate == NULL)
        return ks_fail_memory(err);
    rc = find_candidates(&finding, err);
    if (rc != KS_OK)
        return rc;
    for (uint32_t tree = 0; tree < table->count; tree++)
        if (ks_tree_interest_bit(interest->trees, tree))
            set_tree(&finding, tree,
                     ks_tree_table_get(table, tree).tree->object);
    for (unsigned round = 0; spread(&finding); round++)
        if (round == ROUNDS_MAX)
            return KS_ELIMIT;
    return KS_OK;
}

void ks_tree_interest_release(struct ks_tree_interest *interest)
{
    free(interest->objects);
    free(interest->trees);
    free(interest->candidates);
    free(interest->first_candidate);
    *interest = (struct ks_tree_interest){.objects = NULL};
}
