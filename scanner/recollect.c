/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/recollect.h"

#include "base/record.h"
#include "scanner/occurrence.h"

#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1, NONE = UINT32_MAX };

/* Writing. */

/* The numbers under which one worker's things are written; NONE if not. */
struct numbers {
    uint32_t *leaks, *origins;
};

struct saving {
    const struct ks_collector *collector;
    struct numbers *numbers; /* one for each worker */
    struct ks_record_out out;
    uint32_t leaks, origins, occurrences, pairings;
};

static bool number_nothing(struct numbers *numbers,
                           const struct ks_harvest *harvest)
{
    size_t leaks = harvest->scan.detector.leaks.items.len;
    size_t origins = harvest->origins.len;

    numbers->leaks = malloc((leaks + 1) * sizeof(*numbers->leaks));
    numbers->origins = malloc((origins + 1) * sizeof(*numbers->origins));
    if (numbers->leaks == NULL || numbers->origins == NULL)
        return false;
    for (size_t i = 0; i < leaks; i++)
        numbers->leaks[i] = NONE;
    for (size_t i = 0; i < origins; i++)
        numbers->origins[i] = NONE;
    return true;
}

static uint32_t *leak_number(const struct saving *saving, uint32_t reference)
{
    return &saving->numbers[reference >> KS_LEAK_WORKER_SHIFT]
                .leaks[reference & KS_LEAK_INDEX_MASK];
}

/* Marks the blobs that have a place. */
static void mark_origins(struct saving *saving)
{
    const struct ks_collector *c = saving->collector;

    for (size_t i = 0; i < c->places.len; i++) {
        uint32_t reference = c->found_origin[c->places.items[i].blob];
        unsigned worker = reference >> KS_LEAK_WORKER_SHIFT;
        uint32_t at = reference & KS_LEAK_INDEX_MASK;

        if (c->harvests[worker].origins.items[at].kind == KS_BLOB_GIT_BLOB)
            saving->numbers[worker].origins[at] = 0;
    }
}

static void mark_leak(const struct saving *saving, uint32_t reference)
{
    *leak_number(saving, reference) = 0;
}

/* A pair whose leak is written takes its part along. */
static void mark_worker(struct saving *saving, unsigned worker)
{
    const struct ks_harvest *harvest = &saving->collector->harvests[worker];

    for (size_t i = 0; i < harvest->occurrences.len; i++) {
        const struct ks_occurrence *o = &harvest->occurrences.items[i];

        if (saving->numbers[worker].origins[o->origin] == NONE)
            continue;
        saving->occurrences++;
        mark_leak(saving, o->leak);
    }
    for (size_t i = 0; i < harvest->pairings.len; i++) {
        const struct ks_pairing *pair = &harvest->pairings.items[i];

        if (*leak_number(saving, pair->leak) == NONE)
            continue;
        saving->pairings++;
        mark_leak(saving, pair->part);
    }
}

/* Numbers what was marked, worker by worker. */
static void number_marked(struct saving *saving)
{
    for (unsigned w = 0; w < saving->collector->options.workers; w++) {
        const struct ks_harvest *harvest = &saving->collector->harvests[w];
        struct numbers *numbers = &saving->numbers[w];

        for (size_t i = 0; i < harvest->scan.detector.leaks.items.len; i++)
            if (numbers->leaks[i] != NONE)
                numbers->leaks[i] = saving->leaks++;
        for (size_t i = 0; i < harvest->origins.len; i++)
            if (numbers->origins[i] != NONE)
                numbers->origins[i] = saving->origins++;
    }
}

static void put_facts(struct ks_record_out *out,
                      const struct ks_proof_facts *facts)
{
    static const struct ks_proof_facts none = {.len = 0};

    if (facts == NULL)
        facts = &none;
    ks_record_put(out, facts->expired, 1);
    ks_record_put(out, (uint64_t)facts->expires, 8);
    ks_record_put(out, facts->len, 1);
    for (size_t i = 0; i < facts->len; i++) {
        ks_record_put_text(out, facts->items[i].name);
        ks_record_put_text(out, facts->items[i].value);
    }
}

