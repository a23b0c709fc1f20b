/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h: numbers by 64-bit hashes, mostly asked in vain. */
#ifndef KS_GIT_KEYS_H
#define KS_GIT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed one is released; keys are not 0, numbers neither. */
struct ks_keys {
    struct ks_keys_slot *slots;
    size_t len, room;
    uint64_t *filter; /* a bit for each possible value of a key's low bits */
};

/* An empty table. False without memory; release it all the same. */
bool ks_keys_init(struct ks_keys *keys);
void ks_keys_release(struct ks_keys *keys);

/* Sets the number of a key. False without memory. */
bool ks_keys_put(struct ks_keys *keys, uint64_t key, uint32_t number);

/* The number of a key, or 0. */
uint32_t ks_keys_get(const struct ks_keys *keys, uint64_t key);

/* Forgets all. */
void ks_keys_clear(struct ks_keys *keys);

#endif
