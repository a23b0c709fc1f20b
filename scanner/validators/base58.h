/* SPDX-License-Identifier: Apache-2.0 */
/* base58.h: numbers in base 58, and Base58Check. */
#ifndef KS_SCANNER_VALIDATORS_BASE58_H
#define KS_SCANNER_VALIDATORS_BASE58_H

#include "base/span.h"

extern const char ks_base58_bitcoin[59];
extern const char ks_base58_ripple[59];

enum { KS_BASE58_MOST = 128 }; /* bytes on the binary side */

/* The bytes of `text`; KS_CODEC_BAD for a foreign character or no room. */
size_t ks_base58_decode(uint8_t *out, size_t room, struct ks_span text,
                        const char *alphabet);

/* The text of at most KS_BASE58_MOST bytes, cut at `room`, with a NUL. */
void ks_base58_encode(char *out, size_t room, struct ks_span bytes,
                      const char *alphabet);

/*
 * As decode, without the last four bytes, which must begin the double SHA-256
 * of the others.
 */
size_t ks_base58_check_decode(uint8_t *out, size_t room, struct ks_span text,
                              const char *alphabet);

/* The text of the bytes and their checksum. */
void ks_base58_check_encode(char *out, size_t room, struct ks_span bytes,
                            const char *alphabet);

#endif
