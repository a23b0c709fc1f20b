/* SPDX-License-Identifier: Apache-2.0 */
/* seeds.c: seeds with a checksum: XRP Ledger, Stellar, NATS, Nostr, age, Sui.
 */
#include "base/secret.h"
#include "scanner/validators/base58.h"
#include "scanner/validators/bech32_text.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/curve.h"
#include "scanner/validators/samples.h"

#include <openssl/evp.h>
#include <string.h>

/* The first half of SHA-512 over a seed and up to two counters. */
static void sha512_half(uint8_t out[KS_CURVE_KEY], struct ks_span bytes)
{
    uint8_t digest[64] = {0};

    (void)EVP_Digest(bytes.ptr, bytes.len, digest, NULL, EVP_sha512(), NULL);
    memcpy(out, digest, KS_CURVE_KEY);
    ks_secret_wipe(digest, sizeof(digest));
}

/* The first number that is a key, hashing the bytes and a counter. */
static void xrp_scalar(uint8_t out[KS_CURVE_KEY], struct ks_span head)
{
    uint8_t bytes[64] = {0};

    memcpy(bytes, head.ptr, head.len);
    do {
        sha512_half(out, (struct ks_span){bytes, head.len + 4});
        bytes[head.len + 3]++;
    } while (!ks_secp256k1_in_range(out) && bytes[head.len + 3] != 0);
    ks_secret_wipe(bytes, sizeof(bytes));
}

/*
 * The account's public key: root key, plus the key that its public key and
 * account number 0 give. Source: xrpl.org, "Cryptographic keys".
 */
static bool xrp_secp256k1_public(uint8_t out[33], struct ks_span seed)
{
    uint8_t root[KS_CURVE_KEY], tweak[KS_CURVE_KEY], key[KS_CURVE_KEY];
    uint8_t point[KS_SECP256K1_POINT];
    uint8_t head[33 + 4] = {0};
    bool done;

    xrp_scalar(root, seed);
    done = ks_secp256k1_public(point, root);
    if (done) {
        ks_secp256k1_compress(head, point);
        xrp_scalar(tweak, (struct ks_span){head, sizeof(head)});
        done = ks_secp256k1_add(key, root, tweak) &&
               ks_secp256k1_public(point, key);
        ks_secp256k1_compress(out, point);
        ks_secret_wipe(key, sizeof(key));
    }
    ks_secret_wipe(root, sizeof(root));
    return done;
}

static bool xrp_ed25519_public(uint8_t out[33], struct ks_span seed)
{
    uint8_t key[KS_CURVE_KEY];
    bool done;

    sha512_half(key, seed);
    out[0] = 0xed;
    done = ks_ed25519_public(out + 1, key);
    ks_secret_wipe(key, sizeof(key));
    return done;
}

static void tell_xrp_address(struct ks_proof_facts *facts, struct ks_span seed,
                             bool ed25519)
{
    uint8_t payload[1 + KS_HASH160_LEN] = {0};
    uint8_t public[33];
    char address[64];

    ks_proof_fact(facts, "curve", ed25519 ? "ed25519" : "secp256k1");
    if (!(ed25519 ? xrp_ed25519_public : xrp_secp256k1_public)(public, seed) ||
        !ks_hash160(payload + 1, (struct ks_span){public, sizeof(public)}))
        return;
    ks_base58_check_encode(address, sizeof(address),
                           (struct ks_span){payload, sizeof(payload)},
                           ks_base58_ripple);
    ks_proof_fact(facts, "address", "%s", address);
}

