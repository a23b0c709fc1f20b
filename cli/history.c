/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/history.h"

#include "cli/before.h"
#include "cli/scan_state.h"

#include <stdlib.h>

/* What was found, and whether somebody told where. */
struct placing {
    struct ks_collector *collector;
    const struct ks_found_blob *found;
    size_t count;
    struct ks_git_query *queries;
    bool *placed;
};

static enum ks_rc on_place(void *ctx, const struct ks_git_place *place,
                           struct ks_err *err)
{
    const struct placing *placing = ctx;
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
        .unreachable = place->unreachable,
    };

    placing->placed[place->blob] = true;
    return ks_collector_place(placing->collector, &found, err);
}

/* A search that was stopped leaves findings of which no commit is known. */
static enum ks_rc place_rest(const struct placing *placing, struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; rc == KS_OK && i < placing->count; i++) {
        struct ks_found_place found = {.blob = i,
                                       .path = placing->found[i].path};

        if (!placing->placed[i])
            rc = ks_collector_place(placing->collector, &found, err);
    }
    return rc;
}

static enum ks_rc ask(struct placing *placing, struct ks_git *git,
                      struct ks_err *err)
{
    enum ks_rc rc;

    placing->queries = calloc(placing->count, sizeof(*placing->queries));
    placing->placed = calloc(placing->count, sizeof(*placing->placed));
    if (placing->queries == NULL || placing->placed == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < placing->count; i++)
        placing->queries[i] =
            (struct ks_git_query){placing->found[i].oid, placing->found[i].kind,
                                  placing->found[i].path};
    rc = ks_git_locate(git, placing->queries, placing->count, on_place, placing,
                       err);
    if (rc != KS_ECANCELED)
        return rc;
    rc = place_rest(placing, err);
    return rc == KS_OK ? KS_ECANCELED : rc;
}

/* Asks the history for the places of all that the collector found. */
static enum ks_rc locate(struct ks_git *git, struct ks_collector *collector,
                         struct ks_err *err)
{
    struct placing placing = {.collector = collector};
    enum ks_rc rc =
        ks_collector_found(&placing.found, &placing.count, collector, err);

    if (rc == KS_OK && placing.count > 0)
        rc = ask(&placing, git, err);
    free(placing.queries);
    free(placing.placed);
    return rc;
}

/* Scans history, or what its state does not know. */
static enum ks_rc scan(struct ks_session *session, struct ks_git *git,
                       const struct ks_blob_sink *sink, struct ks_err *err)
{
    struct ks_scan_state state = {0};
    enum ks_rc rc = KS_OK;

    if (session->args->state != NULL)
        rc = ks_scan_state_use(&state, session, git, err);
    if (rc == KS_OK)
        rc = ks_git_scan(git, sink, err);
    if (rc == KS_OK || rc == KS_ECANCELED)
        rc = locate(git, session->collector, err);
    if (rc == KS_OK)
        rc = ks_git_remember(git, err);
    ks_scan_state_release(&state);
    return rc;
}

int ks_history_scan(struct ks_session *session, struct ks_git *git,
                    const char *target, enum ks_history_what what,
                    struct ks_err *err)
{
    struct ks_blob_sink sink;
    struct ks_before before = {.collector = NULL};
    bool staged = what == KS_HISTORY_STAGED;
    int status = KS_EXIT_ERROR;
    enum ks_rc rc = ks_session_collect(session, ks_git_jobs(git), !staged, err);

    if (rc != KS_OK)
        return KS_EXIT_ERROR;
    sink = ks_collector_sink(session->collector);
    rc = staged ? ks_git_staged(git, &sink, err)
                : scan(session, git, &sink, err);
    if (rc == KS_OK && what != KS_HISTORY_CHOSEN &&
        !session->args->whole_files) {
        rc = ks_before_look(&before, session, git, err);
        session->before = &before;
    }
    if (rc == KS_OK || rc == KS_ECANCELED)
        status = ks_session_report(
            session, staged ? KS_SCAN_STAGED : KS_SCAN_GIT, target, err);
    session->before = NULL;
    ks_before_release(&before);
    return status;
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
