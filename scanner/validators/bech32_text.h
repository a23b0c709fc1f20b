/* SPDX-License-Identifier: Apache-2.0 */
/* bech32_text.h: the text form of BIP-173. */
#ifndef KS_SCANNER_VALIDATORS_BECH32_TEXT_H
#define KS_SCANNER_VALIDATORS_BECH32_TEXT_H

#include "base/span.h"

enum { KS_BECH32_PREFIX = 32, KS_BECH32_MOST = 128 };

/*
 * Writes the lower-case part before the last "1" and the bytes behind it,
 * whose checksum must hold (Bech32, or Bech32m of BIP-350). Returns the number
 * of bytes, or KS_CODEC_BAD. Letters are of one case.
 */
size_t ks_bech32_decode(char prefix[KS_BECH32_PREFIX],
                        uint8_t out[KS_BECH32_MOST], struct ks_span text);

/* The Bech32 text of at most 64 bytes, with a NUL; "" if there is no room. */
void ks_bech32_encode(char *out, size_t room, const char *prefix,
                      struct ks_span bytes);

#endif
