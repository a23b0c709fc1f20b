/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan_state.h"

#include "base/hash.h"
#include "scanner/recollect.h"

#include <stdlib.h>

enum { HIDE_ALL = 100 }; /* percent */

static const struct ks_redaction hidden = {.percent = HIDE_ALL};

/* Stands for all that decides in which objects something is found. */
static enum ks_rc make_key(uint8_t out[KS_GIT_STATE_KEY],
                           struct ks_session *session, struct ks_err *err)
{
    const char *confidence = ks_session_confidence(session);
    uint8_t rules[KS_SHA256_LEN];
    struct ks_sha256 *hash = NULL;
    enum ks_rc rc = ks_session_hash_rules(rules, session, err);

    if (rc == KS_OK)
        rc = ks_sha256_new(&hash, err);
    if (rc != KS_OK)
        return rc;
    ks_sha256_add_field(hash, ks_span_str(KS_VERSION));
    ks_sha256_add_field(hash, (struct ks_span){rules, sizeof(rules)});
    ks_sha256_add_field(hash,
                        ks_span_str(confidence == NULL ? "" : confidence));
    ks_sha256_add_field(
        hash, ks_span_str(session->args->all_rules ? "all" : "usual"));
    ks_sha256_add_field(
        hash,
        ks_span_str(session->args->no_allow_comments ? "all" : "allowed"));
    ks_sha256_finish(hash, out);
    ks_sha256_free(hash);
    return KS_OK;
}

/* Whether somebody will look at the bytes of secrets: no state has them. */
static bool needs_secrets(const struct ks_session *session)
{
    const struct ks_args *args = session->args;

    return session->redaction.show || session->redaction.percent < HIDE_ALL ||
           args->taker != NULL || args->revoke != NULL || args->notify ||
           ks_policies_need_secrets(session->policies);
}

static enum ks_rc save(void *ctx, struct ks_buf *out, struct ks_err *err)
{
    const struct ks_scan_state *state = ctx;

    return ks_collector_save(out, state->session->collector, err);
}

/*
 * What is new may show a secret in its author's name or its path: then the
 * secret's bytes are needed to mask it, and the blobs that hold it.
 */
static enum ks_rc restore(void *ctx, struct ks_span notes, bool same,
                          struct ks_err *err)
{
    const struct ks_scan_state *state = ctx;
    struct ks_collector *collector = state->session->collector;
    enum ks_rc rc;

    if (same && !needs_secrets(state->session))
        return ks_collector_restore(collector, notes, err);
    rc = ks_collector_restore_counts(collector, notes, err);
    return rc == KS_OK ? KS_ENOENT : rc;
}

static bool in_a_message(const struct ks_finding *finding)
{
    for (size_t i = 0; i < finding->location_count; i++)
        if (finding->locations[i].kind == KS_BLOB_COMMIT_MESSAGE ||
            finding->locations[i].kind == KS_BLOB_TAG_MESSAGE)
            return true;
    return false;
}

/* Leaves the findings that are in messages. */
static enum ks_rc keep_messages(struct ks_report *report, struct ks_err *err)
{
    struct ks_finding *kept = calloc(report->finding_count + 1, sizeof(*kept));
    size_t count = 0;

    if (kept == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < report->finding_count; i++)
        if (in_a_message(&report->findings[i]))
            kept[count++] = report->findings[i];
    report->findings = kept;
    report->finding_count = count;
    return KS_OK;
}

/* Collects what a report masks, of all secrets, allowed ones too. */
static enum ks_rc make_masks(struct ks_scan_state *state, struct ks_err *err)
{
    struct ks_report report = {.kind = KS_SCAN_GIT};
    enum ks_rc rc =
        ks_collector_report(&report, state->session->collector, NULL, err);

    if (rc == KS_OK)
        rc = ks_mask_init(&state->all, &report, &hidden);
    if (rc == KS_OK)
        rc = keep_messages(&report, err);
    if (rc != KS_OK)
        return rc;
    rc = ks_mask_init(&state->messages, &report, &hidden);
    free((void *)(uintptr_t)report.findings);
    return rc;
}

static enum ks_git_shows shows(void *ctx, const char *text)
{
    struct ks_scan_state *state = ctx;
    struct ks_span bytes = ks_span_str(text);
    struct ks_buf all, messages;
    enum ks_git_shows result = KS_SHOWS_SECRET;

    if (!state->masked && make_masks(state, NULL) != KS_OK)
        return result;
    state->masked = true;
    ks_buf_init(&all, SIZE_MAX);
    ks_buf_init(&messages, SIZE_MAX);
    if (ks_mask_apply(&all, &state->all, bytes, hidden) == KS_OK &&
        ks_mask_apply(&messages, &state->messages, bytes, hidden) == KS_OK) {
        if (ks_span_equal(ks_buf_span(&all), bytes))
            result = KS_SHOWS_NOTHING;
        else if (ks_span_equal(ks_buf_span(&all), ks_buf_span(&messages)))
            result = KS_SHOWS_MESSAGE;
    }
    ks_buf_release(&all);
    ks_buf_release(&messages);
    return result;
}

enum ks_rc ks_scan_state_use(struct ks_scan_state *out,
                             struct ks_session *session, struct ks_git *git,
                             struct ks_err *err)
{
    uint8_t key[KS_GIT_STATE_KEY];
    enum ks_rc rc = make_key(key, session, err);

    if (rc != KS_OK)
        return rc;
    *out = (struct ks_scan_state){.session = session,
                                  .notes = {out, save, restore, shows}};
    ks_git_use_state(git, session->args->state, key, &out->notes);
    return KS_OK;
}

void ks_scan_state_release(struct ks_scan_state *state)
{
    ks_mask_release(&state->all);
    ks_mask_release(&state->messages);
    *state = (struct ks_scan_state){0};
}