static void put_leak(struct saving *saving, const struct ks_leak *leak)
{
    const struct ks_ruleset *rules =
        ks_matcher_rules(saving->collector->options.matcher);
    struct ks_record_out *out = &saving->out;
    uint8_t id[KS_LEAK_ID];

    ks_leak_id(id, leak, rules->rules[leak->rule]->id);
    ks_record_put(out, leak->rule, 4);
    ks_record_put(out, leak->proof, 1);
    ks_record_put(out, leak->entropy_milli, 4);
    ks_record_put(out, leak->secret.len, 4);
    ks_record_put_bytes(out, id, sizeof(id));
    put_facts(out, leak->facts);
}

static void put_leaks(struct saving *saving)
{
    ks_record_put(&saving->out, saving->leaks, 4);
    for (unsigned w = 0; w < saving->collector->options.workers; w++) {
        const struct ks_leak_vec *leaks =
            &saving->collector->harvests[w].scan.detector.leaks.items;

        for (size_t i = 0; i < leaks->len; i++)
            if (saving->numbers[w].leaks[i] != NONE)
                put_leak(saving, &leaks->items[i]);
    }
}

static void put_origins(struct saving *saving)
{
    struct ks_record_out *out = &saving->out;

    ks_record_put(out, saving->origins, 4);
    for (unsigned w = 0; w < saving->collector->options.workers; w++) {
        const struct ks_origins *origins =
            &saving->collector->harvests[w].origins;

        for (size_t i = 0; i < origins->len; i++) {
            const struct ks_origin *origin = &origins->items[i];

            if (saving->numbers[w].origins[i] == NONE)
                continue;
            ks_record_put(out, origin->oid.len, 1);
            ks_record_put_bytes(out, origin->oid.bytes, origin->oid.len);
            ks_record_put_text(out, origin->archive);
        }
    }
}

static void put_occurrence(struct saving *saving, uint32_t origin,
                           const struct ks_occurrence *o)
{
    struct ks_record_out *out = &saving->out;

    ks_record_put(out, o->offset, 8);
    ks_record_put(out, o->length, 4);
    ks_record_put(out, *leak_number(saving, o->leak), 4);
    ks_record_put(out, origin, 4);
    ks_record_put(out, o->line, 4);
    ks_record_put(out, o->column, 4);
    ks_record_put(out, o->end_line, 4);
    ks_record_put(out, o->end_column, 4);
    ks_record_put(out, (uint32_t)o->score, 4);
    ks_record_put(out, o->reasons, 4);
    ks_record_put(out, o->specificity, 1);
    ks_record_put(out, o->decoded, 1);
}

static void put_occurrences(struct saving *saving)
{
    ks_record_put(&saving->out, saving->occurrences, 4);
    for (unsigned w = 0; w < saving->collector->options.workers; w++) {
        const struct ks_occurrences *all =
            &saving->collector->harvests[w].occurrences;

        for (size_t i = 0; i < all->len; i++) {
            uint32_t origin = saving->numbers[w].origins[all->items[i].origin];

            if (origin != NONE)
                put_occurrence(saving, origin, &all->items[i]);
        }
    }
}

static void put_pairings(struct saving *saving)
{
    struct ks_record_out *out = &saving->out;

    ks_record_put(out, saving->pairings, 4);
    for (unsigned w = 0; w < saving->collector->options.workers; w++) {
        const struct ks_pairings *all =
            &saving->collector->harvests[w].pairings;

        for (size_t i = 0; i < all->len; i++) {
            const struct ks_pairing *pair = &all->items[i];

            if (*leak_number(saving, pair->leak) == NONE)
                continue;
            ks_record_put(out, *leak_number(saving, pair->leak), 4);
            ks_record_put(out, *leak_number(saving, pair->part), 4);
            ks_record_put(out, pair->slot, 4);
        }
    }
}

static void put_all(struct saving *saving)
{
    uint64_t alone = 0, beside = 0;

    for (unsigned w = 0; w < saving->collector->options.workers; w++) {
        alone += saving->collector->harvests[w].allowed_alone;
        beside += saving->collector->harvests[w].allowed_beside;
    }
    ks_record_put(&saving->out, FORMAT, 1);
    ks_record_put(&saving->out, alone, 8);
    ks_record_put(&saving->out, beside, 8);
    put_leaks(saving);
    put_origins(saving);
    put_occurrences(saving);
    put_pairings(saving);
}

enum ks_rc ks_collector_save(struct ks_buf *out,
                             const struct ks_collector *collector,
                             struct ks_err *err)
{
    struct saving saving = {.collector = collector, .out = {out, KS_OK}};
    unsigned workers = collector->options.workers;
    bool memory;

