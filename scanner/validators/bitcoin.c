/* SPDX-License-Identifier: Apache-2.0 */
/* bitcoin.c: private keys of Bitcoin and its kin, in Base58Check. */
#include "base/secret.h"
#include "scanner/validators/base58.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/curve.h"
#include "scanner/validators/samples.h"

#include <string.h>

/* The pay-to-public-key-hash address. */
static void tell_address(struct ks_proof_facts *facts, const uint8_t *key,
                         bool compressed, uint8_t version)
{
    uint8_t point[KS_SECP256K1_POINT], shorter[33];
    uint8_t payload[1 + KS_HASH160_LEN] = {version};
    struct ks_span public = {point, sizeof(point)};
    char address[64];

    if (!ks_secp256k1_public(point, key))
        return;
    if (compressed) {
        ks_secp256k1_compress(shorter, point);
        public = (struct ks_span){shorter, sizeof(shorter)};
    }
    if (!ks_hash160(payload + 1, public))
        return;
    ks_base58_check_encode(address, sizeof(address),
                           (struct ks_span){payload, sizeof(payload)},
                           ks_base58_bitcoin);
    ks_proof_fact(facts, "address", "%s", address);
}

/*
 * Version, key, and 0x01 when the public key is to be compressed.
 * Source: Bitcoin wiki, "Wallet import format".
 */
static enum ks_validity check_wif(struct ks_proof_facts *facts,
                                  const uint8_t *bytes, size_t len)
{
    bool compressed = len == 34;
    bool test = bytes[0] == 0xef;

    if ((len != 33 && !compressed) || (bytes[0] != 0x80 && !test) ||
        (compressed && bytes[33] != 1))
        return KS_VALIDITY_UNKNOWN;
    if (!ks_secp256k1_in_range(bytes + 1))
        return KS_VALIDITY_FAKE;
    if (ks_sample_known((struct ks_span){bytes + 1, KS_CURVE_KEY}))
        return KS_VALIDITY_SAMPLE;
    ks_proof_fact(facts, "network", test ? "testnet" : "mainnet");
    tell_address(facts, bytes + 1, compressed, test ? 0x6f : 0x00);
    return KS_VALIDITY_CHECKSUM;
}

KS_CHECK(bitcoin_wif)
{
    uint8_t bytes[34];
    enum ks_validity verdict = KS_VALIDITY_FAKE;
    size_t len;

    (void)match;
    (void)now;
    if (secret.len != 51 && secret.len != 52)
        return KS_VALIDITY_UNKNOWN;
    len =
        ks_base58_check_decode(bytes, sizeof(bytes), secret, ks_base58_bitcoin);
    if (len != KS_CODEC_BAD)
        verdict = check_wif(facts, bytes, len);
    ks_secret_wipe(bytes, sizeof(bytes));
    return verdict;
}

/* Source: SLIP-132, "Registered HD version bytes for BIP-0032". */
static const struct {
    uint32_t version;
    const char *network;
    const char *kind;
} versions[] = {
    {0x0488ade4, "mainnet", "xprv"}, {0x049d7878, "mainnet", "yprv"},
    {0x04b2430c, "mainnet", "zprv"}, {0x0295b005, "mainnet", "Yprv"},
    {0x02aa7a99, "mainnet", "Zprv"}, {0x04358394, "testnet", "tprv"},
    {0x044a4e28, "testnet", "uprv"}, {0x045f18bc, "testnet", "vprv"},
    {0x024285b5, "testnet", "Uprv"}, {0x02575048, "testnet", "Vprv"},
};

/* Version, depth, parent's fingerprint, index, chain code, 0 and the key. */
static enum ks_validity check_xprv(struct ks_proof_facts *facts,
                                   const uint8_t bytes[78])
{
    enum { DEPTH = 4, PAD = 45, KEY = 46 };
    uint32_t version = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                       (uint32_t)bytes[2] << 8 | bytes[3];

    if (bytes[PAD] != 0 || !ks_secp256k1_in_range(bytes + KEY))
        return KS_VALIDITY_FAKE;
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        if (versions[i].version != version)
            continue;
        if (ks_sample_known((struct ks_span){bytes + KEY, KS_CURVE_KEY}))
            return KS_VALIDITY_SAMPLE;
        ks_proof_fact(facts, "type", "%s", versions[i].kind);
        ks_proof_fact(facts, "network", "%s", versions[i].network);
        ks_proof_fact(facts, "depth", "%u", bytes[DEPTH]);
        tell_address(facts, bytes + KEY, true,
                     versions[i].network[0] == 't' ? 0x6f : 0x00);
        return KS_VALIDITY_CHECKSUM;
    }
    return KS_VALIDITY_UNKNOWN;
}

KS_CHECK(bip32_xprv)
{
    uint8_t bytes[78];
    enum ks_validity verdict = KS_VALIDITY_FAKE;
    size_t len;

    (void)match;
    (void)now;
    if (secret.len != 111)
        return KS_VALIDITY_UNKNOWN;
    len =
        ks_base58_check_decode(bytes, sizeof(bytes), secret, ks_base58_bitcoin);
    if (len == sizeof(bytes))
        verdict = check_xprv(facts, bytes);
    ks_secret_wipe(bytes, sizeof(bytes));
    return verdict;
}
