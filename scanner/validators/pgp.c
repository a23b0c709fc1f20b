/* SPDX-License-Identifier: Apache-2.0 */
/* pgp.c: OpenPGP private key blocks. Source: RFC 4880 and RFC 9580. */
#include "base/hash.h"
#include "base/secret.h"
#include "scanner/validators/armor.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum tag { TAG_SECRET_KEY = 5, TAG_USER_ID = 13 };

/* RFC 4880, section 6.1. */
static uint32_t crc24(struct ks_span bytes)
{
    uint32_t crc = 0xb704ce;

    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (uint32_t)bytes.ptr[i] << 16;
        for (int bit = 0; bit < 8; bit++) {
            crc <<= 1;
            if ((crc & 0x1000000) != 0)
                crc ^= 0x1864cfb;
        }
    }
    return crc & 0xffffff;
}

/* A length of section 4.2.2 (new form) or 4.2.1 (old form, by its type). */
static bool take_length(struct ks_span *rest, bool new_form, unsigned type,
                        size_t *len)
{
    size_t bytes = 1;
    uint8_t first = rest->len == 0 ? 0 : rest->ptr[0];

    if (!new_form)
        bytes = (size_t)1 << type;
    else if (first == 255)
        bytes = 5;
    else if (first >= 224) /* partial lengths are for data only */
        return false;
    else if (first >= 192)
        bytes = 2;
    if (bytes == 8 || rest->len < bytes)
        return false;
    *len = 0;
    for (size_t i = 0; i < bytes; i++)
        *len = *len << 8 | rest->ptr[i];
    if (new_form && bytes == 2)
        *len = *len - 0xc000 + 192;
    else if (new_form && bytes == 5)
        *len &= 0xffffffff;
    *rest = ks_span_slice(*rest, bytes, rest->len);
    return true;
}

static bool take_packet(struct ks_span *rest, unsigned *tag,
                        struct ks_span *body)
{
    bool new_form;
    uint8_t head;
    size_t len;

    if (rest->len < 2 || (rest->ptr[0] & 0x80) == 0)
        return false;
    head = rest->ptr[0];
    new_form = (head & 0x40) != 0;
    *tag = new_form ? head & 0x3f : head >> 2 & 0x0f;
    *rest = ks_span_slice(*rest, 1, rest->len);
    if (!take_length(rest, new_form, head & 3, &len) || len > rest->len)
        return false;
    *body = ks_span_slice(*rest, 0, len);
    *rest = ks_span_slice(*rest, len, rest->len);
    return true;
}

static const char *algorithm_name(uint8_t id)
{
    static const struct {
        uint8_t id;
        const char *name;
    } names[] = {
        {1, "RSA"},     {2, "RSA"},   {3, "RSA"},      {16, "ElGamal"},
        {17, "DSA"},    {18, "ECDH"}, {19, "ECDSA"},   {22, "EdDSA"},
        {25, "X25519"}, {26, "X448"}, {27, "Ed25519"}, {28, "Ed448"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].id == id)
            return names[i].name;
    }
    return NULL;
}

/* Octets of the public part behind the algorithm's; 0 if not known. */
static size_t public_len(struct ks_span material, uint8_t algorithm)
{
    size_t at = 0;
    size_t numbers = algorithm <= 3 ? 2 : algorithm == 17 ? 4 : 1;

    if (algorithm == 16)
        numbers = 3;
    if (algorithm > 22)
        return 0;
    if (algorithm >= 18) {
        if (material.len == 0)
            return 0;
        at = (size_t)material.ptr[0] + 1;
    }
    for (size_t i = 0; i < numbers; i++) {
        if (at + 2 > material.len)
            return 0;
        at += 2 +
              (((size_t)material.ptr[at] << 8 | material.ptr[at + 1]) + 7) / 8;
    }
    if (algorithm == 18 && at < material.len)
        at += (size_t)material.ptr[at] + 1;
    return at < material.len ? at : 0;
}

/* Version 4: SHA-1 over 0x99, the length and the public part. */
static void tell_fingerprint(struct ks_proof_facts *facts, struct ks_span body)
{
    uint8_t head[3] = {0x99, (uint8_t)(body.len >> 8), (uint8_t)body.len};
    uint8_t digest[20];
    char text[2 * sizeof(digest) + 1];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 &&
        EVP_DigestUpdate(ctx, head, sizeof(head)) == 1 &&
        EVP_DigestUpdate(ctx, body.ptr, body.len) == 1 &&
        EVP_DigestFinal_ex(ctx, digest, NULL) == 1) {
        ks_hex(text, digest, sizeof(digest));
        ks_proof_fact(facts, "fingerprint", "%s", text);
    }
    EVP_MD_CTX_free(ctx);
}

/* Version, time, algorithm, public numbers, then how the rest is protected. */
static bool tell_key(struct ks_proof_facts *facts, struct ks_span body)
{
    enum { FIXED = 6 };
    size_t public;
    const char *name;

    if (body.len < FIXED + 3 || body.ptr[0] < 4 || body.ptr[0] > 6)
        return false;
    name = algorithm_name(body.ptr[5]);
    if (name == NULL)
        return false;
    ks_proof_fact(facts, "type", "OpenPGP %s", name);
    if (body.ptr[0] != 4)
        return true;
    public = public_len(ks_span_slice(body, FIXED, body.len), body.ptr[5]);
    if (public == 0)
        return true;
    tell_fingerprint(facts, ks_span_slice(body, 0, FIXED + public));
    ks_proof_fact(facts, "encrypted",
                  body.ptr[FIXED + public] == 0 ? "no" : "yes");
    return true;
}

static bool tell_packets(struct ks_proof_facts *facts, struct ks_span bytes)
{
    struct ks_span body;
    unsigned tag;

    if (!take_packet(&bytes, &tag, &body) || tag != TAG_SECRET_KEY ||
        !tell_key(facts, body))
        return false;
    while (take_packet(&bytes, &tag, &body)) {
        if (tag != TAG_USER_ID)
            continue;
        ks_proof_fact(facts, "user id", "%.*s", (int)body.len,
                      (const char *)body.ptr);
        break;
    }
    return true;
}

/* Newer armour leaves the CRC out, so that one which fails proves little. */
KS_CHECK(pgp_private_key)
{
    struct ks_armor block;
    struct ks_span body, checksum;
    uint8_t stored[3];
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;
    uint8_t *bytes;
    size_t len;

    (void)now;
    if (!ks_armor_find(&block, secret) && !ks_armor_find(&block, match))
        return KS_VALIDITY_UNKNOWN;
    if (!block.whole || strcmp(block.label, "PGP PRIVATE KEY BLOCK") != 0)
        return KS_VALIDITY_UNKNOWN;
    (void)ks_armor_headers(block.body, &body);
    bytes = ks_armor_decode(body, &len, &checksum);
    if (bytes == NULL)
        return KS_VALIDITY_UNKNOWN;
    if (tell_packets(facts, (struct ks_span){bytes, len}))
        verdict = KS_VALIDITY_STRUCTURE;
    if (verdict == KS_VALIDITY_STRUCTURE && checksum.len == 4 &&
        ks_codec_base64(stored, sizeof(stored), checksum) == 3 &&
        crc24((struct ks_span){bytes, len}) ==
            ((uint32_t)stored[0] << 16 | (uint32_t)stored[1] << 8 | stored[2]))
        verdict = KS_VALIDITY_CHECKSUM;
    ks_secret_wipe(bytes, len);
    free(bytes);
    return verdict;
}
