/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GitLab token revokes itself: DELETE /api/v4/personal_access_tokens/self,
 * docs.gitlab.com, "Personal access tokens API".
 */
#include "revoke/channel.h"

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    enum ks_rc rc = ks_channel_url(out, channel,
                                   "/api/v4/personal_access_tokens/self", err);

    out->method = "DELETE";
    return rc != KS_OK ? rc
                       : ks_channel_present(out, "PRIVATE-TOKEN", "",
                                            message->items[0].secret, err);
}

/* A token that is not taken any more cannot revoke itself, nor need it. */
static enum ks_outcome judge(const struct ks_message *message,
                             const struct ks_http_answer *answer)
{
    (void)message;
    return answer->status == 401 ? KS_OUTCOME_GONE
                                 : ks_outcome_of_status(answer->status);
}

const struct ks_channel_kind ks_ch_gitlab = {
    .name = "gitlab",
    .summary = "a GitLab token revokes itself; cannot be undone",
    .revokes = true,
    .batch_max = 1,
    .default_url = "https://gitlab.com",
    .build = build,
    .judge = judge,
};
