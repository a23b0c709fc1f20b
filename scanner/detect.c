/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/detect.h"

#include "scanner/classify.h"
#include "scanner/detect_generic.h"
#include "scanner/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIMITS_A_TEXT = 8, /* a rule that gave up so often rests */
    WHERE = 512,
    OPINION_REQUIRED = 500, /* thousandths that the model must give */
    OPINION_LEAST = 40,     /* below: certainly none */
};

enum ks_rc ks_detector_init(struct ks_detector *detector,
                            struct ks_matcher *matcher, unsigned worker,
                            struct ks_coverage *coverage, struct ks_err *err)
{
    enum ks_rc rc;

    *detector = (struct ks_detector){
        .matcher = matcher, .coverage = coverage, .leaks = {.worker = worker}};
    detector->limits = calloc(ks_matcher_rules(matcher)->len + 1, 1);
    if (detector->limits == NULL)
        return ks_fail_memory(err);
    rc = ks_pattern_scratch_new(&detector->patterns, err);
    if (rc != KS_OK)
        ks_detector_release(detector);
    return rc;
}

void ks_detector_release(struct ks_detector *detector)
{
    ks_pattern_scratch_free(detector->patterns);
    ks_leaks_release(&detector->leaks);
    free(detector->limits);
    *detector = (struct ks_detector){0};
}

void ks_detector_begin(struct ks_detector *detector)
{
    if (detector->limits_dirty)
        memset(detector->limits, 0, ks_matcher_rules(detector->matcher)->len);
    detector->limits_dirty = false;
}

/* Where a rule's pattern may look for one hit. */
struct place {
    struct ks_span text;
    size_t from, to;             /* the slice, with room for lookaround */
    size_t first;                /* where a match may begin at the earliest */
    size_t word_start, word_end; /* the keyword */
    bool begins;                 /* the slice begins as if the text did */
};

static struct place place_of(const struct ks_matcher *matcher, size_t rule,
                             const struct ks_trigger *trigger,
                             struct ks_span text, size_t end)
{
    struct ks_window window = ks_matcher_window(matcher, rule);
    size_t before = window.before + KS_LOOKAROUND;
    size_t after = window.after + KS_LOOKAROUND;
    struct place place = {.text = text, .word_end = end};

    place.word_start =
        trigger->literal ? end - trigger->width - trigger->head : end - 1;
    place.first = end > window.before ? end - window.before : 0;
    place.from = end > before ? end - before : 0;
    place.to = after < text.len - end ? end + after : text.len;
    place.begins = place.from == 0;
    /* What stands behind "\\n" is not glued to a letter. */
    if (trigger->run == KS_RUN_LEADS &&
        ks_run_escaped(text.ptr, end - trigger->run_len)) {
        place.from = place.first = end - trigger->run_len;
        place.begins = true;
    }
    return place;
}

static void note_limit(struct ks_detector *d, size_t rule, size_t at)
{
    char where[WHERE];

    d->limits_dirty = true;
    if (d->limits[rule] < LIMITS_A_TEXT)
        d->limits[rule]++;
    (void)snprintf(where, sizeof(where), "%s: byte %zu: rule %s",
                   d->where == NULL ? "text" : d->where(d->where_ctx), at,
                   ks_matcher_rules(d->matcher)->rules[rule]->id);
    ks_coverage_skip(d->coverage, KS_SKIP_MATCH_LIMIT, where);
}

/*
 * Finds the first match that holds the keyword. The slice stands for the text,
 * so that no pattern, however written, can depend on what lies outside.
 */
static bool find(struct ks_pattern_match *out, struct ks_detector *d,
                 size_t rule, const struct ks_ready *ready,
                 const struct place *place)
{
    bool anchored =
        ks_matcher_rules(d->matcher)->rules[rule]->starts_at_keyword;
    struct ks_pattern_search search = {
        .subject = ks_span_slice(place->text, place->from, place->to),
        .from = (anchored ? place->word_start : place->first) - place->from,
        .last = place->word_start - place->from,
        .not_start = !place->begins,
        .not_end = place->to < place->text.len,
    };

    while (search.from <= search.last) {
        switch (ks_pattern_find(out, ready->pattern, d->patterns, &search)) {
        case KS_PATTERN_NONE:
            return false;
        case KS_PATTERN_LIMIT:
            note_limit(d, rule, place->word_start);
            return false;
        case KS_PATTERN_FOUND:
            break;
        }
        if (out->end + place->from >= place->word_end)
            return true;
        search.from = out->start + 1;
    }
    return false;
}

