/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/sign.h"

#include "base/hash.h"
#include "base/secret.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HMAC_LEAST = 24,
    HMAC_NEW = 32,
    SIGNATURE_MAX = crypto_sign_BYTES,
    PAYLOAD_CAP = 256 * 1024 * 1024,
    HEAD_ROOM = 128,
};

/* In the order of enum ks_sign_kind. */
static const struct {
    const char *prefix;
    const char *version;
} kinds[] = {
    {"whsec_", "v1"},
    {"whsk_", "v1a"},
    {"whpk_", "v1a"},
};

static struct ks_span trim(struct ks_span text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[0]) != NULL)
        text = ks_span_slice(text, 1, text.len);
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]) != NULL)
        text.len--;
    return text;
}

static bool length_fits(const struct ks_sign_key *key)
{
    switch (key->kind) {
    case KS_SIGN_HMAC:
        return key->len >= HMAC_LEAST && key->len <= KS_SIGN_KEY_MAX;
    case KS_SIGN_ED25519_SECRET:
        return key->len == crypto_sign_SEEDBYTES ||
               key->len == crypto_sign_SECRETKEYBYTES;
    case KS_SIGN_ED25519_PUBLIC:
        return key->len == crypto_sign_PUBLICKEYBYTES;
    }
    return false;
}

/* A seed becomes the pair, so that the public half is at hand. */
static void expand_seed(struct ks_sign_key *key)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];

    memcpy(seed, key->bytes, sizeof(seed));
    (void)crypto_sign_seed_keypair(public_key, key->bytes, seed);
    key->len = crypto_sign_SECRETKEYBYTES;
    ks_secret_wipe(seed, sizeof(seed));
}

enum ks_rc ks_sign_key_parse(struct ks_sign_key *out, struct ks_span text,
                             struct ks_err *err)
{
    struct ks_sign_key key = {.kind = KS_SIGN_HMAC};

    text = trim(text);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t len = strlen(kinds[i].prefix);

        if (text.len >= len && memcmp(text.ptr, kinds[i].prefix, len) == 0) {
            key.kind = (enum ks_sign_kind)i;
            text = ks_span_slice(text, len, text.len);
            break;
        }
    }
    if (text.len == 0 || sodium_init() < 0 ||
        sodium_base642bin(key.bytes, sizeof(key.bytes), (const char *)text.ptr,
                          text.len, NULL, &key.len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        !length_fits(&key)) {
        ks_sign_key_wipe(&key);
        return ks_fail(err, KS_EINVAL,
                       "not a signing key: expected whsec_, whsk_ or whpk_ and "
                       "base64 of the right length");
    }
    if (key.kind == KS_SIGN_ED25519_SECRET && key.len == crypto_sign_SEEDBYTES)
        expand_seed(&key);
    *out = key;
    ks_sign_key_wipe(&key);
    return KS_OK;
}

static enum ks_rc add_base64(struct ks_buf *out, const uint8_t *bytes,
                             size_t len)
{
    size_t room =
        sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
    enum ks_rc rc = ks_buf_reserve(out, room);

    if (rc != KS_OK)
        return rc;
    (void)sodium_bin2base64((char *)out->ptr + out->len, room, bytes, len,
                            sodium_base64_VARIANT_ORIGINAL);
    out->len += room - 1;
    return KS_OK;
}

static enum ks_rc add_key(struct ks_buf *out, enum ks_sign_kind kind,
                          const uint8_t *bytes, size_t len, struct ks_err *err)
{
    enum ks_rc rc = ks_buf_add_str(out, kinds[kind].prefix);

    if (rc == KS_OK)
        rc = add_base64(out, bytes, len);
    return rc != KS_OK ? ks_fail(err, rc, "no room for a key") : KS_OK;
}

enum ks_rc ks_sign_key_generate(struct ks_buf *out, enum ks_sign_kind kind,
                                struct ks_err *err)
{
    uint8_t bytes[HMAC_NEW];
    enum ks_rc rc;

    if (kind == KS_SIGN_ED25519_PUBLIC || sodium_init() < 0)
        return ks_fail(err, KS_EINVAL, "cannot make a key of this kind");
    randombytes_buf(bytes, sizeof(bytes));
    rc = add_key(out, kind, bytes, sizeof(bytes), err);
    ks_secret_wipe(bytes, sizeof(bytes));
    return rc;
}

enum ks_rc ks_sign_key_public(struct ks_buf *out, const struct ks_sign_key *key,
                              struct ks_err *err)
{
    const uint8_t *bytes = key->bytes;

    if (key->kind == KS_SIGN_HMAC)
        return ks_fail(err, KS_EINVAL, "an HMAC secret has no public half");
    if (key->kind == KS_SIGN_ED25519_SECRET)
        bytes += crypto_sign_SEEDBYTES;
    return add_key(out, KS_SIGN_ED25519_PUBLIC, bytes,
                   crypto_sign_PUBLICKEYBYTES, err);
}

void ks_sign_key_wipe(struct ks_sign_key *key)
{
    ks_secret_wipe(key, sizeof(*key));
}

