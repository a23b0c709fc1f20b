/* SPDX-License-Identifier: Apache-2.0 */
/*
 * samples.h: keys that everybody knows: development networks, emulators,
 * documentation, RFCs and test vectors. Kept as digests, so that no key stands
 * in this program.
 */
#ifndef KS_SCANNER_VALIDATORS_SAMPLES_H
#define KS_SCANNER_VALIDATORS_SAMPLES_H

#include "base/hash.h"
#include "base/span.h"

/*
 * Whether these bytes are a known sample. Each kind of key has one canonical
 * form: the token as text; 32 raw bytes for keys of curves; the words of a
 * mnemonic joined by one space; the public key in OpenSSH's wire form, or else
 * as SubjectPublicKeyInfo, for private keys in files.
 */
bool ks_sample_known(struct ks_span canonical);

#endif
