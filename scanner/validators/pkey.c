/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/pkey.h"

#include "base/hash.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/samples.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

enum { WIRE = 8192 }; /* room for a public key of 16,384 bits and its names */

/* An SSH wire message under construction; `full` once something did not fit. */
struct wire {
    uint8_t bytes[WIRE];
    size_t len;
    bool full;
};

static void put_length(struct wire *wire, size_t len)
{
    if (wire->len + 4 + len > WIRE) {
        wire->full = true;
        return;
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        wire->bytes[wire->len++] = (uint8_t)(len >> shift);
}

static void put_string(struct wire *wire, const void *bytes, size_t len)
{
    put_length(wire, len);
    if (wire->full)
        return;
    memcpy(wire->bytes + wire->len, bytes, len);
    wire->len += len;
}

/* An mpint: big-endian, with a zero in front of a high bit. */
static void put_number(struct wire *wire, const EVP_PKEY *key, const char *name)
{
    BIGNUM *number = NULL;
    size_t len;

    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) {
        wire->full = true;
        return;
    }
    len = (size_t)BN_num_bits(number) / 8 + 1;
    if (BN_is_zero(number))
        len = 0;
    put_length(wire, len);
    if (!wire->full) {
        (void)BN_bn2binpad(number, wire->bytes + wire->len, (int)len);
        wire->len += len;
    }
    BN_free(number);
}

static void put_rsa(struct wire *wire, const EVP_PKEY *key)
{
    put_string(wire, "ssh-rsa", 7);
    put_number(wire, key, OSSL_PKEY_PARAM_RSA_E);
    put_number(wire, key, OSSL_PKEY_PARAM_RSA_N);
}

static void put_dsa(struct wire *wire, const EVP_PKEY *key)
{
    put_string(wire, "ssh-dss", 7);
    put_number(wire, key, OSSL_PKEY_PARAM_FFC_P);
    put_number(wire, key, OSSL_PKEY_PARAM_FFC_Q);
    put_number(wire, key, OSSL_PKEY_PARAM_FFC_G);
    put_number(wire, key, OSSL_PKEY_PARAM_PUB_KEY);
}

/* The uncompressed point, or 0 bytes. */
static size_t public_point(uint8_t *out, size_t room, const EVP_PKEY *key)
{
    BIGNUM *x = NULL;
    BIGNUM *y = NULL;
    size_t bytes = ((size_t)EVP_PKEY_get_bits(key) + 7) / 8;
    size_t len = 0;

    if (1 + 2 * bytes <= room &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
        BN_bn2binpad(x, out + 1, (int)bytes) == (int)bytes &&
        BN_bn2binpad(y, out + 1 + bytes, (int)bytes) == (int)bytes) {
        out[0] = 4;
        len = 1 + 2 * bytes;
    }
    BN_free(x);
    BN_free(y);
    return len;
}

static void put_ec(struct wire *wire, const EVP_PKEY *key, const char *group)
{
    static const char *const curves[][3] = {
        {"prime256v1", "nistp256", "ecdsa-sha2-nistp256"},
        {"secp384r1", "nistp384", "ecdsa-sha2-nistp384"},
        {"secp521r1", "nistp521", "ecdsa-sha2-nistp521"},
    };
    uint8_t point[160];
    size_t len = public_point(point, sizeof(point), key);

    for (size_t i = 0; i < 3 && len > 0; i++) {
        if (strcmp(curves[i][0], group) != 0)
            continue;
        put_string(wire, curves[i][2], strlen(curves[i][2]));
        put_string(wire, curves[i][1], strlen(curves[i][1]));
        put_string(wire, point, len);
    }
}

static void put_ed25519(struct wire *wire, const EVP_PKEY *key)
{
    uint8_t public[32];
    size_t len = sizeof(public);

    if (EVP_PKEY_get_raw_public_key(key, public, &len) != 1)
        return;
    put_string(wire, "ssh-ed25519", 11);
    put_string(wire, public, len);
}

bool ks_pkey_tell_ssh(struct ks_proof_facts *facts, struct ks_span wire)
{
    uint8_t digest[KS_SHA256_LEN];
    char text[48];

    ks_sha256(digest, wire);
    ks_codec_to_base64(text, sizeof(text),
                       (struct ks_span){digest, sizeof(digest)});
    ks_proof_fact(facts, "ssh fingerprint", "SHA256:%s", text);
    return ks_sample_known(wire);
}

