/* SPDX-License-Identifier: Apache-2.0 */
/* Notification webhooks: Standard Webhooks 1.0.0, without any secret. */
#include "revoke/channel.h"

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    enum ks_rc rc = ks_channel_post(out, channel, "", err);

    if (rc == KS_OK && ks_buf_add(&out->body, message->payload) != KS_OK)
        rc = ks_fail(err, KS_ELIMIT, "a notification would be too long");
    if (rc == KS_OK)
        rc = ks_channel_header(out, "Content-Type", "application/json", err);
    if (rc == KS_OK)
        rc = ks_channel_authorize(out, message, "Authorization", "Bearer ",
                                  channel->token_file, err);
    return rc != KS_OK ? rc : ks_channel_sign(out, channel, message, err);
}

static const char *check(const struct ks_channel *channel)
{
    return channel->signing_keys.len == 0 ? "signing_keys" : NULL;
}

const struct ks_channel_kind ks_ch_webhook = {
    .name = "webhook",
    .summary = "tells of findings and revocations, without the secret",
    .revokes = false,
    .batch_max = 1,
    .check = check,
    .build = build,
};