KS_CHECK(xrp_seed)
{
    static const uint8_t ed25519[] = {0x01, 0xe1, 0x4b};
    enum { SEED = 16 };
    uint8_t bytes[sizeof(ed25519) + SEED];
    enum ks_validity verdict = KS_VALIDITY_FAKE;
    struct ks_span seed;
    size_t len;
    bool ed;

    (void)match;
    (void)now;
    if (secret.len < 25 || secret.len > 35 || secret.ptr[0] != 's')
        return KS_VALIDITY_UNKNOWN;
    if (ks_sample_known(secret))
        return KS_VALIDITY_SAMPLE;
    len =
        ks_base58_check_decode(bytes, sizeof(bytes), secret, ks_base58_ripple);
    ed = len == sizeof(bytes) && memcmp(bytes, ed25519, sizeof(ed25519)) == 0;
    if (ed || (len == 1 + SEED && bytes[0] == 0x21)) {
        seed = (struct ks_span){bytes + len - SEED, SEED};
        tell_xrp_address(facts, seed, ed);
        verdict = KS_VALIDITY_CHECKSUM;
    }
    ks_secret_wipe(bytes, sizeof(bytes));
    return verdict;
}

/* Whether the last two bytes are the CRC-16 of the others, low byte first. */
static bool crc16_holds(const uint8_t *bytes, size_t len)
{
    uint16_t crc = ks_codec_crc16((struct ks_span){bytes, len - 2});

    return bytes[len - 2] == (crc & 0xff) && bytes[len - 1] == crc >> 8;
}

/* Writes version, key and CRC-16 in base32. */
static void strkey(char out[64], uint8_t version, const uint8_t *key)
{
    uint8_t bytes[1 + KS_CURVE_KEY + 2] = {version};
    uint16_t crc;

    memcpy(bytes + 1, key, KS_CURVE_KEY);
    crc = ks_codec_crc16((struct ks_span){bytes, 1 + KS_CURVE_KEY});
    bytes[1 + KS_CURVE_KEY] = (uint8_t)crc;
    bytes[2 + KS_CURVE_KEY] = (uint8_t)(crc >> 8);
    ks_codec_to_base32(out, 64, (struct ks_span){bytes, sizeof(bytes)});
}

/* Source: SEP-23, "Strkeys". */
KS_CHECK(stellar_secret)
{
    enum { SEED_VERSION = 0x90, ACCOUNT_VERSION = 0x30 };
    uint8_t bytes[1 + KS_CURVE_KEY + 2];
    uint8_t public[KS_CURVE_KEY];
    char address[64];
    enum ks_validity verdict = KS_VALIDITY_FAKE;

    (void)match;
    (void)now;
    if (secret.len != 56 || secret.ptr[0] != 'S')
        return KS_VALIDITY_UNKNOWN;
    if (ks_codec_base32(bytes, sizeof(bytes), secret) != sizeof(bytes) ||
        bytes[0] != SEED_VERSION || !crc16_holds(bytes, sizeof(bytes)))
        goto out;
    verdict = KS_VALIDITY_SAMPLE;
    if (ks_sample_known((struct ks_span){bytes + 1, KS_CURVE_KEY}))
        goto out;
    if (ks_ed25519_public(public, bytes + 1)) {
        strkey(address, ACCOUNT_VERSION, public);
        ks_proof_fact(facts, "address", "%s", address);
    }
    verdict = KS_VALIDITY_CHECKSUM;
out:
    ks_secret_wipe(bytes, sizeof(bytes));
    return verdict;
}

static const char *nkey_role(uint8_t prefix)
{
    static const struct {
        uint8_t prefix;
        const char *role;
    } roles[] = {
        {13 << 3, "server"}, {2 << 3, "cluster"}, {14 << 3, "operator"},
        {0 << 3, "account"}, {20 << 3, "user"},   {23 << 3, "curve"},
    };

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (roles[i].prefix == prefix)
            return roles[i].role;
    }
    return NULL;
}

/*
 * Five bits say "seed", five the role; then the Ed25519 seed and a CRC-16.
 * Source: github.com/nats-io/nkeys.
 */