/* Tells the SHA-256 of SubjectPublicKeyInfo; returns whether it is known. */
static bool tell_spki(struct ks_proof_facts *facts, const EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key, &der);
    uint8_t digest[KS_SHA256_LEN];
    char text[KS_SHA256_HEX];
    bool known;

    if (len <= 0)
        return false;
    ks_sha256(digest, (struct ks_span){der, (size_t)len});
    ks_hex(text, digest, sizeof(digest));
    ks_proof_fact(facts, "spki sha256", "%s", text);
    known = ks_sample_known((struct ks_span){der, (size_t)len});
    OPENSSL_free(der);
    return known;
}

/* n = p × q. */
static bool rsa_fits(const EVP_PKEY *key)
{
    BIGNUM *n = NULL;
    BIGNUM *p = NULL;
    BIGNUM *q = NULL;
    BN_CTX *ctx = BN_CTX_secure_new();
    bool fits =
        ctx != NULL &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_FACTOR1, &p) == 1 &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_FACTOR2, &q) == 1 &&
        !BN_is_one(p) && !BN_is_one(q) && BN_mul(p, p, q, ctx) == 1 &&
        BN_cmp(n, p) == 0;

    BN_free(n);
    BN_clear_free(p);
    BN_clear_free(q);
    BN_CTX_free(ctx);
    return fits;
}

/* The bytes hold the public point themselves, and it is k × G. */
static bool ec_fits(EVP_PKEY *key, struct ks_span bytes)
{
    uint8_t point[160];
    size_t len = public_point(point, sizeof(point), key);
    EVP_PKEY_CTX *ctx;
    bool fits;

    if (len == 0 ||
        ks_span_find(bytes, 0, (struct ks_span){point, len}) == SIZE_MAX)
        return false;
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    fits = ctx != NULL && EVP_PKEY_pairwise_check(ctx) == 1;
    EVP_PKEY_CTX_free(ctx);
    return fits;
}

static enum ks_validity describe(struct ks_proof_facts *facts, EVP_PKEY *key,
                                 struct ks_span bytes)
{
    const char *type = EVP_PKEY_get0_type_name(key);
    struct wire *wire = OPENSSL_zalloc(sizeof(*wire));
    char group[64] = "";
    size_t group_len = 0;
    bool fits = false;
    bool known = false;

    if (wire == NULL)
        return KS_VALIDITY_UNKNOWN;
    ks_proof_fact(facts, "type", "%s", type == NULL ? "unknown" : type);
    if (EVP_PKEY_is_a(key, "RSA")) {
        put_rsa(wire, key);
        fits = rsa_fits(key);
    } else if (EVP_PKEY_is_a(key, "DSA")) {
        put_dsa(wire, key);
    } else if (EVP_PKEY_is_a(key, "ED25519")) {
        put_ed25519(wire, key);
    } else if (EVP_PKEY_get_group_name(key, group, sizeof(group), &group_len) ==
               1) {
        ks_proof_fact(facts, "curve", "%s", group);
        put_ec(wire, key, group);
        fits = ec_fits(key, bytes);
    }
    ks_proof_fact(facts, "bits", "%d", EVP_PKEY_get_bits(key));
    ks_proof_fact(facts, "encrypted", "no");
    if (wire->len > 0 && !wire->full)
        known =
            ks_pkey_tell_ssh(facts, (struct ks_span){wire->bytes, wire->len});
    known |= tell_spki(facts, key);
    OPENSSL_free(wire);
    if (known)
        return KS_VALIDITY_SAMPLE;
    return fits ? KS_VALIDITY_CHECKSUM : KS_VALIDITY_STRUCTURE;
}

enum ks_validity ks_pkey_der(struct ks_proof_facts *facts, struct ks_span bytes)
{
    const unsigned char *at = bytes.ptr;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)bytes.len);
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;

    if (key != NULL)
        verdict = describe(facts, key, bytes);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return verdict;
}

enum ks_validity ks_pkey_encrypted_der(struct ks_proof_facts *facts,
                                       struct ks_span bytes)
{
    const unsigned char *at = bytes.ptr;
    X509_SIG *box = d2i_X509_SIG(NULL, &at, (long)bytes.len);

    ERR_clear_error();
    if (box == NULL)
        return KS_VALIDITY_UNKNOWN;
    X509_SIG_free(box);
    ks_proof_fact(facts, "encrypted", "yes");
    return KS_VALIDITY_STRUCTURE;
}
