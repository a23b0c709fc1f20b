/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan_state.h"

#include "base/hash.h"
#include "scanner/recollect.h"

enum { HIDE_ALL = 100 }; /* percent */

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
    const struct ks_session *session = ctx;

    return ks_collector_save(out, session->collector, err);
}

static enum ks_rc restore(void *ctx, struct ks_span notes, struct ks_err *err)
{
    const struct ks_session *session = ctx;
    enum ks_rc rc;

    if (!needs_secrets(session))
        return ks_collector_restore(session->collector, notes, err);
    rc = ks_collector_restore_counts(session->collector, notes, err);
    return rc == KS_OK ? KS_ENOENT : rc;
}

enum ks_rc ks_scan_state_use(struct ks_git_notes *notes,
                             struct ks_session *session, struct ks_git *git,
                             struct ks_err *err)
{
    uint8_t key[KS_GIT_STATE_KEY];
    enum ks_rc rc = make_key(key, session, err);

    if (rc != KS_OK)
        return rc;
    *notes = (struct ks_git_notes){session, save, restore};
    ks_git_use_state(git, session->args->state, key, notes);
    return KS_OK;
}
