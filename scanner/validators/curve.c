/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/curve.h"

#include "base/hash.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <string.h>

/* Source: SEC 2, version 2.0, section 2.4.1. */
static const uint8_t order[KS_CURVE_KEY] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48,
    0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
};

bool ks_secp256k1_in_range(const uint8_t key[KS_CURVE_KEY])
{
    static const uint8_t zero[KS_CURVE_KEY];

    return memcmp(key, zero, KS_CURVE_KEY) != 0 &&
           memcmp(key, order, KS_CURVE_KEY) < 0;
}

bool ks_secp256k1_public(uint8_t out[KS_SECP256K1_POINT],
                         const uint8_t key[KS_CURVE_KEY])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp256k1);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BIGNUM *k = BN_secure_new();
    bool done =
        ks_secp256k1_in_range(key) && point != NULL && k != NULL &&
        BN_bin2bn(key, KS_CURVE_KEY, k) != NULL &&
        EC_POINT_mul(group, point, k, NULL, NULL, NULL) == 1 &&
        EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out,
                           KS_SECP256K1_POINT, NULL) == KS_SECP256K1_POINT;

    BN_clear_free(k);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    if (!done)
        ERR_clear_error();
    return done;
}

bool ks_secp256k1_add(uint8_t out[KS_CURVE_KEY],
                      const uint8_t key[KS_CURVE_KEY],
                      const uint8_t tweak[KS_CURVE_KEY])
{
    BN_CTX *ctx = BN_CTX_secure_new();
    BIGNUM *a = BN_bin2bn(key, KS_CURVE_KEY, NULL);
    BIGNUM *b = BN_bin2bn(tweak, KS_CURVE_KEY, NULL);
    BIGNUM *n = BN_bin2bn(order, KS_CURVE_KEY, NULL);
    bool done = ctx != NULL && a != NULL && b != NULL && n != NULL &&
                BN_mod_add(a, a, b, n, ctx) == 1 &&
                BN_bn2binpad(a, out, KS_CURVE_KEY) == KS_CURVE_KEY;

    BN_clear_free(a);
    BN_clear_free(b);
    BN_free(n);
    BN_CTX_free(ctx);
    return done;
}

void ks_secp256k1_compress(uint8_t out[33],
                           const uint8_t point[KS_SECP256K1_POINT])
{
    out[0] = (uint8_t)(2 + (point[KS_SECP256K1_POINT - 1] & 1));
    memcpy(out + 1, point + 1, KS_CURVE_KEY);
}

static bool raw_public(int type, uint8_t out[KS_CURVE_KEY],
                       const uint8_t key[KS_CURVE_KEY])
{
    EVP_PKEY *pkey =
        EVP_PKEY_new_raw_private_key(type, NULL, key, KS_CURVE_KEY);
    size_t len = KS_CURVE_KEY;
    bool done = pkey != NULL &&
                EVP_PKEY_get_raw_public_key(pkey, out, &len) == 1 &&
                len == KS_CURVE_KEY;

    EVP_PKEY_free(pkey);
    if (!done)
        ERR_clear_error();
    return done;
}

bool ks_ed25519_public(uint8_t out[KS_CURVE_KEY],
                       const uint8_t seed[KS_CURVE_KEY])
{
    return raw_public(EVP_PKEY_ED25519, out, seed);
}

bool ks_x25519_public(uint8_t out[KS_CURVE_KEY],
                      const uint8_t key[KS_CURVE_KEY])
{
    return raw_public(EVP_PKEY_X25519, out, key);
}

bool ks_hash160(uint8_t out[KS_HASH160_LEN], struct ks_span bytes)
{
    uint8_t digest[KS_SHA256_LEN];
    bool done;

    ks_sha256(digest, bytes);
    done = EVP_Digest(digest, sizeof(digest), out, NULL, EVP_ripemd160(),
                      NULL) == 1;
    if (!done)
        ERR_clear_error();
    return done;
}
