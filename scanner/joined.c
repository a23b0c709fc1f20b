/* SPDX-License-Identifier: Apache-2.0 */
/* joined.c: the parts of findings. */
#include "base/hash.h"
#include "scanner/making.h"

#include <stdlib.h>
#include <string.h>

static int by_rule_and_id(const void *a, const void *b)
{
    const struct ks_finding *x = a, *y = b;
    int order = strcmp(x->rule->id, y->rule->id);

    return order != 0 ? order : strcmp(x->id, y->id);
}

struct joined {
    uint32_t secret, part, slot;
};

KS_VEC(joined_vec, struct joined);

static int by_owner(const void *a, const void *b)
{
    const struct joined *x = a, *y = b;

    if (x->secret != y->secret)
        return x->secret < y->secret ? -1 : 1;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return (x->part > y->part) - (x->part < y->part);
}

/* A finding for a secret that is only told of as a part. */
static const struct ks_finding *part_finding(const struct ks_making *m,
                                             uint32_t number)
{
    const struct ks_secret *secret = &m->secrets.items[number];
    const struct ks_leak *leak = secret->leak;
    struct ks_finding *part = ks_arena_alloc(m->arena, sizeof(*part));

    if (part == NULL)
        return NULL;
    *part = (struct ks_finding){
        .rule = ks_making_rules(m)->rules[leak->rule],
        .severity = ks_making_rules(m)->rules[leak->rule]->severity,
        .proof = leak->proof,
        .secret = secret->text,
        .entropy_milli = leak->entropy_milli,
    };
    ks_hex(part->id, secret->id, KS_LEAK_ID);
    return ks_making_facts(part, m->arena, leak->facts) ? part : NULL;
}

static bool attach_parts(struct ks_making *m, struct ks_finding *finding,
                         const struct joined *first, size_t count)
{
    const struct ks_finding **parts =
        ks_arena_alloc(m->arena, count * sizeof(*parts));
    size_t len = 0;

    if (parts == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && first[i].part == first[i - 1].part &&
            first[i].slot == first[i - 1].slot)
            continue;
        parts[len] = part_finding(m, first[i].part);
        if (parts[len++] == NULL)
            return false;
    }
    finding->parts = parts;
    finding->part_count = len;
    return true;
}

/* How the secret of a pair stands to a finding; secrets are in order. */
static int order_to_finding(const struct ks_making *m,
                            const struct joined *pair,
                            const struct ks_finding *finding)
{
    const struct ks_secret *secret = &m->secrets.items[pair->secret];
    size_t rule = ks_ruleset_index(ks_making_rules(m), finding->rule->id);
    char id[KS_FINDING_ID];

    if (secret->leak->rule != rule)
        return secret->leak->rule < rule ? -1 : 1;
    ks_hex(id, secret->id, KS_LEAK_ID);
    return strcmp(id, finding->id);
}

static bool join_finding(struct ks_making *m, struct ks_finding *finding,
                         const struct joined_vec *all)
{
    size_t low = 0, high = all->len, end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (order_to_finding(m, &all->items[middle], finding) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low;
         end < all->len && order_to_finding(m, &all->items[end], finding) == 0;)
        end++;
    return end == low || attach_parts(m, finding, &all->items[low], end - low);
}

bool ks_making_join(struct ks_making *m)
{
    struct joined_vec all = {0};
    bool memory = true;

    if (m->findings.len > 0)
        qsort(m->findings.items, m->findings.len, sizeof(*m->findings.items),
              by_rule_and_id);
    for (unsigned w = 0; w < m->collector->options.workers; w++) {
        const struct ks_pairings *pairs = &m->collector->harvests[w].pairings;

        for (size_t i = 0; i < pairs->len && memory; i++)
            memory = KS_VEC_PUSH(
                &all, (struct joined){ks_making_secret(m, pairs->items[i].leak),
                                      ks_making_secret(m, pairs->items[i].part),
                                      pairs->items[i].slot});
    }
    if (memory && all.len > 0)
        qsort(all.items, all.len, sizeof(*all.items), by_owner);
    for (size_t i = 0; i < m->findings.len && memory && all.len > 0; i++)
        memory = join_finding(m, &m->findings.items[i], &all);
    KS_VEC_RELEASE(&all);
    return memory;
}