KS_CHECK(nkey)
{
    enum { SEED_MARK = 18 << 3 };
    uint8_t bytes[2 + KS_CURVE_KEY + 2];
    uint8_t public[KS_CURVE_KEY];
    enum ks_validity verdict = KS_VALIDITY_FAKE;
    uint8_t role;
    char text[64];

    (void)match;
    (void)now;
    if (secret.len != 58 || secret.ptr[0] != 'S')
        return KS_VALIDITY_UNKNOWN;
    if (ks_codec_base32(bytes, sizeof(bytes), secret) != sizeof(bytes) ||
        (bytes[0] & 0xf8) != SEED_MARK || !crc16_holds(bytes, sizeof(bytes)))
        goto out;
    role = (uint8_t)((bytes[0] & 7) << 5 | (bytes[1] & 0xf8) >> 3);
    if (nkey_role(role) == NULL)
        goto out;
    verdict = KS_VALIDITY_SAMPLE;
    if (ks_sample_known((struct ks_span){bytes + 2, KS_CURVE_KEY}))
        goto out;
    ks_proof_fact(facts, "type", "%s", nkey_role(role));
    if (role != 23 << 3 && ks_ed25519_public(public, bytes + 2)) {
        strkey(text, role, public);
        ks_proof_fact(facts, "public key", "%s", text);
    }
    verdict = KS_VALIDITY_CHECKSUM;
out:
    ks_secret_wipe(bytes, sizeof(bytes));
    return verdict;
}

/* NIP-19: the public key is the point's x. */
static void tell_nostr(struct ks_proof_facts *facts, const uint8_t *key)
{
    uint8_t point[KS_SECP256K1_POINT];
    char text[96];

    if (!ks_secp256k1_public(point, key))
        return;
    ks_bech32_encode(text, sizeof(text), "npub",
                     (struct ks_span){point + 1, KS_CURVE_KEY});
    ks_proof_fact(facts, "public key", "%s", text);
}

/* github.com/C2SP/C2SP, age.md: X25519 recipients. */
static void tell_age(struct ks_proof_facts *facts, const uint8_t *key)
{
    uint8_t public[KS_CURVE_KEY];
    char text[96];

    if (!ks_x25519_public(public, key))
        return;
    ks_bech32_encode(text, sizeof(text), "age",
                     (struct ks_span){public, sizeof(public)});
    ks_proof_fact(facts, "recipient", "%s", text);
}

/* SIP-15: a byte for the scheme, then the key. */
static void tell_sui(struct ks_proof_facts *facts, const uint8_t *key)
{
    static const char *const schemes[] = {"ed25519", "secp256k1", "secp256r1"};

    if (key[0] < sizeof(schemes) / sizeof(schemes[0]))
        ks_proof_fact(facts, "curve", "%s", schemes[key[0]]);
}

static const struct {
    const char *prefix;
    size_t len; /* bytes */
    size_t key; /* offset of the 32 bytes of the key */
    void (*tell)(struct ks_proof_facts *facts, const uint8_t *bytes);
} bech32_kinds[] = {
    {"nsec", 32, 0, tell_nostr},
    {"age-secret-key-", 32, 0, tell_age},
    {"suiprivkey", 33, 1, tell_sui},
};

KS_CHECK(bech32)
{
    char prefix[KS_BECH32_PREFIX];
    uint8_t bytes[KS_BECH32_MOST];
    enum ks_validity verdict = KS_VALIDITY_CHECKSUM;
    size_t len;

    (void)match;
    (void)now;
    if (secret.len < 8 || secret.len > KS_BECH32_MOST)
        return KS_VALIDITY_UNKNOWN;
    len = ks_bech32_decode(prefix, bytes, secret);
    if (len == KS_CODEC_BAD)
        return KS_VALIDITY_FAKE;
    for (size_t i = 0; i < sizeof(bech32_kinds) / sizeof(bech32_kinds[0]);
         i++) {
        if (strcmp(bech32_kinds[i].prefix, prefix) != 0 ||
            bech32_kinds[i].len != len)
            continue;
        if (ks_sample_known(
                (struct ks_span){bytes + bech32_kinds[i].key, KS_CURVE_KEY}))
            verdict = KS_VALIDITY_SAMPLE;
        else
            bech32_kinds[i].tell(facts, bytes);
        break;
    }
    ks_secret_wipe(bytes, sizeof(bytes));
    return verdict;
}