    saving.numbers = calloc(workers, sizeof(*saving.numbers));
    memory = saving.numbers != NULL;
    for (unsigned w = 0; memory && w < workers; w++)
        memory = number_nothing(&saving.numbers[w], &collector->harvests[w]);
    if (memory) {
        mark_origins(&saving);
        for (unsigned w = 0; w < workers; w++)
            mark_worker(&saving, w);
        number_marked(&saving);
        put_all(&saving);
    }
    for (unsigned w = 0; saving.numbers != NULL && w < workers; w++) {
        free(saving.numbers[w].leaks);
        free(saving.numbers[w].origins);
    }
    free(saving.numbers);
    if (!memory)
        return ks_fail_memory(err);
    return saving.out.rc == KS_OK
               ? KS_OK
               : ks_fail(err, saving.out.rc, "too much was found to be saved");
}

/* Reading. */

struct restoring {
    struct ks_collector *collector;
    struct ks_harvest *harvest; /* the first worker's */
    struct ks_record_in in;
    uint32_t *leaks; /* reference of each number */
    size_t leak_count, first_origin, origin_count;
};

static bool take_facts(struct ks_proof_facts *facts, struct restoring *r)
{
    int64_t now = ks_matcher_options(r->collector->options.matcher)->now;

    *facts = (struct ks_proof_facts){0};
    facts->expired = ks_record_take(&r->in, 1) != 0;
    facts->expires = (int64_t)ks_record_take(&r->in, 8);
    if (facts->expires != 0 && facts->expires <= now)
        facts->expired = true;
    facts->len = (size_t)ks_record_take_below(&r->in, 1, KS_FACTS_MAX + 1);
    for (size_t i = 0; i < facts->len; i++) {
        struct ks_span value;

        if (!ks_record_keep_text(&facts->items[i].name, &r->harvest->arena,
                                 &r->in))
            return false;
        value = ks_record_take_text(&r->in);
        if (facts->items[i].name == NULL || value.len >= KS_FACT_VALUE)
            r->in.good = false;
        else if (value.len > 0)
            memcpy(facts->items[i].value, value.ptr, value.len);
    }
    return true;
}

static enum ks_rc take_leaks(struct restoring *r, struct ks_err *err)
{
    const struct ks_ruleset *rules =
        ks_matcher_rules(r->collector->options.matcher);
    size_t count = (size_t)ks_record_take_below(
        &r->in, 4, r->in.rest.len / KS_LEAK_ID + 1);

    r->leaks = calloc(count + 1, sizeof(*r->leaks));
    if (r->leaks == NULL)
        return ks_fail_memory(err);
    for (; r->in.good && r->leak_count < count; r->leak_count++) {
        struct ks_proof_facts facts;
        struct ks_leak leak = {.facts = &facts};
        enum ks_rc rc;

        leak.rule = (uint32_t)ks_record_take_below(&r->in, 4, rules->len);
        leak.proof = (enum ks_proof)ks_record_take_below(&r->in, 1,
                                                         KS_PROOF_CHECKSUM + 1);
        leak.entropy_milli = (unsigned)ks_record_take(&r->in, 4);
        leak.secret.len = (size_t)ks_record_take(&r->in, 4);
        leak.id = ks_record_take_bytes(&r->in, KS_LEAK_ID).ptr;
        if (!take_facts(&facts, r))
            return ks_fail_memory(err);
        if (!r->in.good)
            break;
        rc = ks_leaks_recall(&r->leaks[r->leak_count],
                             &r->harvest->scan.detector.leaks, &leak, err);
        if (rc != KS_OK)
            return rc;
    }
    return KS_OK;
}

