/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"
#include "scanner/validators/samples.h"

#include <string.h>

/* What the first four characters say: AWS IAM's "unique identifiers". */
static const char *key_type(struct ks_span id)
{
    static const struct {
        char prefix[5];
        const char *type;
    } types[] = {
        {"AKIA", "long-term access key"},
        {"ASIA", "temporary session key"},
        {"ABIA", "bearer token"},
        {"ACCA", "context-specific credential"},
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (memcmp(id.ptr, types[i].prefix, 4) == 0)
            return types[i].type;
    }
    return NULL;
}

/* Accounts of canarytokens.org: whoever uses their keys raises an alarm. */
static bool is_canary(uint64_t account)
{
    static const uint64_t accounts[] = {
        52310077262,  171436882533, 266735846894, 534261010715, 595918472158,
        717712589309, 730335385048, 819147034852, 893192397702, 992382622183,
    };

    for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
        if (accounts[i] == account)
            return true;
    }
    return false;
}

/*
 * The account number is bits 1 to 40 of the base32 behind the prefix, in keys
 * whose fifth character is past J. Source: public analyses of the format.
 */
KS_CHECK(aws_access_key_id)
{
    enum { LENGTH = 20 };
    uint8_t bytes[10];
    uint64_t head = 0;
    struct ks_span body;

    (void)match;
    (void)now;
    if (secret.len != LENGTH || key_type(secret) == NULL)
        return KS_VALIDITY_UNKNOWN;
    if (ks_sample_known(secret) ||
        memcmp(secret.ptr + LENGTH - 7, "EXAMPLE", 7) == 0)
        return KS_VALIDITY_SAMPLE;
    ks_proof_fact(facts, "type", "%s", key_type(secret));
    body = ks_span_slice(secret, 4, LENGTH);
    if (ks_codec_base32(bytes, sizeof(bytes), body) != sizeof(bytes))
        return KS_VALIDITY_UNKNOWN;
    if (body.ptr[0] == 'I' || body.ptr[0] == 'J')
        return KS_VALIDITY_STRUCTURE;
    for (size_t i = 0; i < 6; i++)
        head = head << 8 | bytes[i];
    head = (head & 0x7fffffffff80U) >> 7;
    if (head > 999999999999U)
        return KS_VALIDITY_UNKNOWN;
    ks_proof_fact(facts, "account", "%012llu", (unsigned long long)head);
    if (is_canary(head))
        ks_proof_fact(facts, "canary", "canarytokens.org");
    return KS_VALIDITY_STRUCTURE;
}
