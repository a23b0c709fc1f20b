/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/base58.h"

#include "base/hash.h"
#include "base/secret.h"
#include "scanner/validators/codec.h"

#include <string.h>

const char ks_base58_bitcoin[59] =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const char ks_base58_ripple[59] =
    "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/* number = number × 58 + digit, most significant byte first. */
static bool times_58_plus(uint8_t *number, size_t len, unsigned digit)
{
    for (size_t i = len; i > 0; i--) {
        digit += 58U * number[i - 1];
        number[i - 1] = (uint8_t)digit;
        digit >>= 8;
    }
    return digit == 0;
}

size_t ks_base58_decode(uint8_t *out, size_t room, struct ks_span text,
                        const char *alphabet)
{
    uint8_t number[KS_BASE58_MOST] = {0};
    size_t result = KS_CODEC_BAD;
    size_t zeros = 0;
    size_t first = 0;

    if (text.len > KS_BASE58_MOST * 138 / 100)
        return KS_CODEC_BAD;
    while (zeros < text.len && text.ptr[zeros] == (uint8_t)alphabet[0])
        zeros++;
    for (size_t i = zeros; i < text.len; i++) {
        const char *digit = memchr(alphabet, text.ptr[i], 58);

        if (digit == NULL || !times_58_plus(number, sizeof(number),
                                            (unsigned)(digit - alphabet)))
            goto out;
    }
    while (first < sizeof(number) && number[first] == 0)
        first++;
    if (zeros + sizeof(number) - first > room)
        goto out;
    memset(out, 0, zeros);
    memcpy(out + zeros, number + first, sizeof(number) - first);
    result = zeros + sizeof(number) - first;
out:
    ks_secret_wipe(number, sizeof(number));
    return result;
}

/* Divides the number by 58 in place; returns the remainder. */
static unsigned divide_by_58(uint8_t *number, size_t len)
{
    unsigned left = 0;

    for (size_t i = 0; i < len; i++) {
        left = left << 8 | number[i];
        number[i] = (uint8_t)(left / 58);
        left %= 58;
    }
    return left;
}

static bool is_zero(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

void ks_base58_encode(char *out, size_t room, struct ks_span bytes,
                      const char *alphabet)
{
    uint8_t number[KS_BASE58_MOST];
    char digits[KS_BASE58_MOST * 138 / 100 + 1];
    size_t at = sizeof(digits);
    size_t len;

    out[0] = '\0';
    if (bytes.len > sizeof(number))
        return;
    memcpy(number, bytes.ptr, bytes.len);
    while (!is_zero(number, bytes.len))
        digits[--at] = alphabet[divide_by_58(number, bytes.len)];
    for (size_t i = 0; i < bytes.len && bytes.ptr[i] == 0 && at > 0; i++)
        digits[--at] = alphabet[0];
    len = sizeof(digits) - at;
    if (len >= room)
        len = room - 1;
    memcpy(out, digits + at, len);
    out[len] = '\0';
}

static void double_sha256(uint8_t out[KS_SHA256_LEN], struct ks_span bytes)
{
    uint8_t once[KS_SHA256_LEN];

    ks_sha256(once, bytes);
    ks_sha256(out, (struct ks_span){once, sizeof(once)});
}

size_t ks_base58_check_decode(uint8_t *out, size_t room, struct ks_span text,
                              const char *alphabet)
{
    uint8_t bytes[KS_BASE58_MOST];
    uint8_t digest[KS_SHA256_LEN];
    size_t len = ks_base58_decode(bytes, sizeof(bytes), text, alphabet);
    size_t result = KS_CODEC_BAD;

    if (len == KS_CODEC_BAD || len < 5 || len - 4 > room)
        goto out;
    double_sha256(digest, (struct ks_span){bytes, len - 4});
    if (memcmp(digest, bytes + len - 4, 4) != 0)
        goto out;
    memcpy(out, bytes, len - 4);
    result = len - 4;
out:
    ks_secret_wipe(bytes, sizeof(bytes));
    return result;
}

void ks_base58_check_encode(char *out, size_t room, struct ks_span bytes,
                            const char *alphabet)
{
    uint8_t whole[KS_BASE58_MOST];
    uint8_t digest[KS_SHA256_LEN];

    out[0] = '\0';
    if (bytes.len + 4 > sizeof(whole))
        return;
    double_sha256(digest, bytes);
    memcpy(whole, bytes.ptr, bytes.len);
    memcpy(whole + bytes.len, digest, 4);
    ks_base58_encode(out, room, (struct ks_span){whole, bytes.len + 4},
                     alphabet);
}
