/* SPDX-License-Identifier: Apache-2.0 */
/* curve.h: public keys and addresses from private keys, through libcrypto. */
#ifndef KS_SCANNER_VALIDATORS_CURVE_H
#define KS_SCANNER_VALIDATORS_CURVE_H

#include "base/span.h"

enum {
    KS_CURVE_KEY = 32,
    KS_SECP256K1_POINT = 65, /* 0x04, x, y */
    KS_HASH160_LEN = 20,
};

/* Whether 1 ≤ k < n for secp256k1. */
bool ks_secp256k1_in_range(const uint8_t key[KS_CURVE_KEY]);

/* The uncompressed public point; false without memory or out of range. */
bool ks_secp256k1_public(uint8_t out[KS_SECP256K1_POINT],
                         const uint8_t key[KS_CURVE_KEY]);

/* The sum of the key and the tweak, modulo n. */
bool ks_secp256k1_add(uint8_t out[KS_CURVE_KEY],
                      const uint8_t key[KS_CURVE_KEY],
                      const uint8_t tweak[KS_CURVE_KEY]);

/* The compressed form (33 bytes) of an uncompressed point. */
void ks_secp256k1_compress(uint8_t out[33],
                           const uint8_t point[KS_SECP256K1_POINT]);

bool ks_ed25519_public(uint8_t out[KS_CURVE_KEY],
                       const uint8_t seed[KS_CURVE_KEY]);
bool ks_x25519_public(uint8_t out[KS_CURVE_KEY],
                      const uint8_t key[KS_CURVE_KEY]);

/* RIPEMD-160 of SHA-256; false where libcrypto has no RIPEMD-160. */
bool ks_hash160(uint8_t out[KS_HASH160_LEN], struct ks_span bytes);

#endif
