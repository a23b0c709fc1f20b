/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h: digests and checksums, from libcrypto and libdeflate. */
#ifndef KS_BASE_HASH_H
#define KS_BASE_HASH_H

#include "base/err.h"
#include "base/span.h"

enum { KS_SHA256_LEN = 32, KS_SHA256_HEX = 65 };

/* A running SHA-256. */
struct ks_sha256;

enum ks_rc ks_sha256_new(struct ks_sha256 **out, struct ks_err *err);
void ks_sha256_add(struct ks_sha256 *hash, struct ks_span bytes);

/* As add, with the length in front, so that two fields cannot run together. */
void ks_sha256_add_field(struct ks_sha256 *hash, struct ks_span bytes);

/* Writes the digest and makes the hash ready for new bytes. */
void ks_sha256_finish(struct ks_sha256 *hash, uint8_t out[KS_SHA256_LEN]);
void ks_sha256_free(struct ks_sha256 *hash);

/* The digest of one run of bytes. */
void ks_sha256(uint8_t out[KS_SHA256_LEN], struct ks_span bytes);

/*
 * SHA-1 (`len` 20) or SHA-256 (32) of two runs, one behind the other: what git
 * names objects by. False without memory.
 */
bool ks_hash_name(uint8_t *out, size_t len, struct ks_span head,
                  struct ks_span body);

/* HMAC-SHA-256 (RFC 2104). */
void ks_hmac_sha256(uint8_t out[KS_SHA256_LEN], struct ks_span key,
                    struct ks_span bytes);

/* CRC-32 as of zlib and IEEE 802.3. */
uint32_t ks_crc32(struct ks_span bytes);

/* Lower-case hex and a NUL: `out` has room for 2 × len + 1. */
void ks_hex(char *out, const uint8_t *bytes, size_t len);

/* Reads 2 × len hex digits of either case; false on anything else. */
bool ks_unhex(uint8_t *out, size_t len, const char *text);

/* A fast, well mixed 64-bit hash for tables in memory; not for security. */
uint64_t ks_hash64(struct ks_span bytes, uint64_t seed);

#endif
