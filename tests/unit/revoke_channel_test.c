/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/aws_sign.h"
#include "revoke/backoff.h"
#include "revoke/channel.h"
#include "revoke/wire/secret_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct ks_item items[] = {
    {{(const uint8_t *)"s3\"c+r&t", 8}, "some_type", "a b:1"},
    {{(const uint8_t *)"other", 5}, "some_type", "c:2"},
};

static struct ks_message message(size_t count)
{
    return (struct ks_message){
        .id = "msg_1", .now = 1, .items = items, .item_count = count};
}

/* Checks method, URL, body (NULL: none) and one header of what a kind makes. */
static void builds(struct ks_channel channel, size_t count, const char *method,
                   const char *url, const char *body, const char *header)
{
    struct ks_message m = message(count);
    struct ks_http_request request;
    struct ks_err err = {0};
    bool found = header == NULL;

    if (channel.url == NULL)
        channel.url = channel.kind->default_url;
    ks_http_request_init(&request, KS_BODY_CAP);
    if (channel.kind->build(&request, &channel, &m, &err) != KS_OK)
        fail_msg("%s: %s", channel.kind->name, err.text);
    assert_string_equal(request.method, method);
    assert_string_equal(request.url, url);
    assert_int_equal(request.has_body, body != NULL);
    if (body != NULL)
        assert_string_equal(ks_buf_text(&request.body) == NULL
                                ? ""
                                : ks_buf_text(&request.body),
                            body);
    for (size_t i = 0; i < request.header_count; i++)
        found =
            found || strcmp((const char *)request.headers[i].ptr, header) == 0;
    if (!found)
        fail_msg("%s: no header %s", channel.kind->name, header);
    ks_http_request_wipe(&request);
}

static void requests(void **state)
{
    (void)state;
    builds((struct ks_channel){.kind = &ks_ch_key_service, .url = "https://k/"},
           2, "POST", "https://k/v1/revoke_tokens",
           "[{\"type\":\"some_type\",\"token\":\"s3\\\"c+r&t\",\"location\":"
           "\"a b:1\"},{\"type\":\"some_type\",\"token\":\"other\","
           "\"location\":\"c:2\"}]",
           "Idempotency-Key: \"msg_1\"");
    builds((struct ks_channel){.kind = &ks_ch_github}, 2, "POST",
           "https://api.github.com/credentials/revoke",
           "{\"credentials\":[\"s3\\\"c+r&t\",\"other\"]}",
           "X-GitHub-Api-Version: 2022-11-28");
    builds((struct ks_channel){.kind = &ks_ch_gitlab}, 1, "DELETE",
           "https://gitlab.com/api/v4/personal_access_tokens/self", NULL,
           "PRIVATE-TOKEN: s3\"c+r&t");
    builds((struct ks_channel){.kind = &ks_ch_slack}, 1, "POST",
           "https://slack.com/api/auth.revoke", "",
           "Authorization: Bearer s3\"c+r&t");
    builds((struct ks_channel){.kind = &ks_ch_oauth,
                               .url = "https://o/revoke",
                               .client_id = "me",
                               .token_type_hint = "refresh_token"},
           1, "POST", "https://o/revoke",
           "token=s3%22c%2Br%26t&token_type_hint=refresh_token&client_id=me",
           "Content-Type: application/x-www-form-urlencoded");
    builds((struct ks_channel){.kind = &ks_ch_vault, .url = "https://v"}, 1,
           "POST", "https://v/v1/auth/token/revoke",
           "{\"token\":\"s3\\\"c+r&t\"}", NULL);
}

static enum ks_outcome judged(const struct ks_channel_kind *kind,
                              unsigned status, const char *body)
{
    struct ks_http_answer answer = {.status = status};
    struct ks_message m = message(1);
    enum ks_outcome outcome;

    ks_buf_init(&answer.body, 1024);
    assert_int_equal(ks_buf_add_str(&answer.body, body), KS_OK);
    outcome = kind->judge == NULL ? ks_outcome_of_status(status)
                                  : kind->judge(&m, &answer);
    ks_buf_release(&answer.body);
    return outcome;
}

