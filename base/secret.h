/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h: how secrets are wiped, shown and named. */
#ifndef KS_BASE_SECRET_H
#define KS_BASE_SECRET_H

#include "base/buf.h"
#include "base/span.h"

/* Overwrites the bytes in a way that the compiler keeps. */
void ks_secret_wipe(void *bytes, size_t len);

/* How much of a secret a person may see. */
struct ks_redaction {
    bool show;        /* all of it; only on the user's own request */
    unsigned percent; /* share to hide from the end, 1..100; 0 means 100 */
};

/*
 * Appends what may be shown of `secret`, as printable ASCII.
 *
 * At 100 percent: "[redacted:N]" with N its length in bytes. Below: the first
 * characters up to the share, then "…"; never more than a quarter of a secret
 * of up to 16 bytes. Bytes that are no printable ASCII are shown as \xNN, so
 * that no terminal escape passes. KS_ELIMIT, KS_ENOMEM.
 */
enum ks_rc ks_secret_redact(struct ks_buf *out, struct ks_span secret,
                            struct ks_redaction how);

#endif
