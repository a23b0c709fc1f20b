/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/history.h"

#include <stdlib.h>

static enum ks_rc on_place(void *ctx, const struct ks_git_place *place,
                           struct ks_err *err)
{
    struct ks_found_place found = {
        .blob = place->blob,
        .path = place->path,
        .commit = {.oid = place->commit,
                   .author = {place->author.name, place->author.email},
                   .time = place->time,
                   .offset = place->offset,
                   .message = place->message},
        .order = place->order,
        .at_tip = place->at_tip,
    };

    return ks_collector_place(ctx, &found, err);
}

enum ks_rc ks_history_locate(struct ks_git *git, struct ks_collector *collector,
                             struct ks_err *err)
{
    const struct ks_found_blob *found = NULL;
    struct ks_git_query *queries;
    size_t count = 0;
    enum ks_rc rc = ks_collector_found(&found, &count, collector, err);

    if (rc != KS_OK || count == 0)
        return rc;
    queries = calloc(count, sizeof(*queries));
    if (queries == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        queries[i] =
            (struct ks_git_query){found[i].oid, found[i].kind, found[i].path};
    rc = ks_git_locate(git, queries, count, on_place, collector, err);
    free(queries);
    return rc;
}

enum ks_rc ks_history_open(struct ks_git **out, struct ks_session *session,
                           const char *path, struct ks_git_options *options,
                           enum ks_trust trust, struct ks_err *err)
{
    enum ks_rc rc;

    options->jobs = session->jobs;
    options->coverage = session->coverage;
    options->progress = &session->progress;
    options->stop = session->stop;
    options->log = &session->log;
    rc = ks_git_open(out, path, options, err);
    if (rc == KS_OK)
        rc = ks_session_configure(session, ks_git_workdir(*out), trust, err);
    return rc;
}
