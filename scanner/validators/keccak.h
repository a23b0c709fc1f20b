/* SPDX-License-Identifier: Apache-2.0 */
/* keccak.h: Keccak-256 as Ethereum uses it, before NIST changed the padding. */
#ifndef KS_SCANNER_VALIDATORS_KECCAK_H
#define KS_SCANNER_VALIDATORS_KECCAK_H

#include "base/span.h"

enum { KS_KECCAK_LEN = 32, KS_KECCAK_RATE = 136 };

/* The digest of fewer than KS_KECCAK_RATE bytes: one block. */
void ks_keccak256(uint8_t out[KS_KECCAK_LEN], struct ks_span bytes);

#endif
