/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/seal.h"

#include "base/secret.h"
#include "revoke/wire/secret_file.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_HEX = 2 * crypto_kdf_KEYBYTES,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    KEY = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    FILE_CAP = 64 * 1024,
};

struct ks_seal {
    uint8_t box[KEY];
    uint8_t name[KS_SHA256_LEN];
};

static enum ks_rc derive(struct ks_seal *seal, const struct ks_buf *text,
                         const char *path, struct ks_err *err)
{
    uint8_t master[crypto_kdf_KEYBYTES];
    char hex[KEY_HEX + 1];
    bool good = text->len == KEY_HEX;

    memcpy(hex, good ? (const char *)text->ptr : "", good ? KEY_HEX : 0);
    hex[good ? KEY_HEX : 0] = '\0';
    good = good && ks_unhex(master, sizeof(master), hex);
    ks_secret_wipe(hex, sizeof(hex));
    if (!good)
        return ks_fail(err, KS_EINVAL, "%s: expected %d hex digits", path,
                       KEY_HEX);
    (void)crypto_kdf_derive_from_key(seal->box, sizeof(seal->box), 1,
                                     "ksspool1", master);
    (void)crypto_kdf_derive_from_key(seal->name, sizeof(seal->name), 2,
                                     "ksspool1", master);
    ks_secret_wipe(master, sizeof(master));
    return KS_OK;
}

enum ks_rc ks_seal_new(struct ks_seal **out, const char *path,
                       struct ks_err *err)
{
    struct ks_seal *seal;
    struct ks_buf text;
    enum ks_rc rc;

    if (sodium_init() < 0)
        return ks_fail(err, KS_EIO, "no random numbers");
    seal = sodium_malloc(sizeof(*seal));
    if (seal == NULL)
        return ks_fail_memory(err);
    ks_buf_init(&text, FILE_CAP);
    rc = ks_secret_file_read(&text, path, err);
    if (rc == KS_OK)
        rc = derive(seal, &text, path, err);
    ks_buf_wipe(&text);
    if (rc != KS_OK) {
        ks_seal_free(seal);
        return rc;
    }
    *out = seal;
    return KS_OK;
}

void ks_seal_free(struct ks_seal *seal)
{
    sodium_free(seal);
}

enum ks_rc ks_seal_create_key(const char *path, struct ks_err *err)
{
    uint8_t key[crypto_kdf_KEYBYTES];
    char hex[KEY_HEX + 1];
    enum ks_rc rc;

    if (sodium_init() < 0)
        return ks_fail(err, KS_EIO, "no random numbers");
    randombytes_buf(key, sizeof(key));
    ks_hex(hex, key, sizeof(key));
    rc = ks_secret_file_create(path, ks_span_str(hex), err);
    ks_secret_wipe(key, sizeof(key));
    ks_secret_wipe(hex, sizeof(hex));
    return rc;
}

enum ks_rc ks_seal_close(struct ks_buf *out, const struct ks_seal *seal,
                         const char *name, struct ks_span secret,
                         struct ks_err *err)
{
    unsigned long long len = 0;
    uint8_t *at;

    if (ks_buf_reserve(out, NONCE + TAG + secret.len) != KS_OK)
        return ks_fail(err, KS_ELIMIT, "a secret is too long to be kept");
    at = out->ptr + out->len;
    randombytes_buf(at, NONCE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        at + NONCE, &len, secret.ptr, secret.len, (const uint8_t *)name,
        strlen(name), NULL, at, seal->box);
    out->len += NONCE + (size_t)len;
    return KS_OK;
}

enum ks_rc ks_seal_open(struct ks_span *out, struct ks_locked *locked,
                        const struct ks_seal *seal, const char *name,
                        struct ks_span sealed, struct ks_err *err)
{
    unsigned long long len = 0;
    uint8_t *plain = NULL;
    enum ks_rc rc;

    if (sealed.len < NONCE + TAG)
        return ks_fail(err, KS_EFORMAT, "a kept secret is damaged");
    rc = ks_locked_alloc(&plain, locked, sealed.len - NONCE - TAG + 1, err);
    if (rc != KS_OK)
        return rc;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            plain, &len, NULL, sealed.ptr + NONCE, sealed.len - NONCE,
            (const uint8_t *)name, strlen(name), sealed.ptr, seal->box) != 0)
        return ks_fail(err, KS_EFORMAT,
                       "a kept secret does not open: it was changed, or the "
                       "spool_key is another");
    *out = (struct ks_span){plain, (size_t)len};
    return KS_OK;
}

void ks_seal_fingerprint(char out[KS_SHA256_HEX], const struct ks_seal *seal,
                         struct ks_span secret)
{
    uint8_t mac[KS_SHA256_LEN];

    ks_hmac_sha256(mac, (struct ks_span){seal->name, sizeof(seal->name)},
                   secret);
    ks_hex(out, mac, sizeof(mac));
}