static void answers(void **state)
{
    static const struct {
        const struct ks_channel_kind *kind;
        unsigned status;
        const char *body;
        enum ks_outcome outcome;
    } cases[] = {
        {&ks_ch_key_service, 204, "", KS_OUTCOME_DONE},
        {&ks_ch_key_service, 410, "", KS_OUTCOME_DISABLED},
        {&ks_ch_key_service, 302, "", KS_OUTCOME_REFUSED},
        {&ks_ch_github, 202, "", KS_OUTCOME_DONE},
        {&ks_ch_github, 403, "", KS_OUTCOME_RETRY},
        {&ks_ch_github, 422, "", KS_OUTCOME_REFUSED},
        {&ks_ch_gitlab, 204, "", KS_OUTCOME_DONE},
        {&ks_ch_gitlab, 401, "", KS_OUTCOME_GONE},
        {&ks_ch_slack, 200, "{\"ok\":true,\"revoked\":true}", KS_OUTCOME_DONE},
        {&ks_ch_slack, 200, "{\"ok\":true,\"revoked\":false}",
         KS_OUTCOME_REFUSED},
        {&ks_ch_slack, 200, "{\"ok\":false,\"error\":\"token_revoked\"}",
         KS_OUTCOME_GONE},
        {&ks_ch_slack, 200, "{\"ok\":false,\"error\":\"ratelimited\"}",
         KS_OUTCOME_RETRY},
        {&ks_ch_slack, 200, "{\"ok\":false,\"error\":\"missing_scope\"}",
         KS_OUTCOME_REFUSED},
        {&ks_ch_slack, 200, "<html>", KS_OUTCOME_RETRY},
        {&ks_ch_aws, 200, "<UserName>ann</UserName>", KS_OUTCOME_NEXT},
        {&ks_ch_aws, 404, "<Code>NoSuchEntity</Code>", KS_OUTCOME_GONE},
        {&ks_ch_aws, 400, "<Code>Throttling</Code>", KS_OUTCOME_RETRY},
        {&ks_ch_aws, 403, "<Code>AccessDenied</Code>", KS_OUTCOME_REFUSED},
        {&ks_ch_vault, 204, "", KS_OUTCOME_DONE},
        {&ks_ch_oauth, 503, "", KS_OUTCOME_RETRY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (judged(cases[i].kind, cases[i].status, cases[i].body) !=
            cases[i].outcome)
            fail_msg("%s %u %s", cases[i].kind->name, cases[i].status,
                     cases[i].body);
}

/* Expected by an independent computation with the same inputs. */
static void aws_signature(void **state)
{
    const struct ks_aws_request request = {
        .access_key = "AKIDEXAMPLE",
        .secret_key = "an-administrators-key",
        .region = "us-east-1",
        .service = "iam",
        .host = "iam.amazonaws.com",
        .content_type = "application/x-www-form-urlencoded; charset=utf-8",
        .body = ks_span_str("Action=ListUsers&Version=2010-05-08"),
        .now = 1440938160, /* 2015-08-30T12:36:00Z */
    };
    struct ks_buf out;

    (void)state;
    ks_buf_init(&out, 1024);
    assert_int_equal(ks_aws_authorization(&out, &request, NULL), KS_OK);
    assert_string_equal(
        ks_buf_text(&out),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/"
        "aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature="
        "8b18b2d393c920e4f6a84a9b69f80928d890eb8b6d3da049d9568dfb3a0cb88f");
    ks_buf_release(&out);
}

static void aws_second_step(void **state)
{
    const struct ks_item key = {
        {(const uint8_t *)"AKIA0000000000000000", 20}, "t", "l"};
    struct ks_channel channel = {.kind = &ks_ch_aws,
                                 .url = "https://iam.amazonaws.com"};
    struct ks_message m = {
        .id = "m", .items = &key, .item_count = 1, .step = 1, .preview = true};
    struct ks_http_request request;

    (void)state;
    ks_http_request_init(&request, KS_BODY_CAP);
    assert_int_equal(ks_ch_aws.build(&request, &channel, &m, NULL), KS_OK);
    assert_string_equal(ks_buf_text(&request.body),
                        "Action=UpdateAccessKey&Status=Inactive&Version="
                        "2010-05-08&AccessKeyId=AKIA0000000000000000&UserName="
                        "%5Bits%20user%5D");
    ks_http_request_wipe(&request);
    m.preview = false;
    m.before = ks_span_str("<UserName>a&amp;b</UserName>");
    ks_http_request_init(&request, KS_BODY_CAP);
    assert_int_equal(ks_ch_aws.build(&request, &channel, &m, NULL), KS_EFORMAT);
    ks_http_request_wipe(&request);
}

static void backoff(void **state)
{
    const struct ks_revoke_config config = {.retry_ms = {0, 5000, 300000},
                                            .retries = 3};

    (void)state;
    assert_int_equal(ks_backoff_ms(&config, 1, -1, 0), 4000);
    assert_int_equal(ks_backoff_ms(&config, 1, -1, 40), 6000);
    assert_int_equal(ks_backoff_ms(&config, 1, 60, 0), 60000);
    assert_int_equal(ks_backoff_ms(&config, 2, 1, 20), 300000);
    assert_int_equal(ks_backoff_ms(&config, 3, 1, 20), -1);
}

static void secret_files(void **state)
{
    char path[] = "/tmp/secret.XXXXXX";
    struct ks_buf text;
    struct ks_err err = {0};
    int fd = mkstemp(path);

    (void)state;
    assert_int_equal(write(fd, "abc \n", 5), 5);
    ks_buf_init(&text, 64 * 1024);
    assert_int_equal(ks_secret_file_read(&text, path, &err), KS_OK);
    assert_string_equal(ks_buf_text(&text), "abc");
    assert_int_equal(fchmod(fd, 0640), 0);
    assert_int_equal(ks_secret_file_read(&text, path, &err), KS_EINVAL);
    assert_non_null(strstr(err.text, "chmod 600"));
    assert_int_equal(ks_secret_file_create(path, ks_span_str("x"), &err),
                     KS_EINVAL);
    assert_int_equal(ks_secret_file_read(&text, "credential:../x", &err),
                     getenv("CREDENTIALS_DIRECTORY") == NULL ? KS_ENOENT
                                                             : KS_EINVAL);
    (void)close(fd);
    (void)unlink(path);
    ks_buf_wipe(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests),        cmocka_unit_test(answers),
        cmocka_unit_test(aws_signature),   cmocka_unit_test(backoff),
        cmocka_unit_test(aws_second_step), cmocka_unit_test(secret_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
