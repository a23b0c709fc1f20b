/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/detect_generic.h"

#include "scanner/entropy.h"
#include "scanner/generic/candidate.h"

enum { ENOUGH_MILLI = 3500, ENOUGH_BYTES = 16 };

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
    size_t rule = ks_matcher_generic(detector->matcher, KS_CLASS_KEY);
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        struct ks_span value = ks_span_slice(window.text, found[i].value_from,
                                             found[i].value_to);
        unsigned entropy = ks_entropy_milli(value);
        struct ks_leak leak = {(uint32_t)rule, KS_PROOF_NONE, entropy, value,
                               NULL};
        struct ks_match match = {.hit = hit->end,
                                 .trigger = hit->trigger,
                                 .specificity = KS_SPECIFIC_GENERIC,
                                 .rule = (uint32_t)rule,
                                 .start = (uint32_t)(base +
                                                     found[i].value_from),
                                 .end = (uint32_t)(base + found[i].value_to),
                                 .score = 500};

        if (entropy < ENOUGH_MILLI || value.len < ENOUGH_BYTES ||
            rule == SIZE_MAX)
            continue;
        rc = ks_leaks_add(&match.leak, &detector->leaks, &leak, err);
        if (rc == KS_OK && !KS_VEC_PUSH(out, match))
            rc = ks_fail_memory(err);
    }
    return rc;
}

unsigned ks_generic_confidence(bool *finding, const char *path, int32_t score,
                               enum ks_generic_class class_,
                               enum ks_confidence_level level)
{
    (void)path;
    (void)class_;
    (void)level;
    *finding = true;
    return (unsigned)score;
}
