/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HashiCorp Vault revokes one of its tokens: POST /v1/auth/token/revoke,
 * developer.hashicorp.com, "Token auth method (API)".
 */
#include "revoke/channel.h"

#include "revoke/wire/json.h"

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    enum ks_rc rc = ks_channel_post(out, channel, "/v1/auth/token/revoke", err);

    if (rc == KS_OK)
        rc = ks_channel_reserve(&out->body, message, err);
    if (rc != KS_OK)
        return rc;
    if (ks_buf_add_str(&out->body, "{\"token\":") != KS_OK ||
        ks_json_add_string(&out->body, message->items[0].secret) != KS_OK ||
        ks_buf_add_byte(&out->body, '}') != KS_OK)
        return ks_fail_memory(err);
    rc = ks_channel_header(out, "Content-Type", "application/json", err);
    return rc != KS_OK ? rc
                       : ks_channel_authorize(out, message, "X-Vault-Token", "",
                                              channel->token_file, err);
}

static const char *check(const struct ks_channel *channel)
{
    return channel->token_file == NULL ? "token_file" : NULL;
}

const struct ks_channel_kind ks_ch_vault = {
    .name = "vault",
    .summary = "HashiCorp Vault revokes one of its tokens",
    .revokes = true,
    .batch_max = 1,
    .check = check,
    .build = build,
};
