/* SPDX-License-Identifier: Apache-2.0 */
/*
 * macaroon.c: PyPI's API tokens, macaroons of version 2.
 * Source: libmacaroons, doc/format.txt; PyPI's help page.
 */
#include "base/secret.h"
#include "scanner/validators/checks.h"
#include "scanner/validators/codec.h"

#include <stdlib.h>
#include <string.h>

enum field {
    FIELD_END = 0,
    FIELD_LOCATION = 1,
    FIELD_IDENTIFIER = 2,
    FIELD_VERIFIER = 4,
    FIELD_SIGNATURE = 6,
};

/* Reads type, length (a varint of at most two bytes) and value. */
static bool next_field(struct ks_span *rest, unsigned *type,
                       struct ks_span *value)
{
    size_t at = 1;
    size_t len = 0;

    if (rest->len == 0)
        return false;
    *type = rest->ptr[0];
    if (*type != FIELD_END) {
        if (rest->len < 3)
            return false;
        len = rest->ptr[at] & 0x7fU;
        if ((rest->ptr[at++] & 0x80) != 0)
            len |= (size_t)rest->ptr[at++] << 7;
        if (len > rest->len - at)
            return false;
    }
    *value = ks_span_slice(*rest, at, at + len);
    *rest = ks_span_slice(*rest, at + len, rest->len);
    return true;
}

/* What a caveat allows, as PyPI writes it: JSON, such as [1, ["project"]]. */
static void tell_caveats(struct ks_proof_facts *facts, struct ks_span rest)
{
    unsigned type;
    struct ks_span value;

    while (next_field(&rest, &type, &value)) {
        if (type == FIELD_SIGNATURE)
            return;
        if (type == FIELD_IDENTIFIER && value.len > 0 &&
            (value.ptr[0] == '{' || value.ptr[0] == '['))
            ks_proof_fact(facts, "caveat", "%.*s", (int)value.len,
                          (const char *)value.ptr);
    }
}

static bool is_whole(struct ks_span rest)
{
    unsigned type;
    struct ks_span value;

    while (next_field(&rest, &type, &value)) {
        if (type == FIELD_SIGNATURE)
            return value.len == 32 && rest.len == 0;
        if (type != FIELD_END && type != FIELD_IDENTIFIER &&
            type != FIELD_LOCATION && type != FIELD_VERIFIER)
            return false;
    }
    return false;
}

static enum ks_validity check_macaroon(struct ks_proof_facts *facts,
                                       struct ks_span bytes)
{
    struct ks_span rest = ks_span_slice(bytes, 1, bytes.len);
    struct ks_span location, identifier;
    unsigned type;

    if (bytes.len < 2 || bytes.ptr[0] != 2)
        return KS_VALIDITY_FAKE;
    if (!next_field(&rest, &type, &location) || type != FIELD_LOCATION ||
        (!ks_span_equal(location, ks_span_str("pypi.org")) &&
         !ks_span_equal(location, ks_span_str("test.pypi.org"))))
        return KS_VALIDITY_FAKE;
    ks_proof_fact(facts, "location", "%.*s", (int)location.len,
                  (const char *)location.ptr);
    if (!next_field(&rest, &type, &identifier) || type != FIELD_IDENTIFIER ||
        !is_whole(rest))
        return KS_VALIDITY_UNKNOWN;
    tell_caveats(facts, rest);
    return KS_VALIDITY_STRUCTURE;
}

KS_CHECK(pypi_macaroon)
{
    enum { LARGEST = 4096 };
    enum ks_validity verdict;
    uint8_t *bytes;
    size_t len;

    (void)match;
    (void)now;
    if (!ks_codec_begins(secret, "pypi-") || secret.len > LARGEST)
        return KS_VALIDITY_UNKNOWN;
    bytes = malloc(LARGEST);
    if (bytes == NULL)
        return KS_VALIDITY_UNKNOWN;
    len = ks_codec_base64(bytes, LARGEST, ks_span_slice(secret, 5, secret.len));
    verdict = len == KS_CODEC_BAD
                  ? KS_VALIDITY_UNKNOWN
                  : check_macaroon(facts, (struct ks_span){bytes, len});
    ks_secret_wipe(bytes, LARGEST);
    free(bytes);
    return verdict;
}
