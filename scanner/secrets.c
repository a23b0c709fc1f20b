/* SPDX-License-Identifier: Apache-2.0 */
/* secrets.c: the leaks of all workers, each secret once. */
#include "scanner/making.h"

#include <stdlib.h>
#include <string.h>

struct leak_ref {
    const struct ks_leak *leak;
    uint8_t id[KS_LEAK_ID];
    uint32_t reference;
};

static bool same_secret(const struct leak_ref *a, const struct leak_ref *b)
{
    return a->leak->rule == b->leak->rule &&
           memcmp(a->id, b->id, KS_LEAK_ID) == 0;
}

static int compare_facts(const struct ks_proof_facts *a,
                         const struct ks_proof_facts *b)
{
    if (a == NULL || b == NULL)
        return (a == NULL) - (b == NULL);
    if (a->len != b->len)
        return a->len > b->len ? -1 : 1;
    for (size_t i = 0; i < a->len; i++) {
        int order = strcmp(a->items[i].value, b->items[i].value);

        if (order != 0)
            return order;
    }
    return 0;
}

/*
 * By rule and secret; of equals the strongest proof comes first, and one whose
 * bytes are known before one that is recalled.
 */
static int by_secret(const void *a, const void *b)
{
    const struct ks_leak *x = ((const struct leak_ref *)a)->leak;
    const struct ks_leak *y = ((const struct leak_ref *)b)->leak;
    int order;

    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    order = memcmp(((const struct leak_ref *)a)->id,
                   ((const struct leak_ref *)b)->id, KS_LEAK_ID);
    if (order != 0)
        return order;
    if (x->proof != y->proof)
        return x->proof > y->proof ? -1 : 1;
    order = compare_facts(x->facts, y->facts);
    return order != 0 ? order : (x->id != NULL) - (y->id != NULL);
}

/* A secret of these leaks, of which the first tells most. */
static struct ks_secret secret_of_refs(const struct leak_ref *refs,
                                       size_t count)
{
    struct ks_secret secret = {.leak = refs->leak, .text = refs->leak->secret};

    memcpy(secret.id, refs->id, KS_LEAK_ID);
    for (size_t i = 0; i < count; i++)
        if (refs[i].leak->id == NULL)
            secret.text = refs[i].leak->secret;
    return secret;
}

static bool number_secrets(struct ks_making *m, struct leak_ref *refs,
                           size_t len)
{
    size_t end;

    if (len > 0)
        qsort(refs, len, sizeof(*refs), by_secret);
    for (size_t i = 0; i < len; i = end) {
        for (end = i + 1; end < len && same_secret(&refs[i], &refs[end]);)
            end++;
        if (!KS_VEC_PUSH(&m->secrets, secret_of_refs(&refs[i], end - i)))
            return false;
        for (size_t j = i; j < end; j++)
            m->secret_of[refs[j].reference >> KS_LEAK_WORKER_SHIFT]
                        [refs[j].reference & KS_LEAK_INDEX_MASK] =
                (uint32_t)(m->secrets.len - 1);
    }
    return true;
}

/* Gives every leak of every worker the number of its secret. */
bool ks_making_unite(struct ks_making *m)
{
    const struct ks_collector *c = m->collector;
    struct leak_ref *refs;
    size_t total = 0, len = 0;
    bool memory;

    for (unsigned w = 0; w < c->options.workers; w++)
        total += c->harvests[w].scan.detector.leaks.items.len;
    refs = calloc(total + 1, sizeof(*refs));
    m->secret_of = calloc(c->options.workers, sizeof(*m->secret_of));
    if (refs == NULL || m->secret_of == NULL) {
        free(refs);
        return false;
    }
    for (unsigned w = 0; w < c->options.workers; w++) {
        const struct ks_leak_vec *leaks =
            &c->harvests[w].scan.detector.leaks.items;

        m->secret_of[w] = calloc(leaks->len + 1, sizeof(**m->secret_of));
        if (m->secret_of[w] == NULL) {
            free(refs);
            return false;
        }
        for (size_t i = 0; i < leaks->len; i++) {
            const struct ks_leak *leak = &leaks->items[i];
            struct leak_ref *ref = &refs[len++];

            ref->leak = leak;
            ref->reference =
                (uint32_t)(w << KS_LEAK_WORKER_SHIFT | (unsigned)i);
            ks_leak_id(ref->id, leak,
                       ks_making_rules(m)->rules[leak->rule]->id);
        }
    }
    memory = number_secrets(m, refs, len);
    free(refs);
    return memory;
}

uint32_t ks_making_secret(const struct ks_making *m, uint32_t reference)
{
    return m->secret_of[reference >> KS_LEAK_WORKER_SHIFT]
                       [reference & KS_LEAK_INDEX_MASK];
}
