/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/checks.h"

#include "base/hash.h"
#include "base/secret.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/curve.h"
#include "scanner/validators/json.h"
#include "scanner/validators/keccak.h"
#include "scanner/validators/samples.h"

#include <stdio.h>
#include <string.h>

enum { ADDRESS = 20, ADDRESS_TEXT = 41 };

static const size_t address_digits = ADDRESS_TEXT - 1;

/* ERC-55: a letter is upper-case where the hash of the text has a high digit.
 */
static void checksum_case(char text[ADDRESS_TEXT])
{
    uint8_t digest[KS_KECCAK_LEN];

    ks_keccak256(digest,
                 (struct ks_span){(const uint8_t *)text, address_digits});
    for (size_t i = 0; i < address_digits; i++) {
        unsigned digit = digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;

        if (text[i] >= 'a' && digit >= 8)
            text[i] = (char)(text[i] - 'a' + 'A');
    }
}

static void tell_address(struct ks_proof_facts *facts, const uint8_t *key)
{
    uint8_t point[KS_SECP256K1_POINT];
    uint8_t digest[KS_KECCAK_LEN];
    char text[ADDRESS_TEXT];

    if (!ks_secp256k1_public(point, key))
        return;
    ks_keccak256(digest, (struct ks_span){point + 1, sizeof(point) - 1});
    ks_hex(text, digest + KS_KECCAK_LEN - ADDRESS, ADDRESS);
    checksum_case(text);
    ks_proof_fact(facts, "address", "0x%s", text);
}

/* Small numbers and one repeated byte are what people write as examples. */
static bool is_trivial(const uint8_t key[KS_CURVE_KEY])
{
    bool repeated = true;
    bool small = true;

    for (size_t i = 0; i < KS_CURVE_KEY; i++) {
        repeated &= key[i] == key[0];
        small &= i >= 24 || key[i] == 0;
    }
    return repeated || small;
}

/* Any 32 bytes below the order are a key: this proves only what is none. */
KS_CHECK(ethereum_private_key)
{
    uint8_t key[KS_CURVE_KEY];
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;

    (void)match;
    (void)now;
    if (ks_codec_begins(secret, "0x") || ks_codec_begins(secret, "0X"))
        secret = ks_span_slice(secret, 2, secret.len);
    if (secret.len != (size_t)2 * KS_CURVE_KEY ||
        ks_codec_hex(key, sizeof(key), secret) != sizeof(key))
        return KS_VALIDITY_UNKNOWN;
    if (!ks_secp256k1_in_range(key))
        verdict = KS_VALIDITY_FAKE;
    else if (is_trivial(key) ||
             ks_sample_known((struct ks_span){key, sizeof(key)}))
        verdict = KS_VALIDITY_SAMPLE;
    else
        tell_address(facts, key);
    ks_secret_wipe(key, sizeof(key));
    return verdict;
}

/* Whether the member is hex; of `len` bytes unless that is 0. */
static bool is_hex(const struct ks_json *object, const char *name, size_t len)
{
    const char *text = ks_vjson_text(object, name);
    size_t digits = text == NULL ? 0 : strlen(text);

    return digits > 0 && digits % 2 == 0 && (len == 0 || digits == 2 * len) &&
           strspn(text, "0123456789abcdefABCDEF") == digits;
}

static bool is_keystore(const struct ks_json *crypto)
{
    const struct ks_json *params = ks_vjson_object(crypto, "cipherparams");
    const char *cipher = ks_vjson_text(crypto, "cipher");
    const char *kdf = ks_vjson_text(crypto, "kdf");

    return cipher != NULL && strncmp(cipher, "aes-128-", 8) == 0 &&
           kdf != NULL &&
           (strcmp(kdf, "scrypt") == 0 || strcmp(kdf, "pbkdf2") == 0) &&
           params != NULL && is_hex(params, "iv", 16) &&
           is_hex(crypto, "ciphertext", 0) && is_hex(crypto, "mac", 32) &&
           ks_vjson_object(crypto, "kdfparams") != NULL;
}

static enum ks_validity check_keystore(struct ks_proof_facts *facts,
                                       const struct ks_json *store)
{
    const struct ks_json *crypto = ks_vjson_object(store, "crypto");
    const char *address = ks_vjson_text(store, "address");
    double version, rounds;

    if (crypto == NULL)
        crypto = ks_vjson_object(store, "Crypto");
    if (crypto == NULL || !ks_vjson_number(store, "version", &version) ||
        version < 3 || version > 3 || !is_keystore(crypto))
        return KS_VALIDITY_UNKNOWN;
    if (address != NULL)
        ks_proof_fact(facts, "address", "%s", address);
    ks_proof_fact(facts, "kdf", "%s", ks_vjson_text(crypto, "kdf"));
    if (ks_vjson_number(ks_vjson_object(crypto, "kdfparams"), "n", &rounds) ||
        ks_vjson_number(ks_vjson_object(crypto, "kdfparams"), "c", &rounds))
        ks_proof_fact(facts, "rounds", "%.0f", rounds);
    return KS_VALIDITY_STRUCTURE;
}

/* Source: Ethereum's "Web3 Secret Storage Definition", version 3. */
KS_CHECK(ethereum_keystore)
{
    struct ks_json *store = ks_vjson_parse(match);
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;

    (void)now;
    if (store == NULL)
        store = ks_vjson_parse(secret);
    if (store != NULL)
        verdict = check_keystore(facts, store);
    ks_vjson_free(store);
    return verdict;
}
