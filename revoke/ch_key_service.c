/* SPDX-License-Identifier: Apache-2.0 */
/* The key service API: GitLab's contract, signed by Standard Webhooks. */
#include "revoke/channel.h"

#include "revoke/key_service.h"
#include "revoke/wire/json.h"

#include <stdio.h>

enum { BATCH_MAX = 1000, KEY_TEXT = 64 };

static enum ks_rc add_item(struct ks_buf *body, const struct ks_item *item)
{
    enum ks_rc rc = ks_buf_add_str(body, "{\"type\":");

    if (rc == KS_OK)
        rc = ks_json_add_string(
            body, ks_span_str(item->type == NULL ? "" : item->type));
    if (rc == KS_OK)
        rc = ks_buf_add_str(body, ",\"token\":");
    if (rc == KS_OK)
        rc = ks_json_add_string(body, item->secret);
    if (rc == KS_OK)
        rc = ks_buf_add_str(body, ",\"location\":");
    if (rc == KS_OK)
        rc = ks_json_add_string(body, ks_span_str(item->location));
    return rc != KS_OK ? rc : ks_buf_add_byte(body, '}');
}

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    char key[KEY_TEXT];
    enum ks_rc rc = ks_channel_post(out, channel, "/v1/revoke_tokens", err);

    (void)snprintf(key, sizeof(key), "\"%s\"", message->id);
    if (rc == KS_OK)
        rc = ks_channel_list(&out->body, message, "[", add_item, "]", err);
    if (rc == KS_OK)
        rc = ks_channel_header(out, "Content-Type", "application/json", err);
    if (rc == KS_OK)
        rc = ks_channel_header(out, "Idempotency-Key", key, err);
    if (rc == KS_OK)
        rc = ks_channel_authorize(out, message, "Authorization", "Bearer ",
                                  channel->token_file, err);
    return rc != KS_OK ? rc : ks_channel_sign(out, channel, message, err);
}

static const char *check(const struct ks_channel *channel)
{
    if (channel->token_file == NULL && channel->client_cert == NULL)
        return "token_file or client_cert";
    return NULL;
}

const struct ks_channel_kind ks_ch_key_service = {
    .name = "key-service",
    .summary = "a key service: revokes by type and token",
    .revokes = true,
    .batch_max = BATCH_MAX,
    .check = check,
    .build = build,
};

enum ks_rc ks_key_service_types_request(struct ks_http_request *out,
                                        const struct ks_channel *channel,
                                        struct ks_err *err)
{
    struct ks_message message = {.preview = false};
    enum ks_rc rc =
        ks_channel_url(out, channel, "/v1/revocable_token_types", err);

    out->method = "GET";
    return rc != KS_OK
               ? rc
               : ks_channel_authorize(out, &message, "Authorization", "Bearer ",
                                      channel->token_file, err);
}
