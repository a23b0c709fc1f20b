/* SPDX-License-Identifier: Apache-2.0 */
/* A Slack token revokes itself: docs.slack.dev, method auth.revoke. */
#include "revoke/channel.h"

#include "revoke/wire/json.h"

#include <cjson/cJSON.h>
#include <string.h>

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    enum ks_rc rc = ks_channel_post(out, channel, "/api/auth.revoke", err);

    if (rc == KS_OK)
        rc = ks_channel_header(out, "Content-Type",
                               "application/x-www-form-urlencoded", err);
    return rc != KS_OK ? rc
                       : ks_channel_present(out, "Authorization", "Bearer ",
                                            message->items[0].secret, err);
}

/* Slack answers 200 to everything, and says in the body what it means. */
static enum ks_outcome judge_body(const cJSON *body)
{
    static const char *const gone[] = {"token_revoked", "invalid_auth",
                                       "account_inactive", "token_expired"};
    static const char *const later[] = {"ratelimited", "internal_error",
                                        "fatal_error", "service_unavailable",
                                        "request_timeout"};
    const char *error = ks_wire_text(body, "error");

    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(body, "ok")))
        return cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(body, "revoked"))
                   ? KS_OUTCOME_REFUSED
                   : KS_OUTCOME_DONE;
    for (size_t i = 0; error != NULL && i < sizeof(gone) / sizeof(gone[0]); i++)
        if (strcmp(error, gone[i]) == 0)
            return KS_OUTCOME_GONE;
    for (size_t i = 0; error != NULL && i < sizeof(later) / sizeof(later[0]);
         i++)
        if (strcmp(error, later[i]) == 0)
            return KS_OUTCOME_RETRY;
    return KS_OUTCOME_REFUSED;
}

static enum ks_outcome judge(const struct ks_message *message,
                             const struct ks_http_answer *answer)
{
    enum ks_outcome outcome = ks_outcome_of_status(answer->status);
    cJSON *body = NULL;

    (void)message;
    if (outcome != KS_OUTCOME_DONE)
        return outcome;
    if (ks_json_parse(&body, ks_buf_span(&answer->body), NULL) != KS_OK)
        return KS_OUTCOME_RETRY;
    outcome = judge_body(body);
    cJSON_Delete(body);
    return outcome;
}

const struct ks_channel_kind ks_ch_slack = {
    .name = "slack",
    .summary = "a Slack token revokes itself; cannot be undone",
    .revokes = true,
    .batch_max = 1,
    .default_url = "https://slack.com",
    .build = build,
    .judge = judge,
};
