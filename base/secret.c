/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <string.h>

enum { HIDE_ALL = 100, SHORT_SECRET = 16 };

void ks_secret_wipe(void *bytes, size_t len)
{
    explicit_bzero(bytes, len);
}

static enum ks_rc add_printable(struct ks_buf *out, struct ks_span bytes)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < bytes.len && rc == KS_OK; i++) {
        uint8_t byte = bytes.ptr[i];

        if (byte >= 0x20 && byte < 0x7f)
            rc = ks_buf_add_byte(out, byte);
        else if (byte == '\n')
            rc = ks_buf_add_str(out, "\\n");
        else
            rc = ks_buf_printf(out, "\\x%02x", byte);
    }
    return rc;
}

static size_t visible(struct ks_span secret, unsigned hide)
{
    size_t shown = secret.len * (HIDE_ALL - hide) / HIDE_ALL;

    if (secret.len <= SHORT_SECRET && shown > secret.len / 4)
        shown = secret.len / 4;
    return shown;
}

enum ks_rc ks_secret_redact(struct ks_buf *out, struct ks_span secret,
                            struct ks_redaction how)
{
    unsigned hide =
        how.percent == 0 || how.percent > HIDE_ALL ? HIDE_ALL : how.percent;
    size_t shown = visible(secret, hide);
    enum ks_rc rc;

    if (how.show)
        return add_printable(out, secret);
    if (shown == 0)
        return ks_buf_printf(out, "[redacted:%zu]", secret.len);
    rc = add_printable(out, ks_span_slice(secret, 0, shown));
    return rc != KS_OK ? rc : ks_buf_add_str(out, "…");
}
