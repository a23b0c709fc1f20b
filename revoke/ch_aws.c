/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An AWS access key is made inactive, which its owner can undo; deleting it is
 * left to people. IAM's query API: GetAccessKeyLastUsed tells whose key it is,
 * then UpdateAccessKey. Signed by Signature Version 4 with an administrator's
 * key (docs.aws.amazon.com, "AWS Signature Version 4").
 */
#include "revoke/channel.h"

#include "base/hash.h"
#include "base/secret.h"
#include "revoke/aws_sign.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { KEY_ID_LEAST = 16, KEY_ID_MOST = 128, USER_MAX = 64 };

static bool is_key_id(struct ks_span text)
{
    if (text.len < KEY_ID_LEAST || text.len > KEY_ID_MOST ||
        memcmp(text.ptr, "AKIA", 4) != 0)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!isupper(text.ptr[i]) && !isdigit(text.ptr[i]))
            return false;
    return true;
}

/* The id of the key may be the secret, or one of the parts beside it. */
static struct ks_span pick(const struct ks_finding *finding)
{
    if (is_key_id(finding->secret))
        return finding->secret;
    for (size_t i = 0; i < finding->part_count; i++)
        if (finding->parts[i] != NULL && is_key_id(finding->parts[i]->secret))
            return finding->parts[i]->secret;
    return (struct ks_span){NULL, 0};
}

/* The text of <UserName> in the answer to the first step. */
static bool read_user(char out[USER_MAX + 1], struct ks_span answer)
{
    static const char open[] = "<UserName>";
    size_t at = ks_span_find(answer, 0, ks_span_str(open));
    size_t end, len;

    if (at == SIZE_MAX)
        return false;
    at += sizeof(open) - 1;
    end = ks_span_find(answer, at, ks_span_str("<"));
    if (end == SIZE_MAX || end == at || end - at > USER_MAX)
        return false;
    len = end - at;
    for (size_t i = 0; i < len; i++)
        if (!isalnum(answer.ptr[at + i]) &&
            strchr("_+=,.@-", answer.ptr[at + i]) == NULL)
            return false;
    memcpy(out, answer.ptr + at, len);
    out[len] = '\0';
    return true;
}

static enum ks_rc build_body(struct ks_buf *body,
                             const struct ks_message *message,
                             struct ks_err *err)
{
    char user[USER_MAX + 1] = "[its user]";
    bool first = message->step == 0 && !message->preview;
    enum ks_rc rc;

    if (!first && !message->preview && !read_user(user, message->before))
        return ks_fail(err, KS_EFORMAT, "IAM did not name the key's user");
    rc = ks_buf_add_str(body, first ? "Action=GetAccessKeyLastUsed"
                                    : "Action=UpdateAccessKey&Status=Inactive");
    if (rc == KS_OK)
        rc = ks_buf_add_str(body, "&Version=2010-05-08&AccessKeyId=");
    if (rc == KS_OK)
        rc = ks_channel_add_form(body, message->items[0].secret);
    if (rc == KS_OK && !first)
        rc = ks_buf_add_str(body, "&UserName=");
    if (rc == KS_OK && !first)
        rc = ks_channel_add_form(body, ks_span_str(user));
    return rc != KS_OK ? ks_fail_memory(err) : KS_OK;
}

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    enum ks_rc rc = ks_channel_post(out, channel, "/", err);

    if (rc == KS_OK)
        rc = ks_channel_reserve(&out->body, message, err);
    if (rc == KS_OK)
        rc = build_body(&out->body, message, err);
    if (rc == KS_OK)
        rc = ks_channel_header(
            out, "Content-Type",
            "application/x-www-form-urlencoded; charset=utf-8", err);
    if (rc != KS_OK)
        return rc;
    return message->preview
               ? ks_channel_header(out, "Authorization", "[signed]", err)
               : ks_aws_sign_request(out, channel, message->now, err);
}

static enum ks_outcome judge(const struct ks_message *message,
                             const struct ks_http_answer *answer)
{
    struct ks_span body = ks_buf_span(&answer->body);

    if (answer->status == 404 ||
        ks_span_find(body, 0, ks_span_str("<Code>NoSuchEntity")) != SIZE_MAX)
        return KS_OUTCOME_GONE;
    if (ks_span_find(body, 0, ks_span_str("<Code>Throttling")) != SIZE_MAX)
        return KS_OUTCOME_RETRY;
    if (answer->status >= 200 && answer->status <= 299 && message->step == 0)
        return KS_OUTCOME_NEXT;
    return ks_outcome_of_status(answer->status);
}

static const char *check(const struct ks_channel *channel)
{
    if (channel->access_key_file == NULL)
        return "access_key_file";
    return channel->secret_key_file == NULL ? "secret_key_file" : NULL;
}

const struct ks_channel_kind ks_ch_aws = {
    .name = "aws",
    .summary = "makes an AWS access key inactive; can be undone",
    .revokes = true,
    .reversible = true,
    .batch_max = 1,
    .default_url = "https://iam.amazonaws.com",
    .check = check,
    .build = build,
    .judge = judge,
    .pick = pick,
};
