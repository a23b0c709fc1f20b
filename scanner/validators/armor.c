/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/armor.h"

#include "base/secret.h"
#include "scanner/validators/codec.h"

#include <stdlib.h>
#include <string.h>

bool ks_armor_find(struct ks_armor *out, struct ks_span text)
{
    size_t at, end, mark;

    if (text.len > KS_ARMOR_LARGEST)
        text.len = KS_ARMOR_LARGEST;
    at = ks_span_find(text, 0, ks_span_str("-----BEGIN "));
    if (at == SIZE_MAX)
        return false;
    at += strlen("-----BEGIN ");
    end = ks_span_find(text, at, ks_span_str("-----"));
    if (end == SIZE_MAX || end - at >= sizeof(out->label))
        return false;
    memcpy(out->label, text.ptr + at, end - at);
    out->label[end - at] = '\0';
    at = end + strlen("-----");
    mark = ks_span_find(text, at, ks_span_str("-----END "));
    out->whole = mark != SIZE_MAX;
    out->body = ks_span_slice(text, at, out->whole ? mark : text.len);
    return true;
}

static bool is_base64(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* Length of an escaped line end or tab at `at`: "\n", "\\r" …; else 0. */
static size_t escape_at(struct ks_span text, size_t at)
{
    size_t from = at;

    while (at < text.len && text.ptr[at] == '\\')
        at++;
    if (at == from || at == text.len)
        return 0;
    return memchr("nrt", text.ptr[at], 3) != NULL ? at + 1 - from : 0;
}

/* Where the line that begins at `at` is over, behind its (escaped) end. */
static size_t line_end(struct ks_span text, size_t at)
{
    for (; at < text.len; at++) {
        size_t escape = escape_at(text, at);

        if (text.ptr[at] == '\n')
            return at + 1;
        if (escape > 0 && text.ptr[at + escape - 1] == 'n')
            return at + escape;
    }
    return text.len;
}

/* Base64 has no colon: the last one is in the last header. */
struct ks_span ks_armor_headers(struct ks_span body, struct ks_span *rest)
{
    size_t end = body.len;

    while (end > 0 && body.ptr[end - 1] != ':')
        end--;
    if (end > 0)
        end = line_end(body, end);
    *rest = ks_span_slice(body, end, body.len);
    return ks_span_slice(body, 0, end);
}

/*
 * Whether the "+" at `at` joins two strings of source code: neither neighbour
 * is a digit of base64.
 */
static bool joins_strings(struct ks_span text, size_t at)
{
    return at > 0 && at + 1 < text.len && !is_base64(text.ptr[at - 1]) &&
           text.ptr[at - 1] != '=' && !is_base64(text.ptr[at + 1]);
}

/* Four digits behind a "=" that is no padding: OpenPGP's checksum. */
static bool is_checksum(struct ks_span body, size_t at)
{
    if (body.len - at < 5)
        return false;
    for (size_t i = 1; i < 5; i++) {
        if (!is_base64(body.ptr[at + i]))
            return false;
    }
    return true;
}

static bool is_decoration(uint8_t c)
{
    return c != '\0' && strchr(" \t\r\n\"',\\;#*|>.&", c) != NULL;
}

/* Copies the digits; false for what does not belong in a block. */
static bool take_digits(uint8_t *out, size_t *len, struct ks_span body,
                        struct ks_span *checksum)
{
    bool padded = false;

    for (size_t i = 0; i < body.len; i++) {
        uint8_t c = body.ptr[i];
        size_t escape = escape_at(body, i);

        if (escape > 0) {
            i += escape - 1;
        } else if (c == '=') {
            if (*len > 0 && is_checksum(body, i)) {
                *checksum = ks_span_slice(body, i + 1, i + 5);
                return true;
            }
            padded = true;
        } else if (is_base64(c) && !(c == '+' && joins_strings(body, i))) {
            if (padded)
                return false;
            out[(*len)++] = c;
        } else if (c != '+' && !is_decoration(c)) {
            return false;
        }
    }
    return true;
}

uint8_t *ks_armor_decode(struct ks_span body, size_t *len,
                         struct ks_span *checksum)
{
    uint8_t *bytes;
    size_t digits = 0;

    *checksum = (struct ks_span){NULL, 0};
    if (body.len == 0 || body.len > KS_ARMOR_LARGEST)
        return NULL;
    bytes = malloc(body.len);
    if (bytes == NULL)
        return NULL;
    *len = KS_CODEC_BAD;
    if (take_digits(bytes, &digits, body, checksum))
        *len =
            ks_codec_base64(bytes, body.len, (struct ks_span){bytes, digits});
    if (*len != KS_CODEC_BAD && *len > 0)
        return bytes;
    ks_secret_wipe(bytes, body.len);
    free(bytes);
    return NULL;
}
