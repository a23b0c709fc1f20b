/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h: secrets at rest, encrypted (libsodium: XChaCha20-Poly1305). */
#ifndef KS_REVOKE_SEAL_H
#define KS_REVOKE_SEAL_H

#include "base/buf.h"
#include "base/hash.h"
#include "revoke/locked.h"

/* The keys, in locked memory. */
struct ks_seal;

/*
 * Reads the key file: 64 hex digits, private (see secret_file.h). KS_EINVAL,
 * KS_ENOENT, KS_EIO.
 */
enum ks_rc ks_seal_new(struct ks_seal **out, const char *path,
                       struct ks_err *err);
void ks_seal_free(struct ks_seal *seal);

/* Creates a key file with a new key. */
enum ks_rc ks_seal_create_key(const char *path, struct ks_err *err);

/*
 * Appends `secret` encrypted, bound to `name`: it opens only under the same
 * name, so that sealed secrets cannot change places.
 */
enum ks_rc ks_seal_close(struct ks_buf *out, const struct ks_seal *seal,
                         const char *name, struct ks_span secret,
                         struct ks_err *err);

/* The secret again, in `locked`. KS_EFORMAT: another key or name, or changed.
 */
enum ks_rc ks_seal_open(struct ks_span *out, struct ks_locked *locked,
                        const struct ks_seal *seal, const char *name,
                        struct ks_span sealed, struct ks_err *err);

/*
 * A name for the secret that tells nothing of it to whoever lacks the key:
 * HMAC-SHA-256 in hex.
 */
void ks_seal_fingerprint(char out[KS_SHA256_HEX], const struct ks_seal *seal,
                         struct ks_span secret);

#endif
