/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/history.h"

#include "cli/scan_state.h"

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

/* Asks the history for the places of all that the collector found. */
static enum ks_rc locate(struct ks_git *git, struct ks_collector *collector,
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

/* Scans history, or what its state does not know. */
static enum ks_rc scan(struct ks_session *session, struct ks_git *git,
                       const struct ks_blob_sink *sink, struct ks_err *err)
{
    struct ks_git_notes notes;
    enum ks_rc rc = KS_OK;

    if (session->args->state != NULL)
        rc = ks_scan_state_use(&notes, session, git, err);
    if (rc == KS_OK)
        rc = ks_git_scan(git, sink, err);
    if (rc == KS_OK || rc == KS_ECANCELED)
        rc = locate(git, session->collector, err);
    return rc == KS_OK ? ks_git_remember(git, err) : rc;
}

int ks_history_scan(struct ks_session *session, struct ks_git *git,
                    const char *target, bool staged, struct ks_err *err)
{
    struct ks_blob_sink sink;
    enum ks_rc rc = ks_session_collect(session, staged ? 1 : ks_git_jobs(git),
                                       !staged, err);

    if (rc != KS_OK)
        return KS_EXIT_ERROR;
    sink = ks_collector_sink(session->collector);
    rc = staged ? ks_git_staged(git, &sink, err)
                : scan(session, git, &sink, err);
    if (rc != KS_OK && rc != KS_ECANCELED)
        return KS_EXIT_ERROR;
    return ks_session_report(session, staged ? KS_SCAN_STAGED : KS_SCAN_GIT,
                             target, err);
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
