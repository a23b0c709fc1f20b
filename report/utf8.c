/* SPDX-License-Identifier: Apache-2.0 */
#include "report/utf8.h"

static bool continues(struct ks_span text, size_t at, uint8_t low, uint8_t high)
{
    return at < text.len && text.ptr[at] >= low && text.ptr[at] <= high;
}

static size_t two(uint32_t *code, struct ks_span text, size_t at)
{
    if (!continues(text, at + 1, 0x80, 0xbf))
        return 0;
    *code = (uint32_t)(text.ptr[at] & 0x1f) << 6 | (text.ptr[at + 1] & 0x3f);
    return 2;
}

static size_t three(uint32_t *code, struct ks_span text, size_t at)
{
    uint8_t lead = text.ptr[at];

    if (!continues(text, at + 1, lead == 0xe0 ? 0xa0 : 0x80,
                   lead == 0xed ? 0x9f : 0xbf) ||
        !continues(text, at + 2, 0x80, 0xbf))
        return 0;
    *code = (uint32_t)(lead & 0x0f) << 12 |
            (uint32_t)(text.ptr[at + 1] & 0x3f) << 6 |
            (text.ptr[at + 2] & 0x3f);
    return 3;
}

static size_t four(uint32_t *code, struct ks_span text, size_t at)
{
    uint8_t lead = text.ptr[at];

    if (!continues(text, at + 1, lead == 0xf0 ? 0x90 : 0x80,
                   lead == 0xf4 ? 0x8f : 0xbf) ||
        !continues(text, at + 2, 0x80, 0xbf) ||
        !continues(text, at + 3, 0x80, 0xbf))
        return 0;
    *code = (uint32_t)(lead & 0x07) << 18 |
            (uint32_t)(text.ptr[at + 1] & 0x3f) << 12 |
            (uint32_t)(text.ptr[at + 2] & 0x3f) << 6 |
            (text.ptr[at + 3] & 0x3f);
    return 4;
}

size_t ks_utf8_next(uint32_t *code, struct ks_span text, size_t at)
{
    uint8_t lead = text.ptr[at];

    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf)
        return two(code, text, at);
    if (lead >= 0xe0 && lead <= 0xef)
        return three(code, text, at);
    if (lead >= 0xf0 && lead <= 0xf4)
        return four(code, text, at);
    return 0;
}

bool ks_utf8_valid(struct ks_span text)
{
    uint32_t code;

    for (size_t at = 0; at < text.len;) {
        size_t len = ks_utf8_next(&code, text, at);

        if (len == 0)
            return false;
        at += len;
    }
    return true;
}

bool ks_utf8_obeyed(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff ||
           (code & 0xfffe) == 0xfffe;
}

static enum ks_rc shown_one(struct ks_buf *out, struct ks_span text, size_t at,
                            size_t len, uint32_t code)
{
    if (len == 0)
        return ks_buf_printf(out, "\\x%02x", text.ptr[at]);
    if (!ks_utf8_obeyed(code))
        return ks_buf_add(out, ks_span_slice(text, at, at + len));
    if (code == '\n')
        return ks_buf_add_str(out, "\\n");
    if (code == '\t')
        return ks_buf_add_str(out, "\\t");
    return ks_buf_printf(out, code < 0x80 ? "\\x%02x" : "\\u{%x}", code);
}

enum ks_rc ks_utf8_shown(struct ks_buf *out, struct ks_span text)
{
    enum ks_rc rc = KS_OK;

    for (size_t at = 0; at < text.len && rc == KS_OK;) {
        uint32_t code = 0;
        size_t len = ks_utf8_next(&code, text, at);

        rc = shown_one(out, text, at, len, code);
        at += len == 0 ? 1 : len;
    }
    return rc;
}
