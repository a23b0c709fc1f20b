/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/bech32_text.h"

#include "scanner/validators/codec.h"

#include <ctype.h>
#include <string.h>

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

enum { CHECK = 6, BECH32M = 0x2bc830a3 };

/* One step of the code's generator over GF(32). */
static uint32_t step(uint32_t sum, uint32_t value)
{
    static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                         0x3d4233dd, 0x2a1462b3};
    uint32_t top = sum >> 25;

    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (size_t i = 0; i < 5; i++) {
        if ((top >> i & 1) != 0)
            sum ^= generator[i];
    }
    return sum;
}

static uint32_t start(const char *prefix)
{
    uint32_t sum = 1;

    for (const char *c = prefix; *c != '\0'; c++)
        sum = step(sum, (uint32_t)(uint8_t)*c >> 5);
    sum = step(sum, 0);
    for (const char *c = prefix; *c != '\0'; c++)
        sum = step(sum, *c & 31);
    return sum;
}

static bool has_one_case(struct ks_span text)
{
    bool lower = false;
    bool upper = false;

    for (size_t i = 0; i < text.len; i++) {
        lower |= text.ptr[i] >= 'a' && text.ptr[i] <= 'z';
        upper |= text.ptr[i] >= 'A' && text.ptr[i] <= 'Z';
    }
    return !(lower && upper);
}

static size_t find_separator(struct ks_span text)
{
    for (size_t i = text.len; i > 0; i--) {
        if (text.ptr[i - 1] == '1')
            return i - 1;
    }
    return text.len;
}

size_t ks_bech32_decode(char prefix[KS_BECH32_PREFIX],
                        uint8_t out[KS_BECH32_MOST], struct ks_span text)
{
    size_t mark = find_separator(text);
    uint32_t held = 0;
    uint32_t sum;
    unsigned bits = 0;
    size_t len = 0;

    if (mark == 0 || mark >= KS_BECH32_PREFIX || mark + CHECK >= text.len ||
        text.len - mark > KS_BECH32_MOST || !has_one_case(text))
        return KS_CODEC_BAD;
    for (size_t i = 0; i < mark; i++)
        prefix[i] = (char)tolower(text.ptr[i]);
    prefix[mark] = '\0';

    sum = start(prefix);
    for (size_t i = mark + 1; i < text.len; i++) {
        const char *digit = memchr(alphabet, tolower(text.ptr[i]), 32);

        if (digit == NULL)
            return KS_CODEC_BAD;
        sum = step(sum, (uint32_t)(digit - alphabet));
        if (i + CHECK >= text.len)
            continue;
        held = held << 5 | (uint32_t)(digit - alphabet);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out[len++] = (uint8_t)(held >> bits);
        }
    }
    return sum == 1 || sum == BECH32M ? len : KS_CODEC_BAD;
}

static void put(char *out, size_t *len, uint32_t *sum, uint32_t value)
{
    *sum = step(*sum, value);
    out[(*len)++] = alphabet[value];
}

void ks_bech32_encode(char *out, size_t room, const char *prefix,
                      struct ks_span bytes)
{
    size_t len = strlen(prefix);
    uint32_t sum = start(prefix);
    uint32_t held = 0;
    unsigned bits = 0;

    out[0] = '\0';
    if (len + 1 + (bytes.len * 8 + 4) / 5 + CHECK + 1 > room)
        return;
    memcpy(out, prefix, len);
    out[len++] = '1';
    for (size_t i = 0; i < bytes.len; i++) {
        held = held << 8 | bytes.ptr[i];
        for (bits += 8; bits >= 5; bits -= 5)
            put(out, &len, &sum, held >> (bits - 5) & 31);
    }
    if (bits > 0)
        put(out, &len, &sum, held << (5 - bits) & 31);
    for (int i = 0; i < CHECK; i++)
        sum = step(sum, 0);
    sum ^= 1;
    for (unsigned i = CHECK; i > 0; i--)
        out[len++] = alphabet[sum >> (5 * (i - 1)) & 31];
    out[len] = '\0';
}
