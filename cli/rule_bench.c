/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rule_bench.h"

#include "base/plural.h"
#include "base/vec.h"
#include "files/walk.h"
#include "scanner/matcher.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TEXT_CAP = 64 << 20,
    ALONE_CAP = 8 << 20, /* bytes that each rule alone is measured on */
    SHOWN = 40,
    ROUNDS = 3,
};

static const double mega = 1e6;

struct cost {
    const struct ks_rule *rule;
    double seconds; /* a GB */
    double hits;    /* a MB */
};

KS_VEC(costs, struct cost);

static enum ks_rc gather(void *ctx, unsigned worker, const struct ks_blob *blob,
                         void **memo, struct ks_err *err)
{
    struct ks_buf *text = ctx;

    (void)worker;
    (void)memo;
    (void)err;
    if (blob->kind == KS_BLOB_FILE && blob->bytes.len < text->cap - text->len)
        (void)ks_buf_add(text, blob->bytes);
    return KS_OK;
}

static enum ks_rc read_tree(struct ks_buf *text, const char *directory,
                            struct ks_err *err)
{
    struct ks_coverage *coverage = NULL;
    struct ks_files_options options = {.jobs = 1, .no_archives = true};
    struct ks_blob_sink sink = {.ctx = text, .take = gather};
    enum ks_rc rc = ks_coverage_new(&coverage, err);

    options.coverage = coverage;
    if (rc == KS_OK)
        rc = ks_files_walk(&directory, 1, &options, &sink, err);
    ks_coverage_free(coverage);
    if (rc == KS_OK && text->len == 0)
        rc = ks_fail(err, KS_ENOENT, "%s: nothing to measure on", directory);
    return rc;
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The best of a few rounds over the text. */
static enum ks_rc measure(double *seconds, size_t *hits,
                          const struct ks_ruleset *set, struct ks_span text,
                          struct ks_err *err)
{
    struct ks_matcher_options options = {.identifiers = true};
    struct ks_prefilter_scratch *scratch = NULL;
    struct ks_matcher *matcher = NULL;
    struct ks_hits found = {0};
    enum ks_rc rc = ks_matcher_new(&matcher, set, &options, err);

    if (rc == KS_OK)
        rc = ks_prefilter_scratch_new(&scratch, ks_matcher_prefilter(matcher),
                                      err);
    *seconds = -1;
    for (int i = 0; i < ROUNDS && rc == KS_OK; i++) {
        double start = now(), took;

        found.len = 0;
        rc = ks_prefilter_scan(&found, ks_matcher_prefilter(matcher), scratch,
                               KS_PREFILTER_ALL, text, 0, err);
        ks_prefilter_order(&found, 0);
        took = now() - start;
        if (*seconds < 0 || took < *seconds)
            *seconds = took;
    }
    *hits = found.len;
    KS_VEC_RELEASE(&found);
    ks_prefilter_scratch_free(scratch);
    ks_matcher_free(matcher);
    return rc;
}

static int by_cost(const void *a, const void *b)
{
    const struct cost *x = a, *y = b;

    if (x->hits != y->hits)
        return x->hits < y->hits ? 1 : -1;
    return strcmp(x->rule->id, y->rule->id);
}

static enum ks_rc measure_rules(struct costs *costs,
                                const struct ks_ruleset *set,
                                struct ks_span text, struct ks_err *err)
{
    struct ks_span part = ks_span_slice(text, 0, ALONE_CAP);
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < set->len && rc == KS_OK; i++) {
        struct ks_ruleset one = {&set->rules[i], 1};
        double seconds = 0;
        size_t hits = 0;

        rc = measure(&seconds, &hits, &one, part, err);
        if (rc == KS_OK &&
            !KS_VEC_PUSH(costs,
                         (struct cost){set->rules[i],
                                       seconds * 1e9 / (double)part.len,
                                       (double)hits * mega / (double)part.len}))
            rc = ks_fail_memory(err);
    }
    if (rc == KS_OK && costs->len > 0)
        qsort(costs->items, costs->len, sizeof(*costs->items), by_cost);
    return rc;
}

enum ks_rc ks_rule_bench(struct ks_buf *out, const struct ks_ruleset *set,
                         const char *directory, struct ks_err *err)
{
    struct costs costs = {0};
    struct ks_buf text;
    double seconds = 0;
    size_t hits = 0;
    enum ks_rc rc;

    ks_buf_init(&text, TEXT_CAP);
    rc = read_tree(&text, directory, err);
    if (rc == KS_OK)
        rc = measure(&seconds, &hits, set, ks_buf_span(&text), err);
    if (rc == KS_OK)
        rc = measure_rules(&costs, set, ks_buf_span(&text), err);
    if (rc == KS_OK)
        rc = ks_buf_printf(
            out,
            "%zu rule%s together: %.0f MB/s, %.0f hits a MB\n\n%10s %12s  "
            "rule (alone)\n",
            set->len, ks_plural(set->len), (double)text.len / mega / seconds,
            (double)hits * mega / (double)text.len, "hits a MB", "s a GB");
    for (size_t i = 0; i < costs.len && i < SHOWN && rc == KS_OK; i++)
        rc = ks_buf_printf(out, "%10.1f %12.2f  %s\n", costs.items[i].hits,
                           costs.items[i].seconds, costs.items[i].rule->id);
    ks_buf_release(&text);
    KS_VEC_RELEASE(&costs);
    return rc;
}
