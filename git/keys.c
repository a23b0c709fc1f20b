/* SPDX-License-Identifier: Apache-2.0 */
#include "git/keys.h"

#include <stdlib.h>

enum {
    FILTER_BITS = 1 << 20,
    FIRST_SLOTS = 1024,
    SLOT_SHIFT = 20, /* bits of a key that the filter has used */
};

struct ks_keys_slot {
    uint64_t key; /* 0: empty */
    uint32_t number;
};

bool ks_keys_init(struct ks_keys *keys)
{
    keys->len = 0;
    keys->room = FIRST_SLOTS;
    keys->slots = calloc(keys->room, sizeof(*keys->slots));
    keys->filter = calloc(FILTER_BITS / 64, sizeof(*keys->filter));
    return keys->slots != NULL && keys->filter != NULL;
}

void ks_keys_release(struct ks_keys *keys)
{
    free(keys->slots);
    free(keys->filter);
    *keys = (struct ks_keys){0};
}

static struct ks_keys_slot *slot_of(const struct ks_keys *keys, uint64_t key)
{
    size_t at = (key >> SLOT_SHIFT) & (keys->room - 1);

    while (keys->slots[at].key != 0 && keys->slots[at].key != key)
        at = (at + 1) & (keys->room - 1);
    return &keys->slots[at];
}

static bool grow(struct ks_keys *keys)
{
    struct ks_keys more = *keys;

    more.room *= 2;
    more.slots = calloc(more.room, sizeof(*more.slots));
    if (more.slots == NULL)
        return false;
    for (size_t i = 0; i < keys->room; i++)
        if (keys->slots[i].key != 0)
            *slot_of(&more, keys->slots[i].key) = keys->slots[i];
    free(keys->slots);
    *keys = more;
    return true;
}

bool ks_keys_put(struct ks_keys *keys, uint64_t key, uint32_t number)
{
    struct ks_keys_slot *slot;
    size_t bit = key % FILTER_BITS;

    if (keys->len * 2 >= keys->room && !grow(keys))
        return false;
    slot = slot_of(keys, key);
    keys->len += slot->key == 0;
    *slot = (struct ks_keys_slot){key, number};
    keys->filter[bit / 64] |= (uint64_t)1 << bit % 64;
    return true;
}

uint32_t ks_keys_get(const struct ks_keys *keys, uint64_t key)
{
    size_t bit = key % FILTER_BITS;

    if ((keys->filter[bit / 64] >> bit % 64 & 1) == 0)
        return 0;
    return slot_of(keys, key)->number;
}

void ks_keys_clear(struct ks_keys *keys)
{
    for (size_t i = 0; i < keys->room; i++) {
        size_t bit = keys->slots[i].key % FILTER_BITS;

        if (keys->slots[i].key == 0)
            continue;
        keys->filter[bit / 64] = 0;
        keys->slots[i] = (struct ks_keys_slot){0};
    }
    keys->len = 0;
}
