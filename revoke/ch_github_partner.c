/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The format in which GitHub's secret scanning tells its partners, so that an
 * issuer who answers GitHub can answer keysweep: docs.github.com, "Secret
 * scanning partner program".
 */
#include "revoke/channel.h"

#include "revoke/wire/json.h"
#include "revoke/wire/secret_file.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

enum { BATCH_MAX = 100, PEM_CAP = 64 * 1024, SIGNATURE_MAX = 256 };

static enum ks_rc add_item(struct ks_buf *body, const struct ks_item *item)
{
    enum ks_rc rc = ks_buf_add_str(body, "{\"token\":");

    if (rc == KS_OK)
        rc = ks_json_add_string(body, item->secret);
    if (rc == KS_OK)
        rc = ks_buf_add_str(body, ",\"type\":");
    if (rc == KS_OK)
        rc = ks_json_add_string(
            body, ks_span_str(item->type == NULL ? "" : item->type));
    if (rc == KS_OK)
        rc = ks_buf_add_str(body, ",\"url\":");
    if (rc == KS_OK)
        rc = ks_json_add_string(body, ks_span_str(item->location));
    return rc != KS_OK ? rc : ks_buf_add_str(body, ",\"source\":\"content\"}");
}

static enum ks_rc read_key(EVP_PKEY **out, const char *file, struct ks_err *err)
{
    struct ks_buf pem;
    BIO *bio = NULL;
    EVP_PKEY *key = NULL;
    enum ks_rc rc;

    ks_buf_init(&pem, PEM_CAP);
    rc = ks_secret_file_read(&pem, file, err);
    if (rc == KS_OK) {
        bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
        if (bio != NULL)
            key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
        if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
            rc = ks_fail(err, KS_EINVAL, "%s: not a private EC key in PEM form",
                         file);
    }
    BIO_free(bio);
    ks_buf_wipe(&pem);
    if (rc != KS_OK) {
        EVP_PKEY_free(key);
        return rc;
    }
    *out = key;
    return KS_OK;
}

/* Base64 of the DER signature (ECDSA, SHA-256) over the raw body. */
static enum ks_rc sign(struct ks_buf *out, EVP_PKEY *key, struct ks_span body,
                       struct ks_err *err)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t signature[SIGNATURE_MAX];
    uint8_t text[2 * SIGNATURE_MAX];
    size_t len = sizeof(signature);
    enum ks_rc rc = KS_OK;

    if (ctx == NULL ||
        EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(ctx, signature, &len, body.ptr, body.len) != 1)
        rc = ks_fail(err, KS_EIO, "cannot sign with the EC key");
    if (rc == KS_OK) {
        int used = EVP_EncodeBlock(text, signature, (int)len);

        if (ks_buf_add(out, (struct ks_span){text, (size_t)used}) != KS_OK)
            rc = ks_fail_memory(err);
    }
    EVP_MD_CTX_free(ctx);
    return rc;
}

static enum ks_rc add_signature(struct ks_http_request *out,
                                const struct ks_channel *channel,
                                const struct ks_message *message,
                                struct ks_err *err)
{
    struct ks_buf value;
    EVP_PKEY *key = NULL;
    enum ks_rc rc = KS_OK;

    ks_buf_init(&value, 2 * SIGNATURE_MAX);
    if (message->preview) {
        rc = ks_buf_add_str(&value, "[signed]");
    } else {
        rc = read_key(&key, channel->key_file, err);
        if (rc == KS_OK)
            rc = sign(&value, key, ks_buf_span(&out->body), err);
    }
    if (rc == KS_OK)
        rc = ks_http_add_header(out, "Github-Public-Key-Signature",
                                ks_buf_span(&value), err);
    EVP_PKEY_free(key);
    ks_buf_release(&value);
    return rc;
}

static enum ks_rc build(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err)
{
    enum ks_rc rc = ks_channel_post(out, channel, "", err);

    if (rc == KS_OK)
        rc = ks_channel_list(&out->body, message, "[", add_item, "]", err);
    if (rc == KS_OK)
        rc = ks_channel_header(out, "Content-Type", "application/json", err);
    if (rc == KS_OK)
        rc = ks_channel_header(out, "Github-Public-Key-Identifier",
                               channel->key_identifier, err);
    return rc != KS_OK ? rc : add_signature(out, channel, message, err);
}

static const char *check(const struct ks_channel *channel)
{
    if (channel->key_file == NULL)
        return "key_file";
    return channel->key_identifier == NULL ? "key_identifier" : NULL;
}

const struct ks_channel_kind ks_ch_github_partner = {
    .name = "github-partner",
    .summary = "an issuer that takes part in GitHub's partner program",
    .revokes = true,
    .batch_max = BATCH_MAX,
    .check = check,
    .build = build,
};