static enum ks_rc take_origins(struct restoring *r, struct ks_err *err)
{
    r->origin_count = (size_t)ks_record_take(&r->in, 4);
    for (size_t i = 0; r->in.good && i < r->origin_count; i++) {
        struct ks_origin origin = {.kind = KS_BLOB_GIT_BLOB};
        size_t len = (size_t)ks_record_take_below(&r->in, 1, KS_OID_MAX + 1);
        struct ks_span name = ks_record_take_bytes(&r->in, len);

        if (!ks_record_keep_text(&origin.archive, &r->harvest->arena, &r->in))
            return ks_fail_memory(err);
        if (!r->in.good)
            break;
        origin.oid = ks_oid_from(name.ptr, name.len);
        if (!KS_VEC_PUSH(&r->harvest->origins, origin))
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static uint32_t take_leak(struct restoring *r)
{
    size_t number = (size_t)ks_record_take_below(&r->in, 4, r->leak_count);

    return r->in.good ? r->leaks[number] : 0;
}

static enum ks_rc take_occurrences(struct restoring *r, struct ks_err *err)
{
    size_t count = (size_t)ks_record_take(&r->in, 4);

    for (size_t i = 0; r->in.good && i < count; i++) {
        struct ks_occurrence o = {0};

        o.offset = ks_record_take(&r->in, 8);
        o.length = (uint32_t)ks_record_take(&r->in, 4);
        o.leak = take_leak(r);
        o.origin = (uint32_t)(r->first_origin +
                              ks_record_take_below(&r->in, 4, r->origin_count));
        o.line = (uint32_t)ks_record_take(&r->in, 4);
        o.column = (uint32_t)ks_record_take(&r->in, 4);
        o.end_line = (uint32_t)ks_record_take(&r->in, 4);
        o.end_column = (uint32_t)ks_record_take(&r->in, 4);
        o.score = (int32_t)(uint32_t)ks_record_take(&r->in, 4);
        o.reasons = (uint32_t)ks_record_take(&r->in, 4);
        o.specificity = (uint8_t)ks_record_take(&r->in, 1);
        o.decoded = (uint8_t)ks_record_take(&r->in, 1);
        r->in.good &= ks_unwrap_known(o.decoded);
        if (r->in.good && !KS_VEC_PUSH(&r->harvest->occurrences, o))
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static enum ks_rc take_pairings(struct restoring *r, struct ks_err *err)
{
    size_t count = (size_t)ks_record_take(&r->in, 4);

    for (size_t i = 0; r->in.good && i < count; i++) {
        struct ks_pairing pair = {.leak = take_leak(r)};

        pair.part = take_leak(r);
        pair.slot = (uint32_t)ks_record_take(&r->in, 4);
        if (r->in.good && !KS_VEC_PUSH(&r->harvest->pairings, pair))
            return ks_fail_memory(err);
    }
    return KS_OK;
}

static enum ks_rc take_all(struct restoring *r, struct ks_err *err)
{
    struct ks_harvest *harvest = r->harvest;
    uint64_t alone = ks_record_take(&r->in, 8);
    uint64_t beside = ks_record_take(&r->in, 8);
    size_t leaks = harvest->scan.detector.leaks.items.len;
    size_t occurrences = harvest->occurrences.len;
    size_t pairings = harvest->pairings.len;
    enum ks_rc rc = take_leaks(r, err);

    if (rc == KS_OK)
        rc = take_origins(r, err);
    if (rc == KS_OK)
        rc = take_occurrences(r, err);
    if (rc == KS_OK)
        rc = take_pairings(r, err);
    if (rc != KS_OK)
        return rc;
    if (!r->in.good || r->in.rest.len != 0) {
        harvest->scan.detector.leaks.items.len = leaks;
        harvest->origins.len = r->first_origin;
        harvest->occurrences.len = occurrences;
        harvest->pairings.len = pairings;
        return ks_fail(err, KS_EFORMAT, "what was saved does not fit");
    }
    harvest->allowed_alone += alone;
    harvest->allowed_beside += beside;
    return KS_OK;
}

enum ks_rc ks_collector_restore(struct ks_collector *collector,
                                struct ks_span saved, struct ks_err *err)
{
    struct restoring r = {.collector = collector,
                          .harvest = &collector->harvests[0],
                          .in = {saved, true}};
    enum ks_rc rc;

    if (ks_record_take(&r.in, 1) != FORMAT)
        return ks_fail(err, KS_EFORMAT, "saved in another format");
    r.first_origin = r.harvest->origins.len;
    rc = take_all(&r, err);
    free(r.leaks);
    return rc;
}

enum ks_rc ks_collector_restore_counts(struct ks_collector *collector,
                                       struct ks_span saved, struct ks_err *err)
{
    struct ks_record_in in = {saved, true};
    uint64_t format = ks_record_take(&in, 1);
    uint64_t alone = ks_record_take(&in, 8);

    if (!in.good || format != FORMAT)
        return ks_fail(err, KS_EFORMAT, "saved in another format");
    collector->harvests[0].allowed_alone += alone;
    return KS_OK;
}
