/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c: occurrences and places, put together to findings. */
#include "base/hash.h"
#include "scanner/because.h"
#include "scanner/detect_generic.h"
#include "scanner/occurrence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DECODED_NAME = 64 };

/* The same secret under the same rule may be a leak of several workers. */
struct secret {
    const struct ks_leak *leak; /* the one with the strongest proof */
    uint8_t id[KS_LEAK_ID];
    struct ks_span text; /* its bytes, or asterisks if nobody has them */
    size_t first_spot, spot_count;
};

KS_VEC(secrets, struct secret);

/* An occurrence at one path: what may become a location. */
struct spot {
    size_t secret;
    const char *path; /* NULL sorts first */
    const char *archive;
    uint32_t nth; /* among the secret's occurrences in that blob */
    uint64_t order;
    bool at_tip, unreachable;
    const struct ks_occurrence *occurrence;
    const struct ks_origin *origin;
    const struct ks_commit *commit;
};

KS_VEC(spots, struct spot);

KS_VEC(finding_vec, struct ks_finding);

struct making {
    struct ks_collector *collector;
    const struct ks_policy *policy;
    struct ks_arena *arena;
    uint32_t **secret_of; /* for each worker, for each leak: its secret */
    struct secrets secrets;
    struct spots spots;
    struct finding_vec findings;
    size_t suppressed;
};

static const struct ks_ruleset *rules_of(const struct making *m)
{
    return ks_matcher_rules(m->collector->options.matcher);
}

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
static struct secret secret_of_refs(const struct leak_ref *refs, size_t count)
{
    struct secret secret = {.leak = refs->leak, .text = refs->leak->secret};

    memcpy(secret.id, refs->id, KS_LEAK_ID);
    for (size_t i = 0; i < count; i++)
        if (refs[i].leak->id == NULL)
            secret.text = refs[i].leak->secret;
    return secret;
}

static bool number_secrets(struct making *m, struct leak_ref *refs, size_t len)
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
static bool unite_leaks(struct making *m)
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
            ks_leak_id(ref->id, leak, rules_of(m)->rules[leak->rule]->id);
        }
    }
    memory = number_secrets(m, refs, len);
    free(refs);
    return memory;
}

static uint32_t secret_of(const struct making *m, uint32_t reference)
{
    return m->secret_of[reference >> KS_LEAK_WORKER_SHIFT]
                       [reference & KS_LEAK_INDEX_MASK];
}

/*
 * The place of each occurrence among those of its secret in its blob, in order
 * of offset; occurrences of one blob stand together in that order.
 */
static uint32_t *number_occurrences(const struct making *m,
                                    const struct ks_harvest *harvest)
{
    const struct ks_occurrences *all = &harvest->occurrences;
    uint32_t *nth = calloc(all->len + 1, sizeof(*nth));
    uint32_t *last = calloc(m->secrets.len + 1, sizeof(*last));
    uint32_t *seen = calloc(m->secrets.len + 1, sizeof(*seen));

    for (size_t i = 0;
         nth != NULL && last != NULL && seen != NULL && i < all->len; i++) {
        const struct ks_occurrence *o = &all->items[i];
        uint32_t secret = secret_of(m, o->leak);

        if (last[secret] != o->origin + 1)
            seen[secret] = 0;
        last[secret] = o->origin + 1;
        nth[i] = seen[secret]++;
    }
    if (last == NULL || seen == NULL) {
        free(nth);
        nth = NULL;
    }
    free(last);
    free(seen);
    return nth;
}

/* For each origin of a worker: its first place and how many it has. */
struct placed {
    size_t first, count;
};

