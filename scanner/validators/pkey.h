/* SPDX-License-Identifier: Apache-2.0 */
/* pkey.h: what a private key in DER or in OpenSSH's form is. */
#ifndef KS_SCANNER_VALIDATORS_PKEY_H
#define KS_SCANNER_VALIDATORS_PKEY_H

#include "scanner/validators/validator.h"

/*
 * A PKCS#1, SEC 1, DSA or PKCS#8 key. CHECKSUM when its parts fit together,
 * STRUCTURE when it parses, SAMPLE when it is known, UNKNOWN else.
 */
enum ks_validity ks_pkey_der(struct ks_proof_facts *facts,
                             struct ks_span bytes);

/* An encrypted PKCS#8 key: STRUCTURE or UNKNOWN. */
enum ks_validity ks_pkey_encrypted_der(struct ks_proof_facts *facts,
                                       struct ks_span bytes);

/* "openssh-key-v1", as of OpenSSH's PROTOCOL.key. */
enum ks_validity ks_pkey_openssh(struct ks_proof_facts *facts,
                                 struct ks_span bytes);

/*
 * Tells the fingerprint as `ssh-keygen -l` prints it; `wire` is the public key
 * in the form of RFC 4253. Returns whether it is a known sample.
 */
bool ks_pkey_tell_ssh(struct ks_proof_facts *facts, struct ks_span wire);

#endif
