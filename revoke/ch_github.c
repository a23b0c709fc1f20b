/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GitHub's own revocation, POST /credentials/revoke: docs.github.com, REST API,
 * "Revocation". Cannot be undone; the owner of each token is told by GitHub.
 */
#include "revoke/channel.h"

#include "revoke/wire/json.h"

enum { BATCH_MAX = 1000 };

static enum ks_rc add_item(struct ks_buf *body, const struct ks_item *item)
{
    return ks_json_add_string(body, item->secret);
}

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    static const char *const headers[][2] = {
        {"Content-Type", "application/json"},
        {"Accept", "application/vnd.github+json"},
        {"X-GitHub-Api-Version", "2022-11-28"},
        {"User-Agent", "keysweep/" KS_VERSION},
    };
    enum ks_rc rc = ks_channel_post(out, channel, "/credentials/revoke", err);

    if (rc == KS_OK)
        rc = ks_channel_list(&out->body, message, "{\"credentials\":[",
                             add_item, "]}", err);
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]) && rc == KS_OK;
         i++)
        rc = ks_channel_header(out, headers[i][0], headers[i][1], err);
    return rc != KS_OK
               ? rc
               : ks_channel_authorize(out, message, "Authorization", "Bearer ",
                                      channel->token_file, err);
}

/* 403 is how GitHub says that the hour's requests are used up. */
static enum ks_outcome judge(const struct ks_message *message,
                             const struct ks_http_answer *answer)
{
    (void)message;
    return answer->status == 403 ? KS_OUTCOME_RETRY
                                 : ks_outcome_of_status(answer->status);
}

const struct ks_channel_kind ks_ch_github = {
    .name = "github",
    .summary = "GitHub's own revocation of its tokens; cannot be undone",
    .revokes = true,
    .batch_max = BATCH_MAX,
    .default_url = "https://api.github.com",
    .build = build,
    .judge = judge,
};
