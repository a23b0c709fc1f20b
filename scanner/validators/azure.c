/* SPDX-License-Identifier: Apache-2.0 */
/*
 * azure.c: Microsoft's identifiable keys.
 * Source: github.com/microsoft/security-utilities, whose documentation names
 * signatures and seeds.
 */
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/samples.h"

#include <string.h>

static uint32_t rotate(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

struct marvin {
    uint32_t low, high;
};

static void marvin_mix(struct marvin *m, uint32_t word)
{
    m->low += word;
    m->high ^= m->low;
    m->low = rotate(m->low, 20) + m->high;
    m->high = rotate(m->high, 9) ^ m->low;
    m->low = rotate(m->low, 27) + m->high;
    m->high = rotate(m->high, 19);
}

/* Marvin32: US patent 20130262421, as .NET hashes strings. */
static uint32_t marvin32(struct ks_span bytes, uint64_t seed)
{
    struct marvin m = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t last = 0x80;
    size_t i = 0;

    for (; i + 4 <= bytes.len; i += 4) {
        const uint8_t *p = bytes.ptr + i;

        marvin_mix(&m, (uint32_t)p[0] | (uint32_t)p[1] << 8 |
                           (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
    }
    for (size_t left = bytes.len; left > i; left--)
        last = last << 8 | bytes.ptr[left - 1];
    marvin_mix(&m, last);
    marvin_mix(&m, 0);
    return m.low ^ m.high;
}

/* A seed is eight characters, read as a big-endian number. */
static uint64_t seed_of(const char text[static 8])
{
    uint64_t seed = 0;

    for (size_t i = 0; i < 8; i++)
        seed = seed << 8 | (uint8_t)text[i];
    return seed;
}

static const struct signature {
    const char *text;
    const char *service;
    uint8_t key_len; /* bytes of the decoded key */
    bool sure;       /* every key with this signature has the checksum */
    const char *seeds[7];
} signatures[] = {
    {"+ASt", "Storage", 64, true, {"Default0"}},
    {"+ABa", "Batch", 64, false, {"AbAcct00"}},
    {"ACDb",
     "Cosmos DB",
     64,
     false,
     {"MastRW00", "MastRO00", "SysAll00", "Resour00", "SystRO00", "Encryp00",
      "SystRW00"}},
    {"+AMC", "Machine Learning", 64, false, {"Classic0"}},
    {"/AM7", "Machine Learning", 64, false, {"Default0", "Classic0"}},
    {"APIM",
     "API Management",
     64,
     false,
     {"Tenant00", "IoTHub00", "Gatewy00", "GitKey00"}},
    {"+ASb",
     "Service Bus",
     32,
     false,
     {"Send0000", "Manage00", "Listen00", "System00", "Unknown0"}},
    {"+AEh",
     "Event Hubs",
     32,
     false,
     {"Send0000", "Manage00", "Listen00", "System00", "Unknown0"}},
    {"+ARm",
     "Relay",
     32,
     false,
     {"Send0000", "Manage00", "Listen00", "System00", "Unknown0"}},
    {"AIoT", "IoT", 32, false, {"IoTHub00", "DpsKey00", "Device00"}},
    {"AZEG", "Event Grid", 32, false, {"Default0"}},
    {"AzCa", "Cache for Redis", 32, false, {"Access00"}},
    {"+ACR", "Container Registry", 39, false, {"ACRDflt0"}},
    {"AzSe", "AI Search", 39, false, {"Query000", "PAdmin00"}},
    {"AzFu", "Functions", 40, false, {"Functi00", "Master00", "System00"}},
};

/* The signature stands before the last six characters that are no padding. */
static const struct signature *find_signature(struct ks_span secret, size_t len)
{
    enum { TAIL = 10 };

    while (secret.ptr[secret.len - 1] == '=')
        secret.len--;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        const struct signature *s = &signatures[i];

        if (len == s->key_len &&
            memcmp(secret.ptr + secret.len - TAIL, s->text, 4) == 0)
            return s;
    }
    return NULL;
}

static uint32_t stored_checksum(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* Four characters of signature, then the checksum of all before it. */
KS_CHECK(azure_marvin32)
{
    uint8_t key[64];
    size_t len = ks_codec_base64(key, sizeof(key), secret);
    const struct signature *s;

    (void)match;
    (void)now;
    if (ks_sample_known(secret))
        return KS_VALIDITY_SAMPLE;
    if (len == KS_CODEC_BAD || len < 32)
        return KS_VALIDITY_UNKNOWN;
    s = find_signature(secret, len);
    if (s == NULL)
        return KS_VALIDITY_UNKNOWN;
    for (size_t i = 0; i < 7 && s->seeds[i] != NULL; i++) {
        struct ks_span body = {key, len - 4};

        if (marvin32(body, seed_of(s->seeds[i])) !=
            stored_checksum(key + len - 4))
            continue;
        ks_proof_fact(facts, "service", "Azure %s", s->service);
        return KS_VALIDITY_CHECKSUM;
    }
    return s->sure ? KS_VALIDITY_FAKE : KS_VALIDITY_STRUCTURE;
}

/*
 * 52 random characters, "JQQJ9" and the kind, year and month as letters,
 * 16 characters of the platform, the provider's signature at 76, and a
 * checksum whose form has changed over time, so that it is not looked at.
 */
KS_CHECK(azure_cask)
{
    enum { MARK = 52, KIND = 57, YEAR = 58, MONTH = 59, SIGN = 76 };

    (void)match;
    (void)now;
    if ((secret.len != 84 && secret.len != 88) ||
        memcmp(secret.ptr + MARK, "JQQJ9", 5) != 0 ||
        memchr("9DH", secret.ptr[KIND], 3) == NULL || secret.ptr[YEAR] < 'A' ||
        secret.ptr[YEAR] > 'Z' || secret.ptr[MONTH] < 'A' ||
        secret.ptr[MONTH] > 'L' ||
        !ks_codec_alphanumeric(ks_span_slice(secret, 0, SIGN)))
        return KS_VALIDITY_UNKNOWN;
    ks_proof_fact(facts, "created", "%d-%02d", 2024 + secret.ptr[YEAR] - 'A',
                  1 + secret.ptr[MONTH] - 'A');
    ks_proof_fact(facts, "provider", "%.4s", (const char *)(secret.ptr + SIGN));
    return KS_VALIDITY_STRUCTURE;
}

static bool entra_letter(uint8_t c)
{
    return ks_codec_alphanumeric((struct ks_span){&c, 1}) || c == '.' ||
           c == '-' || c == '_' || c == '~';
}

/* Three characters, a version mark, and the rest up to 37 or 40. */
KS_CHECK(entra_secret)
{
    (void)facts;
    (void)match;
    (void)now;
    if (secret.len != 37 && secret.len != 40)
        return KS_VALIDITY_UNKNOWN;
    if (memcmp(secret.ptr + 3, secret.len == 37 ? "7Q~" : "8Q~", 3) != 0)
        return KS_VALIDITY_UNKNOWN;
    for (size_t i = 0; i < secret.len; i++) {
        if (!entra_letter(secret.ptr[i]))
            return KS_VALIDITY_UNKNOWN;
    }
    return KS_VALIDITY_STRUCTURE;
}