static int by_blob(const void *a, const void *b)
{
    const struct ks_found_place *x = a, *y = b;

    if (x->blob != y->blob)
        return x->blob < y->blob ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static struct placed *index_places(const struct making *m, unsigned worker)
{
    const struct ks_collector *c = m->collector;
    struct placed *placed =
        calloc(c->harvests[worker].origins.len + 1, sizeof(*placed));

    for (size_t i = 0; placed != NULL && i < c->places.len; i++) {
        uint32_t origin = c->found_origin[c->places.items[i].blob];
        struct placed *p;

        if (origin >> KS_LEAK_WORKER_SHIFT != worker)
            continue;
        p = &placed[origin & KS_LEAK_INDEX_MASK];
        if (p->count++ == 0)
            p->first = i;
    }
    return placed;
}

static bool add_spots(struct making *m, const struct ks_origin *origin,
                      const struct ks_occurrence *o, uint32_t nth,
                      const struct placed *placed)
{
    struct spot spot = {
        .secret = secret_of(m, o->leak),
        .path = origin->path,
        .archive = origin->archive,
        .nth = nth,
        .at_tip = true,
        .occurrence = o,
        .origin = origin,
    };

    if (!m->collector->options.history)
        return KS_VEC_PUSH(&m->spots, spot);
    for (size_t i = placed->first; i < placed->first + placed->count; i++) {
        const struct ks_found_place *place = &m->collector->places.items[i];

        spot.path = place->path;
        spot.order = place->order;
        spot.at_tip = place->at_tip;
        spot.unreachable = place->unreachable;
        spot.commit = place->commit.oid.len > 0 ? &place->commit : NULL;
        if (!KS_VEC_PUSH(&m->spots, spot))
            return false;
    }
    return true;
}

static bool gather_spots(struct making *m)
{
    struct ks_collector *c = m->collector;

    if (c->places.len > 0)
        qsort(c->places.items, c->places.len, sizeof(*c->places.items),
              by_blob);
    for (unsigned w = 0; w < c->options.workers; w++) {
        const struct ks_harvest *harvest = &c->harvests[w];
        uint32_t *nth = number_occurrences(m, harvest);
        struct placed *placed = index_places(m, w);
        bool ok = nth != NULL && placed != NULL;

        for (size_t i = 0; ok && i < harvest->occurrences.len; i++) {
            const struct ks_occurrence *o = &harvest->occurrences.items[i];

            ok = add_spots(m, &harvest->origins.items[o->origin], o, nth[i],
                           &placed[o->origin]);
        }
        free(nth);
        free(placed);
        if (!ok)
            return false;
    }
    return true;
}

static int compare_texts(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

/* By secret and path; the first of each (path, nth) introduced it there. */
static int by_introduction(const void *a, const void *b)
{
    const struct spot *x = a, *y = b;
    int order;

    if (x->secret != y->secret)
        return x->secret < y->secret ? -1 : 1;
    order = compare_texts(x->path, y->path);
    if (order == 0)
        order = compare_texts(x->archive, y->archive);
    if (order != 0)
        return order;
    if (x->origin->kind != y->origin->kind)
        return x->origin->kind < y->origin->kind ? -1 : 1;
    /* Messages have no path: each is a place of its own. */
    if (x->path == NULL) {
        order = ks_oid_compare(&x->origin->oid, &y->origin->oid);
        if (order != 0)
            return order;
    }
    if (x->nth != y->nth)
        return x->nth < y->nth ? -1 : 1;
    if (x->unreachable != y->unreachable)
        return x->unreachable ? 1 : -1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    if (x->occurrence->offset != y->occurrence->offset)
        return x->occurrence->offset < y->occurrence->offset ? -1 : 1;
    return ks_oid_compare(&x->origin->oid, &y->origin->oid);
}

static bool same_place(const struct spot *a, const struct spot *b)
{
    return a->secret == b->secret && compare_texts(a->path, b->path) == 0 &&
           compare_texts(a->archive, b->archive) == 0 &&
           a->origin->kind == b->origin->kind && a->nth == b->nth &&
           (a->path != NULL || ks_oid_equal(&a->origin->oid, &b->origin->oid));
}

/* Leaves one spot for each place: where the secret first came to it. */
static void keep_introductions(struct making *m, bool history)
{
    struct spots *spots = &m->spots;
    size_t kept = 0;

    if (spots->len == 0)
        return;
    qsort(spots->items, spots->len, sizeof(*spots->items), by_introduction);
    for (size_t i = 1; history && i < spots->len; i++) {
        if (same_place(&spots->items[kept], &spots->items[i]))
            spots->items[kept].at_tip |= spots->items[i].at_tip;
        else
            spots->items[++kept] = spots->items[i];
    }
    if (history)
        spots->len = kept + 1;
    for (size_t i = 0; i < spots->len; i++) {
        struct secret *secret = &m->secrets.items[spots->items[i].secret];

        if (secret->spot_count++ == 0)
            secret->first_spot = i;
    }
}

/* The words for what was decoded, kept in the arena; NULL for nothing. */
static const char *decoded_name(struct ks_arena *arena, uint8_t decoded)
{
    char name[DECODED_NAME];

    if (ks_unwrap_name(name, sizeof(name), decoded) == NULL)
        return NULL;
    return ks_arena_text(arena, ks_span_str(name));
}

static struct ks_location location_of(const struct making *m,
                                      const struct spot *spot)
{
    const struct ks_occurrence *o = spot->occurrence;

    return (struct ks_location){
        .path = spot->path,
        .kind = spot->origin->kind,
        .start_line = o->line,
        .start_column = o->column,
        .end_line = o->end_line,
        .end_column = o->end_column,
        .offset = o->offset,
        .length = o->length,
        .commit = spot->commit,
        .blob = spot->origin->oid,
        .decoded = decoded_name(m->arena, o->decoded),
        .archive = spot->archive,
        .at_tip = spot->at_tip,
        .unreachable = spot->unreachable,
    };
}

static unsigned confidence_at(const struct making *m, const struct spot *spot,
                              const struct ks_rule *rule, bool *finding)
{
    const struct ks_matcher_options *options =
        ks_matcher_options(m->collector->options.matcher);

    *finding = true;
    if (rule->kind != KS_RULE_GENERIC)
        return (unsigned)spot->occurrence->score;
    return ks_generic_confidence(finding, spot->path, spot->occurrence->score,
                                 rule->generic, options);
}

/* Whether the rule is not for that path. */
static bool path_allowed(const struct making *m, const struct ks_ready *ready,
                         const struct ks_rule *rule, const char *path)
{
    struct ks_pattern_scratch *scratch =
        m->collector->harvests[0].scan.detector.patterns;

    for (size_t i = 0; path != NULL && i < rule->allow.paths.len; i++)
        if (ks_pattern_matches(ready->allow_paths[i], scratch,
                               ks_span_str(path)))
            return true;
    return false;
}

static bool copy_facts(struct ks_finding *finding, struct ks_arena *arena,
                       const struct ks_proof_facts *facts)
{
    struct ks_fact *copy;

    if (facts == NULL || facts->len == 0)
        return true;
    copy = ks_arena_alloc(arena, facts->len * sizeof(*copy));
    if (copy == NULL)
        return false;
    for (size_t i = 0; i < facts->len; i++)
        copy[i] = (struct ks_fact){facts->items[i].name, facts->items[i].value};
    finding->facts = copy;
    finding->fact_count = facts->len;
    return true;
}

/* Makes a finding of a secret that has a place left; others are counted. */
static enum ks_rc make_finding(struct making *m, const struct secret *secret,
                               struct ks_err *err)
{
    enum ks_rc rc = KS_OK;
    const struct ks_leak *leak = secret->leak;
    const struct ks_rule *rule = rules_of(m)->rules[leak->rule];
    const struct spot *best = NULL;
    const struct ks_ready *ready = NULL;
    struct ks_location *locations;
    struct ks_finding finding = {
        .rule = rule,
        .severity = rule->severity,
        .proof = leak->proof,
        .secret = secret->text,
        .entropy_milli = leak->entropy_milli,
    };

    if (secret->spot_count == 0)
        return KS_OK;
    if (rule->allow.paths.len > 0)
        rc = ks_matcher_ready(&ready, m->collector->options.matcher, leak->rule,
                              err);
    if (rc != KS_OK)
        return rc;
    locations =
        ks_arena_alloc(m->arena, secret->spot_count * sizeof(*locations));
    if (locations == NULL || !copy_facts(&finding, m->arena, leak->facts))
        return ks_fail_memory(err);
    if (leak->facts != NULL && leak->facts->expired)
        finding.severity = KS_SEVERITY_LOW;
    ks_hex(finding.id, secret->id, KS_LEAK_ID);
    for (size_t i = 0; i < secret->spot_count; i++) {
        const struct spot *spot = &m->spots.items[secret->first_spot + i];
        struct ks_location location = location_of(m, spot);
        bool is_finding;
        unsigned confidence = confidence_at(m, spot, rule, &is_finding);

        if (!is_finding || path_allowed(m, ready, rule, spot->path))
            continue;
        if (m->policy != NULL &&
            m->policy->suppress(m->policy->ctx, &finding, &location)) {
            m->suppressed++;
            continue;
        }
        if (best == NULL || confidence > finding.confidence) {
            finding.confidence = confidence;
            best = spot;
        }
        finding.present_at_tip |= location.at_tip;
        locations[finding.location_count++] = location;
    }
    finding.locations = locations;
    if (best != NULL && (!ks_because(&finding.reasons, m->arena, rule, leak,
                                     best->occurrence, best->path) ||
                         !KS_VEC_PUSH(&m->findings, finding)))
        return ks_fail_memory(err);
    return KS_OK;
}

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
static const struct ks_finding *part_finding(const struct making *m,
                                             uint32_t number)
{
    const struct secret *secret = &m->secrets.items[number];
    const struct ks_leak *leak = secret->leak;
    struct ks_finding *part = ks_arena_alloc(m->arena, sizeof(*part));

    if (part == NULL)
        return NULL;
    *part = (struct ks_finding){
        .rule = rules_of(m)->rules[leak->rule],
        .severity = rules_of(m)->rules[leak->rule]->severity,
        .proof = leak->proof,
        .secret = secret->text,
        .entropy_milli = leak->entropy_milli,
    };
    ks_hex(part->id, secret->id, KS_LEAK_ID);
    return copy_facts(part, m->arena, leak->facts) ? part : NULL;
}

static bool attach_parts(struct making *m, struct ks_finding *finding,
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
static int order_to_finding(const struct making *m, const struct joined *pair,
                            const struct ks_finding *finding)
{
    const struct secret *secret = &m->secrets.items[pair->secret];
    size_t rule = ks_ruleset_index(rules_of(m), finding->rule->id);
    char id[KS_FINDING_ID];

    if (secret->leak->rule != rule)
        return secret->leak->rule < rule ? -1 : 1;
    ks_hex(id, secret->id, KS_LEAK_ID);
    return strcmp(id, finding->id);
}

static bool join_finding(struct making *m, struct ks_finding *finding,
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

static bool join_parts(struct making *m)
{
    struct joined_vec all = {0};
    bool memory = true;

    for (unsigned w = 0; w < m->collector->options.workers; w++) {
        const struct ks_pairings *pairs = &m->collector->harvests[w].pairings;

        for (size_t i = 0; i < pairs->len && memory; i++)
            memory = KS_VEC_PUSH(
                &all, (struct joined){secret_of(m, pairs->items[i].leak),
                                      secret_of(m, pairs->items[i].part),
                                      pairs->items[i].slot});
    }
    if (memory && all.len > 0)
        qsort(all.items, all.len, sizeof(*all.items), by_owner);
    for (size_t i = 0; i < m->findings.len && memory && all.len > 0; i++)
        memory = join_finding(m, &m->findings.items[i], &all);
    KS_VEC_RELEASE(&all);
    return memory;
}

/* Adds what the workers scanned to the coverage, once. */
static void tell_amounts(struct ks_collector *c)
{
    for (unsigned w = 0; w < c->options.workers; w++) {
        struct ks_amounts *amounts = &c->harvests[w].scan.amounts;

        ks_coverage_add(c->options.coverage, *amounts);
        *amounts = (struct ks_amounts){0};
    }
}

static enum ks_rc make_all(struct making *m, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    if (!unite_leaks(m) || !gather_spots(m))
        return ks_fail_memory(err);
    keep_introductions(m, m->collector->options.history);
    for (size_t i = 0; i < m->secrets.len && rc == KS_OK; i++)
        rc = make_finding(m, &m->secrets.items[i], err);
    if (m->findings.len > 0)
        qsort(m->findings.items, m->findings.len, sizeof(*m->findings.items),
              by_rule_and_id);
    if (rc == KS_OK && !join_parts(m))
        rc = ks_fail_memory(err);
    return rc;
}

enum ks_rc ks_collector_report(struct ks_report *report,
                               struct ks_collector *collector,
                               const struct ks_policy *policy,
                               struct ks_err *err)
{
    struct making m = {
        .collector = collector, .policy = policy, .arena = &collector->arena};
    enum ks_rc rc = make_all(&m, err);
    struct ks_finding *findings = NULL;

    tell_amounts(collector);
    for (unsigned w = 0; w < collector->options.workers; w++) {
        const struct ks_harvest *harvest = &collector->harvests[w];

        m.suppressed += harvest->allowed_alone + harvest->allowed_beside +
                        harvest->allowed_elsewhere;
        if (m.secret_of != NULL)
            free(m.secret_of[w]);
    }
    free(m.secret_of);
    if (rc == KS_OK) {
        findings =
            ks_arena_alloc(m.arena, (m.findings.len + 1) * sizeof(*findings));
        if (findings == NULL)
            rc = ks_fail_memory(err);
    }
    if (rc == KS_OK && m.findings.len > 0)
        memcpy(findings, m.findings.items, m.findings.len * sizeof(*findings));
    report->findings = findings;
    report->finding_count = rc == KS_OK ? m.findings.len : 0;
    report->suppressed = m.suppressed;
    KS_VEC_RELEASE(&m.secrets);
    KS_VEC_RELEASE(&m.spots);
    KS_VEC_RELEASE(&m.findings);
    return rc;
}