static void tell_drop(const struct ks_detector *d, const struct ks_rule *rule,
                      const char *why, size_t start, size_t end)
{
    struct ks_drop drop = {rule, why, start, end};

    if (d->drops != NULL)
        d->drops->dropped(d->drops->ctx, &drop);
}

/*
 * Lets the model speak where nothing is proven and only what stands beside the
 * secret tells, or where the rule asks for it.
 */
static void take_advice(struct ks_verdict *verdict, const struct ks_rule *rule,
                        const struct place *place, const struct ks_match *match,
                        size_t hit)
{
    unsigned opinion;

    if (verdict->dropped != NULL || verdict->proof != KS_PROOF_NONE ||
        !ks_trigger_asks_model(rule))
        return;
    opinion = ks_generic_opinion(place->text, hit, match->start, match->end);
    if (opinion < (rule->classifier == KS_ADVICE_REQUIRED ? OPINION_REQUIRED
                                                          : OPINION_LEAST))
        verdict->dropped = "the model takes it for none";
    verdict->confidence = (verdict->confidence + opinion) / 2;
}

static enum ks_rc detect_rule(struct ks_matches *out, struct ks_detector *d,
                              const struct place *place, size_t index,
                              const struct ks_hit *hit, struct ks_err *err)
{
    const struct ks_rule *rule = ks_matcher_rules(d->matcher)->rules[index];
    const struct ks_ready *ready;
    struct ks_pattern_match m;
    struct ks_verdict verdict;
    struct ks_leak leak;
    struct ks_match match = {.hit = hit->end, .trigger = hit->trigger};
    enum ks_rc rc = ks_matcher_ready(&ready, d->matcher, index, err);
    struct ks_span secret;
    bool shaped;

    if (rc != KS_OK || !find(&m, d, index, ready, place))
        return rc;
    match.start = (uint32_t)(m.secret_start + place->from);
    match.end = (uint32_t)(m.secret_end + place->from);
    secret = ks_span_slice(place->text, match.start, match.end);
    shaped = rule->run != KS_RUN_FOLLOWS && match.start < place->word_end &&
             match.end > place->word_start;
    ks_classify(
        &verdict, rule, ready, d->patterns, secret,
        ks_span_slice(place->text, m.start + place->from, m.end + place->from),
        shaped, ks_matcher_options(d->matcher)->now);
    take_advice(&verdict, rule, place, &match, hit->end);
    if (verdict.dropped != NULL) {
        tell_drop(d, rule, verdict.dropped, match.start, match.end);
        return KS_OK;
    }
    leak = (struct ks_leak){.rule = (uint32_t)index,
                            .proof = verdict.proof,
                            .entropy_milli = verdict.entropy_milli,
                            .secret = secret,
                            .facts = &verdict.facts};
    rc = ks_leaks_add(&match.leak, &d->leaks, &leak, err);
    if (rc != KS_OK)
        return rc;
    match.rule = (uint32_t)index;
    match.proof = (uint8_t)verdict.proof;
    match.specificity = shaped        ? KS_SPECIFIC_SHAPE
                        : rule->named ? KS_SPECIFIC_NAMED
                                      : KS_SPECIFIC_CONTEXT;
    match.score = (int32_t)verdict.confidence;
    return KS_VEC_PUSH(out, match) ? KS_OK : ks_fail_memory(err);
}

enum ks_rc ks_detect(struct ks_matches *out, struct ks_detector *detector,
                     struct ks_span text, struct ks_hit *hit,
                     struct ks_err *err)
{
    const struct ks_trigger *trigger =
        &ks_matcher_triggers(detector->matcher)->items[hit->trigger];
    size_t before = out->len;
    enum ks_rc rc = KS_OK;

    hit->matches = 0;
    if (!ks_trigger_stands(trigger, text, hit->end))
        return KS_OK;
    for (size_t i = 0; i < trigger->rule_count && rc == KS_OK; i++) {
        size_t rule = trigger->rules[i];
        struct place place =
            place_of(detector->matcher, rule, trigger, text, hit->end);

        if (detector->limits[rule] < LIMITS_A_TEXT)
            rc = detect_rule(out, detector, &place, rule, hit, err);
    }
    if (rc == KS_OK && trigger->keyword != KS_NO_KEYWORD)
        rc = ks_detect_generic(out, detector, text, hit, trigger->keyword, err);
    hit->matches = (uint16_t)(out->len - before);
    return rc;
}
