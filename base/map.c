/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "base/hash.h"

#include <stdlib.h>

enum { FIRST_ROOM = 64 };

struct ks_map_slot {
    struct ks_span key;
    uint64_t hash;
    size_t value;
    bool used;
};

/* The slot that holds the key, or the empty one where it belongs. */
static struct ks_map_slot *slot_of(const struct ks_map *map, struct ks_span key,
                                   uint64_t hash)
{
    size_t at = hash & (map->room - 1);

    while (map->slots[at].used && (map->slots[at].hash != hash ||
                                   !ks_span_equal(map->slots[at].key, key)))
        at = (at + 1) & (map->room - 1);
    return &map->slots[at];
}

static bool grow(struct ks_map *map)
{
    struct ks_map more = {.room = map->room == 0 ? FIRST_ROOM : map->room * 2,
                          .len = map->len};

    more.slots = calloc(more.room, sizeof(*more.slots));
    if (more.slots == NULL)
        return false;
    for (size_t i = 0; i < map->room; i++)
        if (map->slots[i].used)
            *slot_of(&more, map->slots[i].key, map->slots[i].hash) =
                map->slots[i];
    free(map->slots);
    *map = more;
    return true;
}

size_t *ks_map_put(struct ks_map *map, struct ks_span key, size_t absent)
{
    uint64_t hash = ks_hash64(key, 0);
    struct ks_map_slot *slot;

    if (map->len * 2 >= map->room && !grow(map))
        return NULL;
    slot = slot_of(map, key, hash);
    if (!slot->used) {
        *slot = (struct ks_map_slot){key, hash, absent, true};
        map->len++;
    }
    return &slot->value;
}

size_t ks_map_get(const struct ks_map *map, struct ks_span key, size_t absent)
{
    const struct ks_map_slot *slot;

    if (map->len == 0)
        return absent;
    slot = slot_of(map, key, ks_hash64(key, 0));
    return slot->used ? slot->value : absent;
}

void ks_map_release(struct ks_map *map)
{
    free(map->slots);
    *map = (struct ks_map){0};
}
