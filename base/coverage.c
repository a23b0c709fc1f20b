/* SPDX-License-Identifier: Apache-2.0 */
#include "base/coverage.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct ks_coverage {
    pthread_mutex_t lock;
    struct ks_amounts amounts;
    struct ks_skipped skipped[KS_SKIP_COUNT];
};

static const struct {
    const char *name;
    const char *advice;
} skips[KS_SKIP_COUNT] = {
    [KS_SKIP_UNREADABLE] = {"unreadable",
                            "check the permissions and the disk, then scan "
                            "again"},
    [KS_SKIP_VANISHED] = {"vanished", "scan again while nothing changes"},
    [KS_SKIP_CHANGED] = {"changed", "scan again while nothing changes"},
    [KS_SKIP_SPECIAL] = {"special-file",
                         "give a regular file, or '-' for standard input"},
    [KS_SKIP_MISSING] = {"missing-object",
                         "fetch the missing objects (git fetch --unshallow, "
                         "git fetch --refetch)"},
    [KS_SKIP_CORRUPT] = {"corrupt", "repair the repository (git fsck)"},
    [KS_SKIP_MATCH_LIMIT] = {"match-limit",
                             "look at the place by hand; make the rule's "
                             "pattern simpler"},
    [KS_SKIP_ARCHIVE] = {"archive", "unpack it by hand and scan the files"},
    [KS_SKIP_ENCRYPTED] = {"encrypted", "unpack it by hand and scan the files"},
    [KS_SKIP_LIMIT] = {"limit", "raise the limit that is named"},
    [KS_SKIP_INTERRUPTED] = {"interrupted", "run the scan to its end"},
};

const char *ks_skip_name(enum ks_skip reason)
{
    return skips[reason].name;
}

const char *ks_skip_advice(enum ks_skip reason)
{
    return skips[reason].advice;
}

enum ks_rc ks_coverage_new(struct ks_coverage **out, struct ks_err *err)
{
    struct ks_coverage *coverage = calloc(1, sizeof(*coverage));

    if (coverage == NULL)
        return ks_fail_memory(err);
    if (pthread_mutex_init(&coverage->lock, NULL) != 0) {
        free(coverage);
        return ks_fail_memory(err);
    }
    *out = coverage;
    return KS_OK;
}

void ks_coverage_free(struct ks_coverage *coverage)
{
    if (coverage == NULL)
        return;
    for (size_t i = 0; i < KS_SKIP_COUNT; i++)
        for (size_t j = 0; j < KS_SKIP_EXAMPLES; j++)
            free(coverage->skipped[i].examples[j]);
    (void)pthread_mutex_destroy(&coverage->lock);
    free(coverage);
}

void ks_coverage_add(struct ks_coverage *coverage, struct ks_amounts amounts)
{
    (void)pthread_mutex_lock(&coverage->lock);
    coverage->amounts.blobs += amounts.blobs;
    coverage->amounts.bytes += amounts.bytes;
    coverage->amounts.scanned += amounts.scanned;
    coverage->amounts.carried += amounts.carried;
    coverage->amounts.commits += amounts.commits;
    (void)pthread_mutex_unlock(&coverage->lock);
}

/* Keeps the smallest names, each once, in order. */
static void keep_example(struct ks_skipped *skipped, const char *where)
{
    char *text;
    size_t at = 0;

    while (at < KS_SKIP_EXAMPLES && skipped->examples[at] != NULL &&
           strcmp(skipped->examples[at], where) < 0)
        at++;
    if (at == KS_SKIP_EXAMPLES ||
        (skipped->examples[at] != NULL &&
         strcmp(skipped->examples[at], where) == 0))
        return;
    text = strdup(where);
    if (text == NULL)
        return;
    free(skipped->examples[KS_SKIP_EXAMPLES - 1]);
    memmove(&skipped->examples[at + 1], &skipped->examples[at],
            (KS_SKIP_EXAMPLES - 1 - at) * sizeof(text));
    skipped->examples[at] = text;
}

void ks_coverage_skip(struct ks_coverage *coverage, enum ks_skip reason,
                      const char *where)
{
    (void)pthread_mutex_lock(&coverage->lock);
    coverage->skipped[reason].count++;
    keep_example(&coverage->skipped[reason], where);
    (void)pthread_mutex_unlock(&coverage->lock);
}

void ks_coverage_skip_more(struct ks_coverage *coverage, enum ks_skip reason,
                           uint64_t count)
{
    (void)pthread_mutex_lock(&coverage->lock);
    coverage->skipped[reason].count += count;
    (void)pthread_mutex_unlock(&coverage->lock);
}

struct ks_amounts ks_coverage_amounts(const struct ks_coverage *coverage)
{
    return coverage->amounts;
}

const struct ks_skipped *ks_coverage_skipped(const struct ks_coverage *coverage,
                                             enum ks_skip reason)
{
    return &coverage->skipped[reason];
}

bool ks_coverage_complete(const struct ks_coverage *coverage)
{
    for (size_t i = 0; i < KS_SKIP_COUNT; i++)
        if (coverage->skipped[i].count > 0)
            return false;
    return true;
}
