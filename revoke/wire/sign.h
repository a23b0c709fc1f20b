/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign.h: signatures of Standard Webhooks 1.0.0
 * (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).
 */
#ifndef KS_REVOKE_WIRE_SIGN_H
#define KS_REVOKE_WIRE_SIGN_H

#include "base/buf.h"

enum {
    KS_SIGN_TOLERANCE = 300, /* seconds a timestamp may be off */
    KS_SIGN_KEY_MAX = 64,
    KS_MESSAGE_ID = 32, /* bytes of a message id, with its NUL */
};

enum ks_sign_kind {
    KS_SIGN_HMAC,           /* whsec_: signs and verifies "v1" */
    KS_SIGN_ED25519_SECRET, /* whsk_: signs and verifies "v1a" */
    KS_SIGN_ED25519_PUBLIC, /* whpk_: verifies "v1a" */
};

/* Wipe with ks_sign_key_wipe() unless the kind is public. */
struct ks_sign_key {
    enum ks_sign_kind kind;
    uint8_t bytes[KS_SIGN_KEY_MAX];
    size_t len;
};

/* What is signed: all borrowed. */
struct ks_signed {
    const char *id;    /* webhook-id */
    int64_t timestamp; /* webhook-timestamp, Unix seconds */
    struct ks_span body;
};

/*
 * Reads "whsec_…", "whsk_…" or "whpk_…" (a key without a prefix is an HMAC
 * secret); white space around it is dropped. KS_EINVAL on a wrong prefix,
 * base64 or length: 24–64 bytes for HMAC, 32 or 64 for an ed25519 secret.
 */
enum ks_rc ks_sign_key_parse(struct ks_sign_key *out, struct ks_span text,
                             struct ks_err *err);

/* Writes a new key of that kind, which is not public, as text. */
enum ks_rc ks_sign_key_generate(struct ks_buf *out, enum ks_sign_kind kind,
                                struct ks_err *err);

/* Writes the public half of an ed25519 secret as "whpk_…". */
enum ks_rc ks_sign_key_public(struct ks_buf *out, const struct ks_sign_key *key,
                              struct ks_err *err);

void ks_sign_key_wipe(struct ks_sign_key *key);

/*
 * Appends one signature to a webhook-signature value, after a space if there
 * are others already. KS_EINVAL with a public key.
 */
enum ks_rc ks_sign_add(struct ks_buf *value, const struct ks_sign_key *key,
                       const struct ks_signed *what, struct ks_err *err);

/*
 * Whether one of the signatures in `value` is one of the key's, and the
 * timestamp is within KS_SIGN_TOLERANCE of `now`. Constant time in the
 * signature. KS_EINVAL says why not.
 */
enum ks_rc ks_sign_verify(const struct ks_sign_key *key,
                          const struct ks_signed *what, const char *value,
                          int64_t now, struct ks_err *err);

/* A new random id, "msg_" and 27 characters. */
void ks_message_id(char out[KS_MESSAGE_ID]);

#endif
