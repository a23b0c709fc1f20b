/* SPDX-License-Identifier: Apache-2.0 */
/* openssh.c. Source: OpenSSH, PROTOCOL.key and PROTOCOL.certkeys. */
#include "scanner/validators/codec.h"
#include "scanner/validators/pkey.h"

#include <string.h>

static bool take_u32(struct ks_span *rest, uint32_t *value)
{
    if (rest->len < 4)
        return false;
    *value = (uint32_t)rest->ptr[0] << 24 | (uint32_t)rest->ptr[1] << 16 |
             (uint32_t)rest->ptr[2] << 8 | rest->ptr[3];
    *rest = ks_span_slice(*rest, 4, rest->len);
    return true;
}

static bool take_string(struct ks_span *rest, struct ks_span *value)
{
    uint32_t len;

    if (!take_u32(rest, &len) || len > rest->len)
        return false;
    *value = ks_span_slice(*rest, 0, len);
    *rest = ks_span_slice(*rest, len, rest->len);
    return true;
}

/* Bits of a positive mpint. */
static unsigned bits_of(struct ks_span number)
{
    unsigned bits;

    while (number.len > 0 && number.ptr[0] == 0)
        number = ks_span_slice(number, 1, number.len);
    if (number.len == 0)
        return 0;
    bits = (unsigned)number.len * 8;
    for (unsigned top = number.ptr[0]; (top & 0x80) == 0; top <<= 1)
        bits--;
    return bits;
}

static void tell_public(struct ks_proof_facts *facts, struct ks_span wire)
{
    struct ks_span type, value;

    if (!take_string(&wire, &type))
        return;
    ks_proof_fact(facts, "type", "%.*s", (int)type.len, (const char *)type.ptr);
    if (ks_span_equal(type, ks_span_str("ssh-rsa")) &&
        take_string(&wire, &value) && take_string(&wire, &value))
        ks_proof_fact(facts, "bits", "%u", bits_of(value));
}

/*
 * Two equal random numbers and the public key again stand in front of a
 * private part that is not encrypted.
 */
static bool private_fits(struct ks_span part, struct ks_span wire)
{
    uint32_t one, two;

    return take_u32(&part, &one) && take_u32(&part, &two) && one == two &&
           part.len >= wire.len / 2 &&
           ks_span_find(part, 0,
                        ks_span_slice(wire, wire.len - wire.len / 2,
                                      wire.len)) != SIZE_MAX;
}

enum ks_validity ks_pkey_openssh(struct ks_proof_facts *facts,
                                 struct ks_span bytes)
{
    static const uint8_t magic[] = "openssh-key-v1";
    struct ks_span rest, cipher, kdf, options, wire, part;
    uint32_t count;
    bool encrypted;

    if (bytes.len < sizeof(magic) ||
        memcmp(bytes.ptr, magic, sizeof(magic)) != 0)
        return KS_VALIDITY_UNKNOWN;
    rest = ks_span_slice(bytes, sizeof(magic), bytes.len);
    if (!take_string(&rest, &cipher) || !take_string(&rest, &kdf) ||
        !take_string(&rest, &options) || !take_u32(&rest, &count) ||
        count == 0 || !take_string(&rest, &wire) || wire.len < 8 ||
        !take_string(&rest, &part))
        return KS_VALIDITY_UNKNOWN;

    encrypted = !ks_span_equal(cipher, ks_span_str("none"));
    tell_public(facts, wire);
    ks_proof_fact(facts, "encrypted", encrypted ? "yes" : "no");
    if (ks_pkey_tell_ssh(facts, wire))
        return KS_VALIDITY_SAMPLE;
    if (!encrypted && private_fits(part, wire))
        return KS_VALIDITY_CHECKSUM;
    return KS_VALIDITY_STRUCTURE;
}
