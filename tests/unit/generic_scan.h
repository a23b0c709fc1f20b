/* SPDX-License-Identifier: Apache-2.0 */
/* generic_scan.h: runs the generic classifier over a text, for tests. */
#ifndef KS_TESTS_UNIT_GENERIC_SCAN_H
#define KS_TESTS_UNIT_GENERIC_SCAN_H

#include "scanner/generic/candidate.h"
#include "scanner/generic/chars.h"
#include "scanner/generic/keywords.h"
#include "scanner/generic/score.h"

#include <stdlib.h>
#include <string.h>

/* The expressions of the two patterns of the table, matched by hand. */
static inline bool scan_pattern_at(struct ks_span text, size_t end,
                                   const struct ks_generic_keyword *k)
{
    const uint8_t *p = text.ptr + end - k->len;

    if (k->form == KS_GENERIC_UUID) {
        for (size_t i = 0; i < k->len; i++) {
            if (i == 0 || i == 5 ? p[i] != '-' : !ks_is_hex(p[i]))
                return false;
        }
        return true;
    }
    return p[0] == 'A' && p[3] == 'A';
}

static inline bool scan_hit(struct ks_span text, size_t end,
                            const struct ks_generic_keyword *k)
{
    if (end < k->len)
        return false;
    if (k->pattern)
        return scan_pattern_at(text, end, k);
    for (size_t i = 0; i < k->len; i++) {
        if (ks_to_lower(text.ptr[end - k->len + i]) !=
            ks_to_lower((uint8_t)k->text[i]))
            return false;
    }
    return true;
}

/* Gets every candidate: its window, itself, and where the window starts. */
typedef void scan_fn(void *arg, const struct ks_generic_window *window,
                     const struct ks_generic_candidate *candidate, size_t base);

/*
 * Every window is a copy of its own, so that a sanitizer sees a read outside
 * of it.
 */
static inline void scan_text(struct ks_span text, scan_fn *fn, void *arg)
{
    size_t count;
    const struct ks_generic_keyword *k = ks_generic_keywords(&count);

    for (size_t end = 1; end <= text.len; end++) {
        for (unsigned i = 0; i < count; i++) {
            struct ks_generic_candidate c[KS_GENERIC_CANDIDATES];
            struct ks_generic_window w;
            uint8_t *copy;
            size_t hit, n;

            if (!scan_hit(text, end, &k[i]))
                continue;
            w = ks_generic_window_at(text, end, &hit);
            copy = malloc(w.text.len);
            if (copy == NULL)
                abort();
            memcpy(copy, w.text.ptr, w.text.len);
            w.text.ptr = copy;
            n = ks_generic_candidates(c, KS_GENERIC_CANDIDATES, &w, hit, i);
            for (size_t j = 0; j < n; j++)
                fn(arg, &w, &c[j], end - hit);
            free(copy);
        }
    }
}

/* The best score of a text, and of whom. */
struct scan_best {
    bool any;
    int32_t score;
    struct ks_generic_verdict verdict;
    char value[256];
};

static inline void scan_keep_best(void *arg, const struct ks_generic_window *w,
                                  const struct ks_generic_candidate *c,
                                  size_t base)
{
    struct scan_best *best = arg;
    struct ks_generic_verdict v;
    size_t len = (size_t)c->value_to - c->value_from;

    (void)base;
    ks_generic_score(&v, w, c);
    if (best->any && v.score <= best->score)
        return;
    best->any = true;
    best->score = v.score;
    best->verdict = v;
    len = len < sizeof(best->value) - 1 ? len : sizeof(best->value) - 1;
    memcpy(best->value, w->text.ptr + c->value_from, len);
    best->value[len] = 0;
}

static inline struct scan_best scan_best_of(const char *text)
{
    struct scan_best best = {0};

    scan_text((struct ks_span){(const uint8_t *)text, strlen(text)},
              scan_keep_best, &best);
    return best;
}

#endif
