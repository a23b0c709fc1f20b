/* SPDX-License-Identifier: Apache-2.0 */
/* oids.h: sets of object names, numbered in the order of their arrival. */
#ifndef KS_GIT_OIDS_H
#define KS_GIT_OIDS_H

#include "base/oid.h"
#include "base/span.h"

#include <pthread.h>

/* No such object; also what is returned without memory. */
#define KS_OIDS_NONE UINT32_MAX

/* Numbers 0 … len − 1. Not thread-safe. */
struct ks_oids {
    uint8_t *bytes; /* len × oid_len */
    uint32_t *slots;
    size_t oid_len;
    size_t len, room, slot_count;
};

/* An empty set of names of `oid_len` bytes; allocates nothing. */
void ks_oids_init(struct ks_oids *oids, size_t oid_len);
void ks_oids_release(struct ks_oids *oids);

/*
 * The number of the name, which is added if it was not there (`*added`, may be
 * NULL, says so). KS_OIDS_NONE without memory.
 */
uint32_t ks_oids_put(struct ks_oids *oids, const uint8_t *oid, bool *added);

/* The number of the name, or KS_OIDS_NONE. */
uint32_t ks_oids_find(const struct ks_oids *oids, const uint8_t *oid);

/* The name of a number below `len`, valid until the next put. */
const uint8_t *ks_oids_at(const struct ks_oids *oids, uint32_t number);
struct ks_oid ks_oids_get(const struct ks_oids *oids, uint32_t number);

/* A set that many threads add to. */
struct ks_claims;

struct ks_claims *ks_claims_new(size_t oid_len);
void ks_claims_free(struct ks_claims *claims);

/* Whether this call was the first with that name: 1, 0, −1 without memory. */
int ks_claims_take(struct ks_claims *claims, const uint8_t *oid);

#endif
