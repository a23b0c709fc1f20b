/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/channel.h"

#include "revoke/wire/json.h"
#include "revoke/wire/secret_file.h"
#include "revoke/wire/sign.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ITEM_ROOM = 256, FILE_CAP = 64 * 1024, SIGNATURES_CAP = 4096 };

static const struct ks_channel_kind *const kinds[] = {
    &ks_ch_key_service, &ks_ch_webhook, &ks_ch_github_partner,
    &ks_ch_github,      &ks_ch_gitlab,  &ks_ch_slack,
    &ks_ch_oauth,       &ks_ch_vault,   &ks_ch_aws,
};

const struct ks_channel_kind *const *ks_channel_kinds(size_t *count)
{
    *count = sizeof(kinds) / sizeof(kinds[0]);
    return kinds;
}

const struct ks_channel_kind *ks_channel_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

enum ks_outcome ks_outcome_of_status(unsigned status)
{
    if (status >= 200 && status <= 299)
        return KS_OUTCOME_DONE;
    if (status == 410)
        return KS_OUTCOME_DISABLED;
    if (status == 408 || status == 409 || status == 425 || status == 429 ||
        status >= 500)
        return KS_OUTCOME_RETRY;
    return KS_OUTCOME_REFUSED;
}

enum ks_rc ks_channel_url(struct ks_http_request *out,
                          const struct ks_channel *channel, const char *path,
                          struct ks_err *err)
{
    size_t len = strlen(channel->url);
    int used;

    while (len > 0 && channel->url[len - 1] == '/')
        len--;
    used = snprintf(out->url, sizeof(out->url), "%.*s%s", (int)len,
                    channel->url, path);
    if (used < 0 || (size_t)used >= sizeof(out->url))
        return ks_fail(err, KS_ELIMIT, "the URL of %s is too long",
                       channel->name);
    return KS_OK;
}

enum ks_rc ks_channel_post(struct ks_http_request *out,
                           const struct ks_channel *channel, const char *path,
                           struct ks_err *err)
{
    out->method = "POST";
    out->has_body = true;
    return ks_channel_url(out, channel, path, err);
}

enum ks_rc ks_channel_header(struct ks_http_request *out, const char *name,
                             const char *value, struct ks_err *err)
{
    return ks_http_add_header(out, name, ks_span_str(value), err);
}

enum ks_rc ks_channel_present(struct ks_http_request *out, const char *header,
                              const char *scheme, struct ks_span secret,
                              struct ks_err *err)
{
    struct ks_buf value;
    enum ks_rc rc;

    ks_buf_init(&value, FILE_CAP + ITEM_ROOM);
    rc = ks_buf_reserve(&value, strlen(scheme) + secret.len);
    if (rc == KS_OK)
        rc = ks_buf_add_str(&value, scheme);
    if (rc == KS_OK)
        rc = ks_buf_add(&value, secret);
    if (rc != KS_OK)
        rc = ks_fail(err, rc, "no room for the header %s", header);
    else
        rc = ks_http_add_header(out, header, ks_buf_span(&value), err);
    ks_buf_wipe(&value);
    return rc;
}

enum ks_rc ks_channel_authorize(struct ks_http_request *out,
                                const struct ks_message *message,
                                const char *header, const char *scheme,
                                const char *file, struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc = KS_OK;

    if (file == NULL)
        return KS_OK;
    ks_buf_init(&text, FILE_CAP);
    rc = message->preview ? ks_buf_add_str(&text, "[from a file]")
                          : ks_secret_file_read(&text, file, err);
    if (rc == KS_OK)
        rc = ks_channel_present(out, header, scheme, ks_buf_span(&text), err);
    ks_buf_wipe(&text);
    return rc;
}

static enum ks_rc add_signature(struct ks_buf *value, const char *file,
                                const struct ks_signed *what,
                                struct ks_err *err)
{
    struct ks_sign_key key;
    struct ks_buf text;
    enum ks_rc rc;

    ks_buf_init(&text, FILE_CAP);
    rc = ks_secret_file_read(&text, file, err);
    if (rc == KS_OK) {
        rc = ks_sign_key_parse(&key, ks_buf_span(&text), err);
        if (rc != KS_OK)
            rc = ks_fail_within(err, rc, "%s", file);
    }
    ks_buf_wipe(&text);
    if (rc != KS_OK)
        return rc;
    rc = ks_sign_add(value, &key, what, err);
    ks_sign_key_wipe(&key);
    return rc;
}

enum ks_rc ks_channel_sign(struct ks_http_request *out,
                           const struct ks_channel *channel,
                           const struct ks_message *message, struct ks_err *err)
{
    struct ks_signed what = {message->id, message->now,
                             ks_buf_span(&out->body)};
    struct ks_buf value;
    char time[32];
    enum ks_rc rc = KS_OK;

    ks_buf_init(&value, SIGNATURES_CAP);
    (void)snprintf(time, sizeof(time), "%" PRId64, message->now);
    for (size_t i = 0; i < channel->signing_keys.len && rc == KS_OK; i++)
        rc = message->preview
                 ? ks_buf_add_str(&value, "[signed]")
                 : add_signature(&value, channel->signing_keys.items[i], &what,
                                 err);
    if (rc == KS_OK)
        rc = ks_channel_header(out, "webhook-id", message->id, err);
    if (rc == KS_OK)
        rc = ks_channel_header(out, "webhook-timestamp", time, err);
    if (rc == KS_OK && value.len > 0)
        rc = ks_http_add_header(out, "webhook-signature", ks_buf_span(&value),
                                err);
    ks_buf_release(&value);
    return rc;
}

enum ks_rc ks_channel_add_form(struct ks_buf *out, struct ks_span text)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < text.len && rc == KS_OK; i++) {
        uint8_t c = text.ptr[i];

        if (isascii(c) && (isalnum(c) || strchr("-._~", c) != NULL) && c != 0)
            rc = ks_buf_add_byte(out, c);
        else
            rc = ks_buf_printf(out, "%%%02X", c);
    }
    return rc;
}

enum ks_rc ks_channel_reserve(struct ks_buf *body,
                              const struct ks_message *message,
                              struct ks_err *err)
{
    size_t room = ITEM_ROOM;

    for (size_t i = 0; i < message->item_count; i++) {
        const struct ks_item *item = &message->items[i];

        room += ITEM_ROOM + ks_json_string_room(item->secret.len);
        if (item->type != NULL)
            room += ks_json_string_room(strlen(item->type));
        if (item->location != NULL)
            room += ks_json_string_room(strlen(item->location));
    }
    if (ks_buf_reserve(body, room) != KS_OK)
        return ks_fail(err, KS_ELIMIT, "a request's body would be too long");
    return KS_OK;
}

enum ks_rc ks_channel_list(struct ks_buf *body,
                           const struct ks_message *message, const char *head,
                           ks_channel_item *add, const char *tail,
                           struct ks_err *err)
{
    enum ks_rc rc = ks_channel_reserve(body, message, err);

    if (rc != KS_OK)
        return rc;
    rc = ks_buf_add_str(body, head);
    for (size_t i = 0; i < message->item_count && rc == KS_OK; i++) {
        if (i > 0)
            rc = ks_buf_add_byte(body, ',');
        if (rc == KS_OK)
            rc = add(body, &message->items[i]);
    }
    if (rc == KS_OK)
        rc = ks_buf_add_str(body, tail);
    return rc != KS_OK ? ks_fail(err, rc, "no room for a request") : KS_OK;
}
