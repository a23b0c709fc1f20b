/* SPDX-License-Identifier: Apache-2.0 */
#include "git/oids.h"

#include "git/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64, SHARDS = 64 };

void ks_oids_init(struct ks_oids *oids, size_t oid_len)
{
    *oids = (struct ks_oids){.oid_len = oid_len};
}

void ks_oids_release(struct ks_oids *oids)
{
    free(oids->bytes);
    free(oids->slots);
    ks_oids_init(oids, oids->oid_len);
}

const uint8_t *ks_oids_at(const struct ks_oids *oids, uint32_t number)
{
    return oids->bytes + (size_t)number * oids->oid_len;
}

struct ks_oid ks_oids_get(const struct ks_oids *oids, uint32_t number)
{
    return ks_oid_from(ks_oids_at(oids, number), oids->oid_len);
}

/* Object names are digests already: eight of their bytes are a hash. */
static uint64_t hash_of(const uint8_t *oid)
{
    uint64_t hash;

    memcpy(&hash, oid, sizeof(hash));
    return hash;
}

/* The slot that holds the name, or the empty one where it belongs. */
static uint32_t *slot_of(const struct ks_oids *oids, const uint8_t *oid)
{
    size_t at = hash_of(oid) & (oids->slot_count - 1);

    while (oids->slots[at] != KS_OIDS_NONE &&
           !ks_same_name(ks_oids_at(oids, oids->slots[at]), oid, oids->oid_len))
        at = (at + 1) & (oids->slot_count - 1);
    return &oids->slots[at];
}

static bool grow_slots(struct ks_oids *oids)
{
    size_t count = oids->slot_count == 0 ? FIRST_SLOTS : oids->slot_count * 2;
    uint32_t *slots = malloc(count * sizeof(*slots));

    if (slots == NULL)
        return false;
    free(oids->slots);
    oids->slots = slots;
    oids->slot_count = count;
    memset(slots, 0xff, count * sizeof(*slots));
    for (uint32_t i = 0; i < oids->len; i++)
        *slot_of(oids, ks_oids_at(oids, i)) = i;
    return true;
}

static bool grow_bytes(struct ks_oids *oids)
{
    size_t room = oids->room == 0 ? FIRST_SLOTS : oids->room + oids->room / 2;
    uint8_t *bytes = realloc(oids->bytes, room * oids->oid_len);

    if (bytes == NULL)
        return false;
    oids->bytes = bytes;
    oids->room = room;
    return true;
}

uint32_t ks_oids_put(struct ks_oids *oids, const uint8_t *oid, bool *added)
{
    uint32_t *slot;

    if (oids->len >= KS_OIDS_NONE - 1)
        return KS_OIDS_NONE;
    if ((oids->len + 1) * 2 > oids->slot_count && !grow_slots(oids))
        return KS_OIDS_NONE;
    if (oids->len == oids->room && !grow_bytes(oids))
        return KS_OIDS_NONE;
    slot = slot_of(oids, oid);
    if (added != NULL)
        *added = *slot == KS_OIDS_NONE;
    if (*slot != KS_OIDS_NONE)
        return *slot;
    memcpy(oids->bytes + oids->len * oids->oid_len, oid, oids->oid_len);
    *slot = (uint32_t)oids->len++;
    return *slot;
}

uint32_t ks_oids_find(const struct ks_oids *oids, const uint8_t *oid)
{
    return oids->len == 0 ? KS_OIDS_NONE : *slot_of(oids, oid);
}

struct ks_claims {
    struct shard {
        pthread_mutex_t lock;
        struct ks_oids oids;
    } shards[SHARDS];
};

struct ks_claims *ks_claims_new(size_t oid_len)
{
    struct ks_claims *claims = calloc(1, sizeof(*claims));

    if (claims == NULL)
        return NULL;
    for (size_t i = 0; i < SHARDS; i++) {
        (void)pthread_mutex_init(&claims->shards[i].lock, NULL);
        ks_oids_init(&claims->shards[i].oids, oid_len);
    }
    return claims;
}

void ks_claims_free(struct ks_claims *claims)
{
    if (claims == NULL)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        (void)pthread_mutex_destroy(&claims->shards[i].lock);
        ks_oids_release(&claims->shards[i].oids);
    }
    free(claims);
}

int ks_claims_take(struct ks_claims *claims, const uint8_t *oid)
{
    /* The set inside hashes the first bytes: shard by another. */
    struct shard *shard = &claims->shards[oid[19] % SHARDS];
    bool added = false;
    uint32_t number;

    (void)pthread_mutex_lock(&shard->lock);
    number = ks_oids_put(&shard->oids, oid, &added);
    (void)pthread_mutex_unlock(&shard->lock);
    return number == KS_OIDS_NONE ? -1 : added;
}
