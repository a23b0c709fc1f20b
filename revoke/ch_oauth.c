/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth 2.0 token revocation: RFC 7009. The URL is the revocation endpoint. */
#include "revoke/channel.h"

#include "base/secret.h"
#include "revoke/wire/secret_file.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_CAP = 64 * 1024 };

static enum ks_rc build_body(struct ks_buf *body,
                             const struct ks_channel *channel,
                             const struct ks_message *message,
                             struct ks_err *err)
{
    enum ks_rc rc = ks_channel_reserve(body, message, err);

    if (rc != KS_OK)
        return rc;
    rc = ks_buf_add_str(body, "token=");
    if (rc == KS_OK)
        rc = ks_channel_add_form(body, message->items[0].secret);
    if (rc == KS_OK && channel->token_type_hint != NULL) {
        rc = ks_buf_add_str(body, "&token_type_hint=");
        if (rc == KS_OK)
            rc = ks_channel_add_form(body,
                                     ks_span_str(channel->token_type_hint));
    }
    if (rc == KS_OK && channel->client_id != NULL &&
        channel->client_secret_file == NULL) {
        rc = ks_buf_add_str(body, "&client_id=");
        if (rc == KS_OK)
            rc = ks_channel_add_form(body, ks_span_str(channel->client_id));
    }
    return rc != KS_OK ? ks_fail(err, rc, "no room for a request") : KS_OK;
}

/* RFC 6749, 2.3.1: both parts are form-encoded before base64. */
static enum ks_rc add_basic(struct ks_http_request *out,
                            const struct ks_channel *channel,
                            struct ks_err *err)
{
    struct ks_buf secret, pair, text;
    enum ks_rc rc;

    ks_buf_init(&secret, SECRET_CAP);
    ks_buf_init(&pair, 4 * SECRET_CAP);
    ks_buf_init(&text, 8 * SECRET_CAP);
    rc = ks_secret_file_read(&secret, channel->client_secret_file, err);
    if (rc != KS_OK)
        goto out;
    if (ks_buf_reserve(&pair, 3 * (secret.len + strlen(channel->client_id)) +
                                  2) != KS_OK ||
        ks_channel_add_form(&pair, ks_span_str(channel->client_id)) != KS_OK ||
        ks_buf_add_byte(&pair, ':') != KS_OK ||
        ks_channel_add_form(&pair, ks_buf_span(&secret)) != KS_OK ||
        ks_buf_reserve(&text, sodium_base64_ENCODED_LEN(
                                  pair.len, sodium_base64_VARIANT_ORIGINAL)) !=
            KS_OK) {
        rc = ks_fail_memory(err);
        goto out;
    }
    (void)sodium_bin2base64((char *)text.ptr, text.room, pair.ptr, pair.len,
                            sodium_base64_VARIANT_ORIGINAL);
    text.len = strlen((const char *)text.ptr);
    rc = ks_channel_present(out, "Authorization", "Basic ", ks_buf_span(&text),
                            err);
out:
    ks_buf_wipe(&secret);
    ks_buf_wipe(&pair);
    ks_buf_wipe(&text);
    return rc;
}

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    enum ks_rc rc = ks_channel_post(out, channel, "", err);

    if (rc == KS_OK)
        rc = build_body(&out->body, channel, message, err);
    if (rc == KS_OK)
        rc = ks_channel_header(out, "Content-Type",
                               "application/x-www-form-urlencoded", err);
    if (rc != KS_OK || channel->client_secret_file == NULL)
        return rc;
    return message->preview ? ks_channel_header(out, "Authorization",
                                                "Basic [from a file]", err)
                            : add_basic(out, channel, err);
}

static const char *check(const struct ks_channel *channel)
{
    return channel->client_id == NULL ? "client_id" : NULL;
}

const struct ks_channel_kind ks_ch_oauth = {
    .name = "oauth",
    .summary = "OAuth 2.0 token revocation (RFC 7009); cannot be undone",
    .revokes = true,
    .batch_max = 1,
    .check = check,
    .build = build,
};
