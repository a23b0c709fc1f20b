/* SPDX-License-Identifier: Apache-2.0 */
#include "git/rank.h"

#include <stdlib.h>

/* Children of each commit, as runs of one array. */
struct family {
    uint32_t *first; /* count + 1 offsets in `children` */
    uint32_t *children;
    uint32_t *waiting; /* parents that have no rank yet */
};

static void family_release(struct family *family)
{
    free(family->first);
    free(family->children);
    free(family->waiting);
}

static bool was_read(const struct ks_commits *commits, uint32_t number)
{
    return (commits->all.items[number].flags & KS_COMMIT_READ) != 0;
}

static enum ks_rc family_build(struct family *family,
                               const struct ks_commits *commits,
                               struct ks_err *err)
{
    size_t count = commits->all.len;
    uint32_t *fill;

    family->first = calloc(count + 2, sizeof(*family->first));
    family->children =
        calloc(commits->parents.len + 1, sizeof(*family->children));
    family->waiting = calloc(count + 1, sizeof(*family->waiting));
    if (family->first == NULL || family->children == NULL ||
        family->waiting == NULL)
        return ks_fail_memory(err);
    /* Counts are kept one place ahead, so that filling makes them offsets. */
    for (size_t i = 0; i < commits->parents.len; i++)
        family->first[commits->parents.items[i] + 2]++;
    for (size_t i = 2; i < count + 2; i++)
        family->first[i] += family->first[i - 1];
    fill = family->first + 1;
    for (uint32_t i = 0; i < count; i++) {
        const struct ks_commit *commit = &commits->all.items[i];

        for (uint32_t p = 0; p < commit->parent_count; p++) {
            uint32_t parent = commits->parents.items[commit->first_parent + p];

            family->children[fill[parent]++] = i;
            family->waiting[i] += was_read(commits, parent);
        }
    }
    return KS_OK;
}

static void give_rank(struct ks_commits *commits, uint32_t *order,
                      uint32_t *next, uint32_t number)
{
    order[*next] = number;
    commits->all.items[number].rank = (*next)++;
}

/* Fills `order`; returns how many have a place in it. */
static enum ks_rc sort(uint32_t *order, uint32_t *ranked,
                       struct ks_commits *commits, struct family *family,
                       struct ks_err *err)
{
    struct ks_queue queue = {.commits = commits};
    enum ks_rc rc = KS_OK;

    for (uint32_t i = 0; rc == KS_OK && i < commits->all.len; i++)
        if (was_read(commits, i) && family->waiting[i] == 0 &&
            !ks_queue_put(&queue, i))
            rc = ks_fail_memory(err);
    while (rc == KS_OK && queue.heap.len > 0) {
        uint32_t number = ks_queue_take(&queue);

        give_rank(commits, order, ranked, number);
        for (uint32_t i = family->first[number];
             rc == KS_OK && i < family->first[number + 1]; i++) {
            uint32_t child = family->children[i];

            if (--family->waiting[child] == 0 && !ks_queue_put(&queue, child))
                rc = ks_fail_memory(err);
        }
    }
    ks_queue_release(&queue);
    return rc;
}

static void spread_live(struct ks_commits *commits, const uint32_t *order,
                        uint32_t ranked)
{
    for (uint32_t i = ranked; i-- > 0;) {
        const struct ks_commit *commit = &commits->all.items[order[i]];

        if ((commit->flags & KS_COMMIT_LIVE) == 0)
            continue;
        for (uint32_t p = 0; p < commit->parent_count; p++)
            commits->all.items[commits->parents.items[commit->first_parent + p]]
                .flags |= KS_COMMIT_LIVE;
    }
}

enum ks_rc ks_rank(struct ks_commits *commits, struct ks_err *err)
{
    struct family family = {0};
    uint32_t *order = calloc(commits->all.len + 1, sizeof(*order));
    uint32_t ranked = 0;
    enum ks_rc rc;

    rc = order == NULL ? ks_fail_memory(err)
                       : family_build(&family, commits, err);
    if (rc == KS_OK)
        rc = sort(order, &ranked, commits, &family, err);
    if (rc == KS_OK)
        spread_live(commits, order, ranked);
    for (uint32_t i = 0; rc == KS_OK && i < ranked; i++)
        if ((commits->all.items[order[i]].flags & KS_COMMIT_CHOSEN) != 0 &&
            !KS_VEC_PUSH(&commits->chosen, order[i]))
            rc = ks_fail_memory(err);
    free(order);
    family_release(&family);
    return rc;
}
