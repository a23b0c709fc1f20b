/* SPDX-License-Identifier: Apache-2.0 */
/* oid.h: the name of a git object, SHA-1 or SHA-256. */
#ifndef KS_BASE_OID_H
#define KS_BASE_OID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KS_OID_MAX = 32, KS_OID_HEX = 2 * KS_OID_MAX + 1 };

/* `len` is 20 or 32, or 0 for no object; the bytes behind `len` are zero. */
struct ks_oid {
    uint8_t bytes[KS_OID_MAX];
    uint8_t len;
};

struct ks_oid ks_oid_from(const uint8_t *bytes, size_t len);
bool ks_oid_equal(const struct ks_oid *a, const struct ks_oid *b);
int ks_oid_compare(const struct ks_oid *a, const struct ks_oid *b);

/* Lower-case hex with a NUL; "" for no object. */
void ks_oid_hex(char out[KS_OID_HEX], const struct ks_oid *oid);

#endif
