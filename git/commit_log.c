/* SPDX-License-Identifier: Apache-2.0 */
#include "git/commit_log.h"

#include "base/vec.h"
#include "git/oids.h"

#include <stdlib.h>
#include <string.h>

/* A commit; its names follow those of the one before in the same part. */
struct noted {
    int64_t time;
    size_t names; /* in bytes: its own, its tree's, its parents' */
    uint32_t parent_count;
};

struct part {
    KS_VEC(, struct noted) commits;
    KS_VEC(, uint8_t) names;
};

/* Where a commit is noted. */
struct place {
    uint32_t part, commit;
};

struct ks_commit_log {
    struct part *parts;
    unsigned part_count;
    size_t oid_len;
    struct ks_oids ids; /* once finished */
    struct place *places;
};

enum ks_rc ks_commit_log_new(struct ks_commit_log **out, unsigned workers,
                             size_t oid_len, struct ks_err *err)
{
    struct ks_commit_log *log = calloc(1, sizeof(*log));

    if (log == NULL)
        return ks_fail_memory(err);
    log->parts = calloc(workers, sizeof(*log->parts));
    if (log->parts == NULL) {
        free(log);
        return ks_fail_memory(err);
    }
    log->part_count = workers;
    log->oid_len = oid_len;
    ks_oids_init(&log->ids, oid_len);
    *out = log;
    return KS_OK;
}

void ks_commit_log_free(struct ks_commit_log *log)
{
    if (log == NULL)
        return;
    for (unsigned i = 0; i < log->part_count; i++) {
        KS_VEC_RELEASE(&log->parts[i].commits);
        KS_VEC_RELEASE(&log->parts[i].names);
    }
    ks_oids_release(&log->ids);
    free(log->places);
    free(log->parts);
    free(log);
}

static bool add_name(struct part *part, const uint8_t *oid, size_t len)
{
    while (part->names.room - part->names.len < len)
        if (!ks_vec_grow((void **)&part->names.items, &part->names.room,
                         part->names.room, 1))
            return false;
    memcpy(part->names.items + part->names.len, oid, len);
    part->names.len += len;
    return true;
}

static struct ks_commit_facts facts_of(const struct ks_commit_log *log,
                                       const struct part *part,
                                       const struct noted *noted)
{
    const uint8_t *tree = part->names.items + noted->names + log->oid_len;

    return (struct ks_commit_facts){.tree = tree,
                                    .parents = tree + log->oid_len,
                                    .parent_count = noted->parent_count,
                                    .time = noted->time};
}

enum ks_rc ks_commit_log_note(struct ks_commit_facts *out,
                              struct ks_commit_log *log, unsigned worker,
                              const struct ks_oid *oid,
                              const struct ks_commit_view *commit,
                              struct ks_err *err)
{
    struct part *part = &log->parts[worker];
    struct noted noted = {.time = commit->time, .names = part->names.len};
    struct ks_span parents = commit->parents;
    struct ks_oid parent;
    bool added = add_name(part, oid->bytes, log->oid_len) &&
                 add_name(part, commit->tree.bytes, log->oid_len);

    while (added && ks_commit_next_parent(&parent, &parents, log->oid_len)) {
        added = add_name(part, parent.bytes, log->oid_len);
        noted.parent_count++;
    }
    if (!added || !KS_VEC_PUSH(&part->commits, noted))
        return ks_fail_memory(err);
    *out = facts_of(log, part, &noted);
    return KS_OK;
}

enum ks_rc ks_commit_log_finish(struct ks_commit_log *log, struct ks_err *err)
{
    size_t count = 0;

    for (unsigned p = 0; p < log->part_count; p++)
        count += log->parts[p].commits.len;
    log->places = calloc(count + 1, sizeof(*log->places));
    if (log->places == NULL)
        return ks_fail_memory(err);
    for (uint32_t p = 0; p < log->part_count; p++)
        for (uint32_t i = 0; i < log->parts[p].commits.len; i++) {
            const struct part *part = &log->parts[p];
            uint32_t number = ks_oids_put(
                &log->ids, part->names.items + part->commits.items[i].names,
                NULL);

            if (number == KS_OIDS_NONE)
                return ks_fail_memory(err);
            log->places[number] = (struct place){p, i};
        }
    return KS_OK;
}

bool ks_commit_log_find(struct ks_commit_facts *out,
                        const struct ks_commit_log *log, const uint8_t *oid)
{
    uint32_t number = ks_oids_find(&log->ids, oid);
    const struct part *part;

    if (number == KS_OIDS_NONE)
        return false;
    part = &log->parts[log->places[number].part];
    *out =
        facts_of(log, part, &part->commits.items[log->places[number].commit]);
    return true;
}
