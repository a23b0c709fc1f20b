/* SPDX-License-Identifier: Apache-2.0 */
/* map.h: a table from byte strings to numbers. */
#ifndef KS_BASE_MAP_H
#define KS_BASE_MAP_H

#include "base/span.h"

/*
 * A zeroed one is empty. Keys are borrowed and must outlive the map. Not
 * thread-safe.
 */
struct ks_map {
    struct ks_map_slot *slots;
    size_t room;
    size_t len;
};

/*
 * The place of the value for `key`, added as `absent` if it was not there;
 * valid until the next call. NULL without memory.
 */
size_t *ks_map_put(struct ks_map *map, struct ks_span key, size_t absent);

/* The value for `key`, or `absent`. */
size_t ks_map_get(const struct ks_map *map, struct ks_span key, size_t absent);

void ks_map_release(struct ks_map *map);

#endif
