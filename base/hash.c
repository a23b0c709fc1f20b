/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include "base/secret.h"

#include <libdeflate.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

/* Short runs wait, since a call of the library costs more than their bytes. */
enum { WAITING = 1024 };

struct ks_sha256 {
    EVP_MD_CTX *ctx;
    uint8_t waiting[WAITING];
    size_t len; /* of these */
};

static void pass_on(struct ks_sha256 *hash)
{
    if (hash->len > 0)
        (void)EVP_DigestUpdate(hash->ctx, hash->waiting, hash->len);
    hash->len = 0;
}

enum ks_rc ks_sha256_new(struct ks_sha256 **out, struct ks_err *err)
{
    struct ks_sha256 *hash = calloc(1, sizeof(*hash));

    if (hash == NULL)
        return ks_fail_memory(err);
    hash->ctx = EVP_MD_CTX_new();
    if (hash->ctx == NULL ||
        EVP_DigestInit_ex(hash->ctx, EVP_sha256(), NULL) != 1) {
        ks_sha256_free(hash);
        return ks_fail_memory(err);
    }
    *out = hash;
    return KS_OK;
}

void ks_sha256_add(struct ks_sha256 *hash, struct ks_span bytes)
{
    if (bytes.len == 0)
        return;
    if (bytes.len > WAITING - hash->len)
        pass_on(hash);
    if (bytes.len > WAITING) {
        (void)EVP_DigestUpdate(hash->ctx, bytes.ptr, bytes.len);
        return;
    }
    memcpy(hash->waiting + hash->len, bytes.ptr, bytes.len);
    hash->len += bytes.len;
}

void ks_sha256_add_field(struct ks_sha256 *hash, struct ks_span bytes)
{
    uint8_t length[8];

    for (size_t i = 0; i < sizeof(length); i++)
        length[i] = (uint8_t)((uint64_t)bytes.len >> (8 * i));
    ks_sha256_add(hash, (struct ks_span){length, sizeof(length)});
    ks_sha256_add(hash, bytes);
}

void ks_sha256_finish(struct ks_sha256 *hash, uint8_t out[KS_SHA256_LEN])
{
    pass_on(hash);
    (void)EVP_DigestFinal_ex(hash->ctx, out, NULL);
    (void)EVP_DigestInit_ex(hash->ctx, EVP_sha256(), NULL);
}

void ks_sha256_free(struct ks_sha256 *hash)
{
    if (hash == NULL)
        return;
    EVP_MD_CTX_free(hash->ctx);
    ks_secret_wipe(hash->waiting, sizeof(hash->waiting));
    free(hash);
}

bool ks_hash_name(uint8_t *out, size_t len, struct ks_span head,
                  struct ks_span body)
{
    const EVP_MD *how = len == KS_SHA256_LEN ? EVP_sha256() : EVP_sha1();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool made = ctx != NULL && EVP_DigestInit_ex(ctx, how, NULL) == 1 &&
                EVP_DigestUpdate(ctx, head.ptr, head.len) == 1 &&
                EVP_DigestUpdate(ctx, body.ptr, body.len) == 1 &&
                EVP_DigestFinal_ex(ctx, out, NULL) == 1;

    EVP_MD_CTX_free(ctx);
    return made;
}

void ks_sha256(uint8_t out[KS_SHA256_LEN], struct ks_span bytes)
{
    (void)EVP_Digest(bytes.ptr, bytes.len, out, NULL, EVP_sha256(), NULL);
}

void ks_hmac_sha256(uint8_t out[KS_SHA256_LEN], struct ks_span key,
                    struct ks_span bytes)
{
    unsigned len = KS_SHA256_LEN;

    (void)HMAC(EVP_sha256(), key.ptr, (int)key.len, bytes.ptr, bytes.len, out,
               &len);
}

uint32_t ks_crc32(struct ks_span bytes)
{
    return libdeflate_crc32(0, bytes.ptr, bytes.len);
}

void ks_hex(char *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * len] = '\0';
}

/* 1 + the digit's value; 0 for what is none. */
static const uint8_t digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
    ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12,
    ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['a'] = 11, ['b'] = 12,
    ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

bool ks_unhex(uint8_t *out, size_t len, const char *text)
{
    const uint8_t *in = (const uint8_t *)text;

    for (size_t i = 0; i < len; i++) {
        unsigned high = digits[in[2 * i]];
        unsigned low = high == 0 ? 0 : digits[in[2 * i + 1]];

        if (low == 0)
            return false;
        out[i] = (uint8_t)((high - 1) * 16 + low - 1);
    }
    return true;
}

/* The finaliser of SplitMix64. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9U;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

uint64_t ks_hash64(struct ks_span bytes, uint64_t seed)
{
    uint64_t hash = mix(seed ^ (uint64_t)bytes.len);
    uint64_t word;
    size_t i = 0;

    for (; i + sizeof(word) <= bytes.len; i += sizeof(word)) {
        memcpy(&word, bytes.ptr + i, sizeof(word));
        hash = mix(hash ^ word) + 0x9e3779b97f4a7c15U;
    }
    word = 0;
    if (i < bytes.len)
        memcpy(&word, bytes.ptr + i, bytes.len - i);
    return mix(hash ^ word);
}
