/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/aws_sign.h"

#include "base/hash.h"
#include "base/secret.h"
#include "revoke/wire/secret_file.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TIME_TEXT = 17, DAY = 8, TEXT_CAP = 64 * 1024 };

static void write_time(char out[TIME_TEXT], int64_t now)
{
    time_t seconds = (time_t)now;
    struct tm utc;

    (void)gmtime_r(&seconds, &utc);
    (void)strftime(out, TIME_TEXT, "%Y%m%dT%H%M%SZ", &utc);
}

static void hex_of(char out[KS_SHA256_HEX], struct ks_span bytes)
{
    uint8_t digest[KS_SHA256_LEN];

    ks_sha256(digest, bytes);
    ks_hex(out, digest, sizeof(digest));
}

/* The signing key: HMACs of day, region, service and a constant. */
static enum ks_rc derive(uint8_t out[KS_SHA256_LEN],
                         const struct ks_aws_request *request, const char *day,
                         struct ks_err *err)
{
    const struct ks_span steps[] = {
        {(const uint8_t *)day, DAY},
        ks_span_str(request->region),
        ks_span_str(request->service),
        ks_span_str("aws4_request"),
    };
    uint8_t key[KS_SHA256_LEN];
    struct ks_buf first;

    ks_buf_init(&first, TEXT_CAP);
    if (ks_buf_reserve(&first, strlen(request->secret_key) + DAY) != KS_OK ||
        ks_buf_add_str(&first, "AWS4") != KS_OK ||
        ks_buf_add_str(&first, request->secret_key) != KS_OK) {
        ks_buf_wipe(&first);
        return ks_fail_memory(err);
    }
    ks_hmac_sha256(key, ks_buf_span(&first), steps[0]);
    ks_buf_wipe(&first);
    for (size_t i = 1; i < sizeof(steps) / sizeof(steps[0]); i++) {
        uint8_t next[KS_SHA256_LEN];

        ks_hmac_sha256(next, (struct ks_span){key, sizeof(key)}, steps[i]);
        memcpy(key, next, sizeof(key));
        ks_secret_wipe(next, sizeof(next));
    }
    memcpy(out, key, KS_SHA256_LEN);
    ks_secret_wipe(key, sizeof(key));
    return KS_OK;
}

enum ks_rc ks_aws_authorization(struct ks_buf *out,
                                const struct ks_aws_request *request,
                                struct ks_err *err)
{
    char time[TIME_TEXT], hash[KS_SHA256_HEX], signature[KS_SHA256_HEX];
    uint8_t key[KS_SHA256_LEN], mac[KS_SHA256_LEN];
    struct ks_buf text;
    enum ks_rc rc;

    write_time(time, request->now);
    hex_of(hash, request->body);
    ks_buf_init(&text, TEXT_CAP);
    rc = ks_buf_printf(&text,
                       "POST\n/\n\ncontent-type:%s\nhost:%s\nx-amz-date:%s\n\n"
                       "content-type;host;x-amz-date\n%s",
                       request->content_type, request->host, time, hash);
    if (rc == KS_OK) {
        hex_of(hash, ks_buf_span(&text));
        ks_buf_clear(&text);
        rc = ks_buf_printf(&text,
                           "AWS4-HMAC-SHA256\n%s\n%.8s/%s/%s/aws4_request\n%s",
                           time, time, request->region, request->service, hash);
    }
    if (rc == KS_OK)
        rc = derive(key, request, time, err);
    if (rc == KS_OK) {
        ks_hmac_sha256(mac, (struct ks_span){key, sizeof(key)},
                       ks_buf_span(&text));
        ks_hex(signature, mac, sizeof(mac));
        rc = ks_buf_printf(out,
                           "AWS4-HMAC-SHA256 Credential=%s/%.8s/%s/%s/"
                           "aws4_request, SignedHeaders=content-type;host;"
                           "x-amz-date, Signature=%s",
                           request->access_key, time, request->region,
                           request->service, signature);
        ks_secret_wipe(key, sizeof(key));
    }
    ks_buf_release(&text);
    return rc != KS_OK ? ks_fail(err, rc, "cannot sign for AWS") : KS_OK;
}

static enum ks_rc add_headers(struct ks_http_request *out,
                              struct ks_aws_request *request,
                              struct ks_err *err)
{
    char time[TIME_TEXT];
    struct ks_buf value;
    enum ks_rc rc;

    ks_buf_init(&value, TEXT_CAP);
    write_time(time, request->now);
    rc = ks_http_add_header(out, "X-Amz-Date", ks_span_str(time), err);
    if (rc == KS_OK)
        rc = ks_aws_authorization(&value, request, err);
    if (rc == KS_OK)
        rc = ks_http_add_header(out, "Authorization", ks_buf_span(&value), err);
    ks_buf_wipe(&value);
    return rc;
}

enum ks_rc ks_aws_sign_request(struct ks_http_request *out,
                               const struct ks_channel *channel, int64_t now,
                               struct ks_err *err)
{
    struct ks_aws_request request = {
        .region = channel->region == NULL ? "us-east-1" : channel->region,
        .service = "iam",
        .content_type = "application/x-www-form-urlencoded; charset=utf-8",
        .body = ks_buf_span(&out->body),
        .now = now,
    };
    struct ks_buf access, secret;
    char host[KS_URL_HOST + 8];
    struct ks_url url;
    enum ks_rc rc = ks_url_parse(&url, out->url, err);

    if (rc != KS_OK)
        return rc;
    ks_buf_init(&access, TEXT_CAP);
    ks_buf_init(&secret, TEXT_CAP);
    if (url.port == (url.https ? 443u : 80u))
        (void)snprintf(host, sizeof(host), "%s", url.host);
    else
        (void)snprintf(host, sizeof(host), "%s:%u", url.host, url.port);
    request.host = host;
    rc = ks_secret_file_read(&access, channel->access_key_file, err);
    if (rc == KS_OK)
        rc = ks_secret_file_read(&secret, channel->secret_key_file, err);
    request.access_key = ks_buf_text(&access);
    request.secret_key = ks_buf_text(&secret);
    if (rc == KS_OK &&
        (request.access_key == NULL || request.secret_key == NULL))
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = add_headers(out, &request, err);
    ks_buf_wipe(&access);
    ks_buf_wipe(&secret);
    return rc;
}
