/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/detect_generic.h"

#include "scanner/entropy.h"
#include "scanner/generic/score.h"
#include "scanner/validators/validator.h"

static enum ks_secret_class class_of(uint8_t model)
{
    static const enum ks_secret_class classes[KS_GENERIC_CLASSES] = {
        [KS_GENERIC_CLASS_PASSWORD] = KS_CLASS_PASSWORD,
        [KS_GENERIC_CLASS_KEY] = KS_CLASS_KEY,
        [KS_GENERIC_CLASS_TOKEN] = KS_CLASS_TOKEN,
        [KS_GENERIC_CLASS_CONNECTION] = KS_CLASS_CONNECTION,
        [KS_GENERIC_CLASS_HASH] = KS_CLASS_HASH,
        [KS_GENERIC_CLASS_ID] = KS_CLASS_UUID,
    };

    return classes[model];
}

static enum ks_generic_class model_class(enum ks_secret_class class_)
{
    static const enum ks_generic_class classes[KS_CLASSES] = {
        [KS_CLASS_PASSWORD] = KS_GENERIC_CLASS_PASSWORD,
        [KS_CLASS_KEY] = KS_GENERIC_CLASS_KEY,
        [KS_CLASS_TOKEN] = KS_GENERIC_CLASS_TOKEN,
        [KS_CLASS_CONNECTION] = KS_GENERIC_CLASS_CONNECTION,
        [KS_CLASS_HASH] = KS_GENERIC_CLASS_HASH,
        [KS_CLASS_UUID] = KS_GENERIC_CLASS_ID,
    };

    return classes[class_];
}

/*
 * Whether the value is a regular expression, as rules and checks of input hold
 * under keys named "token" or "password", or what a report shows in place of a
 * secret.
 */
static bool is_no_value(struct ks_span value)
{
    static const char *const marks[] = {
        "]{", "]+", "]*", "(?:", "(?i", "(?<", "redacted:"};

    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (ks_span_find(value, 0, ks_span_str(marks[i])) != SIZE_MAX)
            return true;
    return false;
}

/* Whether the value is a key of documentation or of development networks. */
static bool is_sample(struct ks_span value)
{
    static const char *const validators[] = {"known-sample",
                                             "ethereum-private-key"};

    for (size_t i = 0; i < sizeof(validators) / sizeof(*validators); i++) {
        const struct ks_validator *v = ks_validator_find(validators[i]);
        struct ks_proof_facts facts = {.len = 0};

        if (v != NULL &&
            v->check(&facts, value, value, 0) == KS_VALIDITY_SAMPLE)
            return true;
    }
    return false;
}

static enum ks_rc add(struct ks_matches *out, struct ks_detector *d,
                      const struct ks_hit *hit,
                      const struct ks_generic_verdict *verdict,
                      struct ks_span value, size_t start, struct ks_err *err)
{
    size_t rule = ks_matcher_generic(d->matcher, class_of(verdict->class_));
    struct ks_match match = {
        .hit = hit->end,
        .trigger = hit->trigger,
        .specificity = KS_SPECIFIC_GENERIC,
        .rule = (uint32_t)rule,
        .start = (uint32_t)start,
        .end = (uint32_t)(start + value.len),
        .score = verdict->score,
        .reasons = verdict->reasons,
    };
    struct ks_leak leak = {.rule = (uint32_t)rule,
                           .entropy_milli = ks_entropy_milli(value),
                           .secret = value};
    enum ks_rc rc;

    if (rule == SIZE_MAX)
        return KS_OK;
    rc = ks_leaks_add(&match.leak, &d->leaks, &leak, err);
    if (rc == KS_OK && !KS_VEC_PUSH(out, match))
        rc = ks_fail_memory(err);
    return rc;
}

enum ks_rc ks_detect_generic(struct ks_matches *out,
                             struct ks_detector *detector, struct ks_span text,
                             const struct ks_hit *hit, unsigned keyword,
                             struct ks_err *err)
{
    struct ks_generic_candidate found[KS_GENERIC_CANDIDATES];
    size_t at = 0;
    struct ks_generic_window window = ks_generic_window_at(text, hit->end, &at);
    size_t base = (size_t)(window.text.ptr - text.ptr);
    size_t count = ks_generic_candidates(found, KS_GENERIC_CANDIDATES, &window,
                                         at, keyword);
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        struct ks_span value =
            ks_span_slice(window.text, found[i].value_from, found[i].value_to);
        struct ks_generic_verdict verdict;

        if (ks_generic_judge(&verdict, &window, &found[i]) &&
            !is_no_value(value) && !is_sample(value))
            rc = add(out, detector, hit, &verdict, value,
                     base + found[i].value_from, err);
    }
    return rc;
}

unsigned ks_generic_confidence(bool *finding, const char *path, int32_t score,
                               enum ks_secret_class class_,
                               const struct ks_matcher_options *options)
{
    static const enum ks_generic_level levels[] = {
        [KS_CONFIDENCE_LOW] = KS_GENERIC_LOW,
        [KS_CONFIDENCE_MEDIUM] = KS_GENERIC_MEDIUM,
        [KS_CONFIDENCE_HIGH] = KS_GENERIC_HIGH,
    };
    int32_t total = score + ks_generic_path_score(path);
    enum ks_generic_class class = model_class(class_);

    if (class == KS_GENERIC_CLASS_ID && options->all)
        class = KS_GENERIC_CLASS_KEY;
    *finding =
        total >= ks_generic_threshold(class, levels[options->confidence]);
    return ks_generic_confidence_permille(total);
}

unsigned ks_generic_opinion(struct ks_span text, size_t hit, size_t start,
                            size_t end)
{
    size_t at = 0;
    struct ks_generic_window window = ks_generic_window_at(text, hit, &at);
    size_t base = (size_t)(window.text.ptr - text.ptr);
    size_t limit = base + window.text.len;
    struct ks_generic_verdict verdict;

    if (start < base || start >= limit)
        return 1000;
    ks_generic_value_score(&verdict, &window, start - base,
                           (end < limit ? end : limit) - base);
    return ks_generic_confidence_permille(verdict.score);
}
