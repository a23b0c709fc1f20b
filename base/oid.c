/* SPDX-License-Identifier: Apache-2.0 */
#include "base/oid.h"

#include "base/hash.h"

#include <string.h>

struct ks_oid ks_oid_from(const uint8_t *bytes, size_t len)
{
    struct ks_oid oid = {.len = (uint8_t)len};

    memcpy(oid.bytes, bytes, len);
    return oid;
}

bool ks_oid_equal(const struct ks_oid *a, const struct ks_oid *b)
{
    return ks_oid_compare(a, b) == 0;
}

int ks_oid_compare(const struct ks_oid *a, const struct ks_oid *b)
{
    int order = memcmp(a->bytes, b->bytes, KS_OID_MAX);

    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

void ks_oid_hex(char out[KS_OID_HEX], const struct ks_oid *oid)
{
    ks_hex(out, oid->bytes, oid->len);
}
