/* SPDX-License-Identifier: Apache-2.0 */
#include "git/names.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"

#include <pthread.h>
#include <stdlib.h>

enum { SHARDS = 64, SHARD_SEED = 1 };

struct ks_names {
    struct shard {
        pthread_mutex_t lock;
        struct ks_map map;
        struct ks_arena texts;
    } shards[SHARDS];
};

struct ks_names *ks_names_new(void)
{
    struct ks_names *names = calloc(1, sizeof(*names));

    for (size_t i = 0; names != NULL && i < SHARDS; i++)
        (void)pthread_mutex_init(&names->shards[i].lock, NULL);
    return names;
}

void ks_names_free(struct ks_names *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        (void)pthread_mutex_destroy(&names->shards[i].lock);
        ks_map_release(&names->shards[i].map);
        ks_arena_release(&names->shards[i].texts);
    }
    free(names);
}

static int take(struct shard *shard, struct ks_span name)
{
    char *copy;

    if (ks_map_get(&shard->map, name, 0) != 0)
        return 0;
    copy = ks_arena_text(&shard->texts, name);
    if (copy == NULL)
        return -1;
    name.ptr = (const uint8_t *)copy;
    return ks_map_put(&shard->map, name, 1) == NULL ? -1 : 1;
}

int ks_names_take(struct ks_names *names, struct ks_span name)
{
    struct shard *shard = &names->shards[ks_hash64(name, SHARD_SEED) % SHARDS];
    int first;

    (void)pthread_mutex_lock(&shard->lock);
    first = take(shard, name);
    (void)pthread_mutex_unlock(&shard->lock);
    return first;
}
