/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/codec.h"

#include <string.h>

static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    if (c == '/' || c == '_')
        return 63;
    return -1;
}

static int base32_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= '2' && c <= '7')
        return c - '2' + 26;
    return -1;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Digits of `bits` bits each, most significant first; spare bits are dropped.
 */
static size_t unpack(uint8_t *out, size_t room, struct ks_span text,
                     unsigned bits, int (*digit)(uint8_t))
{
    uint32_t held = 0;
    unsigned count = 0;
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        int value = digit(text.ptr[i]);

        if (value < 0)
            return KS_CODEC_BAD;
        held = held << bits | (uint32_t)value;
        count += bits;
        if (count < 8)
            continue;
        if (len == room)
            return KS_CODEC_BAD;
        count -= 8;
        out[len++] = (uint8_t)(held >> count);
    }
    return count >= bits ? KS_CODEC_BAD : len;
}

static struct ks_span without_padding(struct ks_span text, size_t most)
{
    for (size_t i = 0; i < most && text.len > 0; i++) {
        if (text.ptr[text.len - 1] != '=')
            break;
        text.len--;
    }
    return text;
}

size_t ks_codec_base64(uint8_t *out, size_t room, struct ks_span text)
{
    return unpack(out, room, without_padding(text, 2), 6, base64_digit);
}

size_t ks_codec_base32(uint8_t *out, size_t room, struct ks_span text)
{
    return unpack(out, room, without_padding(text, 6), 5, base32_digit);
}

size_t ks_codec_hex(uint8_t *out, size_t room, struct ks_span text)
{
    return unpack(out, room, text, 4, hex_digit);
}

static void pack(char *out, size_t room, struct ks_span bytes, unsigned bits,
                 const char *alphabet)
{
    uint32_t held = 0;
    uint32_t mask = (1U << bits) - 1;
    unsigned count = 0;
    size_t len = 0;

    for (size_t i = 0; i < bytes.len; i++) {
        held = held << 8 | bytes.ptr[i];
        for (count += 8; count >= bits && len + 1 < room; count -= bits)
            out[len++] = alphabet[held >> (count - bits) & mask];
        count = count >= bits ? 0 : count;
    }
    if (count > 0 && len + 1 < room)
        out[len++] = alphabet[held << (bits - count) & mask];
    out[len] = '\0';
}

void ks_codec_to_base64(char *out, size_t room, struct ks_span bytes)
{
    pack(out, room, bytes, 6,
         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

void ks_codec_to_base32(char *out, size_t room, struct ks_span bytes)
{
    pack(out, room, bytes, 5, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
}

void ks_codec_number(char *out, size_t width, uint64_t value,
                     const char *alphabet)
{
    size_t base = strlen(alphabet);

    for (size_t i = width; i > 0; i--) {
        out[i - 1] = alphabet[value % base];
        value /= base;
    }
}

uint16_t ks_codec_crc16(struct ks_span bytes)
{
    uint32_t crc = 0;

    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (uint32_t)bytes.ptr[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
        crc &= 0xffff;
    }
    return (uint16_t)crc;
}

bool ks_codec_alphanumeric(struct ks_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        int value = base64_digit(text.ptr[i]);

        if (value < 0 || value > 61)
            return false;
    }
    return true;
}

bool ks_codec_begins(struct ks_span text, const char *head)
{
    size_t len = strlen(head);

    return text.len >= len && memcmp(text.ptr, head, len) == 0;
}
