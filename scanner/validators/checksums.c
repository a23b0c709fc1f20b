/* SPDX-License-Identifier: Apache-2.0 */
/* checksums.c: tokens that end with a checksum of themselves. */
#include "base/hash.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/samples.h"

#include <string.h>

static const char base62[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base36[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* A checksum that holds, unless an issuer printed this very token. */
static enum ks_validity proven(struct ks_span secret)
{
    return ks_sample_known(secret) ? KS_VALIDITY_SAMPLE : KS_VALIDITY_CHECKSUM;
}

/*
 * The body behind `prefix` ends with six digits of base 62: the CRC-32 of the
 * characters between.
 * Source: github.blog, "Behind GitHub's new authentication token formats".
 */
static bool crc62_holds(struct ks_span secret, size_t prefix)
{
    struct ks_span body = ks_span_slice(secret, prefix, secret.len - 6);
    char digits[6];

    ks_codec_number(digits, sizeof(digits), ks_crc32(body), base62);
    return memcmp(digits, secret.ptr + secret.len - 6, sizeof(digits)) == 0;
}

KS_CHECK(github_crc32)
{
    bool sure;

    (void)facts;
    (void)match;
    (void)now;
    if (secret.len < 4 || memcmp(secret.ptr, "gh", 2) != 0 ||
        secret.ptr[3] != '_' ||
        !ks_codec_alphanumeric(ks_span_slice(secret, 4, secret.len)))
        return KS_VALIDITY_UNKNOWN;
    switch (secret.ptr[2]) {
    case 'p':
    case 'o':
    case 'u':
        sure = secret.len == 40;
        break;
    case 'r':
        sure = secret.len == 80;
        break;
    case 's': /* newer ones have another form */
        sure = false;
        break;
    default:
        return KS_VALIDITY_UNKNOWN;
    }
    if (secret.len >= 40 && crc62_holds(secret, 4))
        return proven(secret);
    return sure ? KS_VALIDITY_FAKE : KS_VALIDITY_UNKNOWN;
}

/*
 * Public samples disagree about this checksum: one that holds is proof, one
 * that does not says nothing.
 */
KS_CHECK(github_fine_grained)
{
    enum { LENGTH = 93, BODY = 77, CHECK = 8 };
    uint8_t digest[KS_SHA256_LEN];
    char digits[CHECK + 1];

    (void)facts;
    (void)match;
    (void)now;
    if (secret.len != LENGTH || !ks_codec_begins(secret, "github_pat_"))
        return KS_VALIDITY_UNKNOWN;
    ks_sha256(digest, ks_span_slice(secret, 0, BODY));
    ks_codec_to_base32(digits, sizeof(digits), (struct ks_span){digest, 5});
    if (memcmp(digits, secret.ptr + BODY, CHECK) != 0)
        return KS_VALIDITY_UNKNOWN;
    return proven(secret);
}

KS_CHECK(npm_crc32)
{
    (void)facts;
    (void)match;
    (void)now;
    if (secret.len != 40 || !ks_codec_begins(secret, "npm_") ||
        !ks_codec_alphanumeric(ks_span_slice(secret, 4, secret.len)))
        return KS_VALIDITY_UNKNOWN;
    return crc62_holds(secret, 4) ? proven(secret) : KS_VALIDITY_FAKE;
}

static const char *routing_name(uint8_t key)
{
    static const struct {
        uint8_t key;
        const char *name;
    } names[] = {
        {'c', "cell"},    {'g', "group"}, {'o', "organization"},
        {'p', "project"}, {'u', "user"},  {'t', "runner type"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].key == key)
            return names[i].name;
    }
    return NULL;
}

/* A line such as "o:1k": a key and a number of base 36. */
static void tell_routing_line(struct ks_proof_facts *facts, struct ks_span line)
{
    uint64_t value = 0;
    const char *name;

    if (line.len < 3 || line.len > 14 || line.ptr[1] != ':')
        return;
    name = routing_name(line.ptr[0]);
    for (size_t i = 2; i < line.len; i++) {
        const char *digit = memchr(base36, line.ptr[i], 36);

        if (digit == NULL)
            return;
        value = value * 36 + (uint64_t)(digit - base36);
    }
    if (name != NULL)
        ks_proof_fact(facts, name, "%llu", (unsigned long long)value);
}

static void tell_routing(struct ks_proof_facts *facts, struct ks_span lines)
{
    size_t from = 0;

    while (from < lines.len) {
        struct ks_span line = ks_span_line_at(lines, from);

        tell_routing_line(facts, line);
        from = (size_t)(line.ptr - lines.ptr) + line.len + 1;
    }
}

/*
 * Version 1 holds 16 random bytes, the routing lines and their length in one
 * byte; before, the lines came first and the byte told the random length.
 */
static void tell_payload(struct ks_proof_facts *facts, struct ks_span payload,
                         bool versioned)
{
    enum { RANDOM = 16 };
    uint8_t bytes[256];
    size_t len = ks_codec_base64(bytes, sizeof(bytes), payload);
    size_t last;

    if (len == KS_CODEC_BAD || len < RANDOM + 1)
        return;
    last = bytes[len - 1];
    if (last > len - 1)
        return;
    if (versioned)
        tell_routing(facts, (struct ks_span){bytes + (len - 1 - last), last});
    else
        tell_routing(facts, (struct ks_span){bytes, len - 1 - last});
}

/*
 * prefix payload ".01." length checksum: the payload's length in two digits of
 * base 36, then the CRC-32 of all before it in seven.
 * Source: lib/authn/token_field/generator/routable_token.rb of GitLab.
 */
KS_CHECK(gitlab_routable)
{
    enum { CRC = 7, LENGTH = 2 };
    struct ks_span body, payload;
    size_t dot, payload_len;
    bool versioned;
    char digits[CRC];

    (void)match;
    (void)now;
    if (secret.len < 40 || secret.len > 400)
        return KS_VALIDITY_UNKNOWN;
    dot = secret.len - CRC - LENGTH - 1;
    if (secret.ptr[dot] != '.')
        return KS_VALIDITY_UNKNOWN;
    body = ks_span_slice(secret, 0, secret.len - CRC);
    ks_codec_number(digits, CRC, ks_crc32(body), base36);
    versioned = memcmp(secret.ptr + dot - 3, ".01", 3) == 0;
    if (memcmp(digits, secret.ptr + secret.len - CRC, CRC) != 0)
        return versioned ? KS_VALIDITY_FAKE : KS_VALIDITY_UNKNOWN;

    for (size_t i = 0; i < LENGTH; i++) {
        if (memchr(base36, secret.ptr[dot + 1 + i], 36) == NULL)
            return KS_VALIDITY_UNKNOWN;
    }
    payload_len =
        (size_t)((const char *)memchr(base36, secret.ptr[dot + 1], 36) -
                 base36) *
            36 +
        (size_t)((const char *)memchr(base36, secret.ptr[dot + 2], 36) -
                 base36);
    if (versioned)
        dot -= 3;
    payload =
        ks_span_slice(secret, payload_len > dot ? dot : dot - payload_len, dot);
    tell_payload(facts, payload, versioned);
    return proven(secret);
}

/* Source: Atlassian's API tokens end with "=" and the CRC-32 of all before. */
KS_CHECK(atlassian_crc32)
{
    enum { CRC = 8 };
    char digits[CRC];
    struct ks_span body;

    (void)facts;
    (void)match;
    (void)now;
    if (secret.len < 40 || !ks_codec_begins(secret, "ATATT") ||
        secret.ptr[secret.len - CRC - 1] != '=')
        return KS_VALIDITY_UNKNOWN;
    body = ks_span_slice(secret, 0, secret.len - CRC);
    ks_codec_number(digits, CRC, ks_crc32(body), "0123456789ABCDEF");
    if (memcmp(digits, secret.ptr + body.len, CRC) != 0)
        return KS_VALIDITY_FAKE;
    return proven(secret);
}

/* Source: pkg/components/satokengen of Grafana. */
KS_CHECK(grafana_crc32)
{
    enum { BODY = 37, LENGTH = 46 };
    uint8_t crc[4];
    uint32_t sum;

    (void)facts;
    (void)match;
    (void)now;
    if (secret.len != LENGTH || !ks_codec_begins(secret, "glsa_") ||
        secret.ptr[BODY] != '_')
        return KS_VALIDITY_UNKNOWN;
    if (ks_codec_hex(crc, sizeof(crc),
                     ks_span_slice(secret, BODY + 1, LENGTH)) != 4)
        return KS_VALIDITY_FAKE;
    sum = (uint32_t)crc[0] | (uint32_t)crc[1] << 8 | (uint32_t)crc[2] << 16 |
          (uint32_t)crc[3] << 24;
    if (sum != ks_crc32(ks_span_slice(secret, 0, BODY)))
        return KS_VALIDITY_FAKE;
    return proven(secret);
}
