/* SPDX-License-Identifier: Apache-2.0 */
#include "git/queue.h"

#include <stdlib.h>
#include <string.h>

static bool before(const struct ks_queue *queue, uint32_t a, uint32_t b)
{
    const struct ks_commits *commits = queue->commits;
    int64_t at = commits->all.items[a].time, bt = commits->all.items[b].time;

    if (at != bt)
        return queue->newest_first ? at > bt : at < bt;
    return memcmp(ks_oids_at(&commits->ids, a), ks_oids_at(&commits->ids, b),
                  commits->ids.oid_len) < 0;
}

bool ks_queue_put(struct ks_queue *queue, uint32_t commit)
{
    size_t at = queue->heap.len;
    uint32_t *heap;

    if (!KS_VEC_PUSH(&queue->heap, commit))
        return false;
    heap = queue->heap.items;
    while (at > 0 && before(queue, commit, heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = commit;
    return true;
}

uint32_t ks_queue_take(struct ks_queue *queue)
{
    uint32_t *heap = queue->heap.items;
    uint32_t first = heap[0], last = heap[--queue->heap.len];
    size_t at = 0, len = queue->heap.len;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < len && before(queue, heap[child + 1], heap[child]))
            child++;
        if (child >= len || !before(queue, heap[child], last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

void ks_queue_release(struct ks_queue *queue)
{
    KS_VEC_RELEASE(&queue->heap);
}