/* The signed text: id, timestamp and body, joined by full stops. */
static enum ks_rc payload(struct ks_buf *out, const struct ks_signed *what,
                          struct ks_err *err)
{
    enum ks_rc rc =
        ks_buf_reserve(out, strlen(what->id) + HEAD_ROOM + what->body.len);

    if (rc == KS_OK)
        rc = ks_buf_printf(out, "%s.%" PRId64 ".", what->id, what->timestamp);
    if (rc == KS_OK)
        rc = ks_buf_add(out, what->body);
    return rc != KS_OK ? ks_fail(err, rc, "no room for the signed text")
                       : KS_OK;
}

static size_t sign_bytes(uint8_t out[SIGNATURE_MAX],
                         const struct ks_sign_key *key, struct ks_span text)
{
    if (key->kind == KS_SIGN_HMAC) {
        ks_hmac_sha256(out, (struct ks_span){key->bytes, key->len}, text);
        return KS_SHA256_LEN;
    }
    (void)crypto_sign_detached(out, NULL, text.ptr, text.len, key->bytes);
    return crypto_sign_BYTES;
}

enum ks_rc ks_sign_add(struct ks_buf *value, const struct ks_sign_key *key,
                       const struct ks_signed *what, struct ks_err *err)
{
    uint8_t signature[SIGNATURE_MAX];
    struct ks_buf text;
    enum ks_rc rc;
    size_t len;

    if (key->kind == KS_SIGN_ED25519_PUBLIC || sodium_init() < 0)
        return ks_fail(err, KS_EINVAL, "a public key does not sign");
    ks_buf_init(&text, PAYLOAD_CAP);
    rc = payload(&text, what, err);
    if (rc != KS_OK)
        goto out;
    len = sign_bytes(signature, key, ks_buf_span(&text));
    rc = ks_buf_printf(value, "%s%s,", value->len > 0 ? " " : "",
                       kinds[key->kind].version);
    if (rc == KS_OK)
        rc = add_base64(value, signature, len);
    if (rc != KS_OK)
        rc = ks_fail(err, rc, "no room for a signature");
out:
    ks_buf_wipe(&text);
    return rc;
}

static bool signature_holds(const struct ks_sign_key *key, struct ks_span text,
                            const uint8_t *signature, size_t len)
{
    uint8_t expected[SIGNATURE_MAX];
    const uint8_t *public_key = key->bytes;

    if (key->kind == KS_SIGN_HMAC) {
        (void)sign_bytes(expected, key, text);
        return len == KS_SHA256_LEN &&
               sodium_memcmp(expected, signature, KS_SHA256_LEN) == 0;
    }
    if (key->kind == KS_SIGN_ED25519_SECRET)
        public_key += crypto_sign_SEEDBYTES;
    return len == crypto_sign_BYTES &&
           crypto_sign_verify_detached(signature, text.ptr, text.len,
                                       public_key) == 0;
}

static bool any_holds(const struct ks_sign_key *key, struct ks_span text,
                      const char *value)
{
    const char *version = kinds[key->kind].version;
    size_t version_len = strlen(version);

    while (*value != '\0') {
        size_t len = strcspn(value, " ");
        uint8_t signature[SIGNATURE_MAX];
        size_t got = 0;

        if (len > version_len && value[version_len] == ',' &&
            memcmp(value, version, version_len) == 0 &&
            sodium_base642bin(signature, sizeof(signature),
                              value + version_len + 1, len - version_len - 1,
                              NULL, &got, NULL,
                              sodium_base64_VARIANT_ORIGINAL) == 0 &&
            signature_holds(key, text, signature, got))
            return true;
        value += len;
        value += strspn(value, " ");
    }
    return false;
}

enum ks_rc ks_sign_verify(const struct ks_sign_key *key,
                          const struct ks_signed *what, const char *value,
                          int64_t now, struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc;

    if (sodium_init() < 0)
        return ks_fail(err, KS_EIO, "no random numbers");
    if (what->timestamp < now - KS_SIGN_TOLERANCE)
        return ks_fail(err, KS_EINVAL, "the timestamp is too old");
    if (what->timestamp > now + KS_SIGN_TOLERANCE)
        return ks_fail(err, KS_EINVAL, "the timestamp is in the future");
    ks_buf_init(&text, PAYLOAD_CAP);
    rc = payload(&text, what, err);
    if (rc == KS_OK && !any_holds(key, ks_buf_span(&text), value))
        rc = ks_fail(err, KS_EINVAL, "no signature matches");
    ks_buf_wipe(&text);
    return rc;
}

void ks_message_id(char out[KS_MESSAGE_ID])
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz";
    size_t at = 4;

    if (sodium_init() < 0)
        abort(); /* no random numbers: no identity */
    memcpy(out, "msg_", at);
    for (; at < KS_MESSAGE_ID - 1; at++)
        out[at] = letters[randombytes_uniform(sizeof(letters) - 1)];
    out[at] = '\0';
}
