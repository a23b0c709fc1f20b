/* SPDX-License-Identifier: Apache-2.0 */
/* ed25519.c: 64 bytes whose second half is the public key of the first. */
#include "base/secret.h"
#include "scanner/validators/base58.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/curve.h"
#include "scanner/validators/samples.h"

#include <string.h>

enum { PAIR = 2 * KS_CURVE_KEY };

static enum ks_validity check_pair(const uint8_t pair[PAIR])
{
    uint8_t public[KS_CURVE_KEY];

    if (!ks_ed25519_public(public, pair))
        return KS_VALIDITY_UNKNOWN;
    if (memcmp(public, pair + KS_CURVE_KEY, KS_CURVE_KEY) != 0)
        return KS_VALIDITY_FAKE;
    if (ks_sample_known((struct ks_span){pair, KS_CURVE_KEY}))
        return KS_VALIDITY_SAMPLE;
    return KS_VALIDITY_CHECKSUM;
}

/* "[12, 255, …]" with exactly 64 numbers below 256. */
static bool read_array(uint8_t out[PAIR], struct ks_span text)
{
    size_t count = 0;
    unsigned value = 0;
    bool digits = false;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];

        if (c >= '0' && c <= '9') {
            value = value * 10 + (unsigned)(c - '0');
            digits = true;
            if (value > 255)
                return false;
            continue;
        }
        if (digits && count == PAIR)
            return false;
        if (digits)
            out[count++] = (uint8_t)value;
        value = 0;
        digits = false;
    }
    if (digits && count == PAIR)
        return false;
    if (digits)
        out[count++] = (uint8_t)value;
    return count == PAIR;
}

KS_CHECK(solana_keypair)
{
    uint8_t pair[PAIR];
    char address[64];
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;
    bool whole;

    (void)match;
    (void)now;
    if (secret.len < 64 || secret.len > 1024)
        return KS_VALIDITY_UNKNOWN;
    if (secret.len <= 90)
        whole = ks_base58_decode(pair, PAIR, secret, ks_base58_bitcoin) == PAIR;
    else
        whole = read_array(pair, secret);
    if (whole)
        verdict = check_pair(pair);
    if (verdict == KS_VALIDITY_CHECKSUM) {
        ks_base58_encode(address, sizeof(address),
                         (struct ks_span){pair + KS_CURVE_KEY, KS_CURVE_KEY},
                         ks_base58_bitcoin);
        ks_proof_fact(facts, "address", "%s", address);
    }
    ks_secret_wipe(pair, sizeof(pair));
    return verdict;
}

KS_CHECK(ed25519_keypair_base64)
{
    uint8_t pair[PAIR];
    char public[64];
    enum ks_validity verdict = KS_VALIDITY_UNKNOWN;

    (void)match;
    (void)now;
    if ((secret.len == 86 || secret.len == 88) &&
        ks_codec_base64(pair, PAIR, secret) == PAIR)
        verdict = check_pair(pair);
    if (verdict == KS_VALIDITY_CHECKSUM) {
        ks_codec_to_base64(public, sizeof(public),
                           (struct ks_span){pair + KS_CURVE_KEY, KS_CURVE_KEY});
        ks_proof_fact(facts, "public key", "%s", public);
    }
    ks_secret_wipe(pair, sizeof(pair));
    return verdict;
}
