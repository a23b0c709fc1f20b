/* SPDX-License-Identifier: Apache-2.0 */
/* simple.c: what takes no more than a look. */
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/samples.h"

KS_CHECK(known_sample)
{
    (void)facts;
    (void)match;
    (void)now;
    return ks_sample_known(secret) ? KS_VALIDITY_SAMPLE : KS_VALIDITY_UNKNOWN;
}

/* Six bits prove nothing when they hold; for keys that are always random. */
KS_CHECK(uuid_v4)
{
    uint8_t digits[32];
    uint8_t bytes[16];
    size_t count = 0;

    (void)facts;
    (void)match;
    (void)now;
    for (size_t i = 0; i < secret.len; i++) {
        if (secret.ptr[i] == '-')
            continue;
        if (count == sizeof(digits))
            return KS_VALIDITY_UNKNOWN;
        digits[count++] = secret.ptr[i];
    }
    if (ks_codec_hex(bytes, sizeof(bytes), (struct ks_span){digits, count}) !=
        sizeof(bytes))
        return KS_VALIDITY_UNKNOWN;
    if (bytes[6] >> 4 != 4 || bytes[8] >> 6 != 2)
        return KS_VALIDITY_FAKE;
    return KS_VALIDITY_UNKNOWN;
}

/* ISO/IEC 7812-1, annex B; spaces and hyphens between the digits. */
KS_CHECK(luhn)
{
    unsigned sum = 0;
    size_t count = 0;

    (void)facts;
    (void)match;
    (void)now;
    for (size_t i = secret.len; i > 0; i--) {
        unsigned digit = (unsigned)secret.ptr[i - 1] - '0';

        if (secret.ptr[i - 1] == ' ' || secret.ptr[i - 1] == '-')
            continue;
        if (digit > 9)
            return KS_VALIDITY_UNKNOWN;
        if (count % 2 == 1)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
        count++;
    }
    if (count < 12 || count > 19)
        return KS_VALIDITY_UNKNOWN;
    return sum % 10 == 0 ? KS_VALIDITY_STRUCTURE : KS_VALIDITY_FAKE;
}
