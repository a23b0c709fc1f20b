/* SPDX-License-Identifier: Apache-2.0 */
#include "git/names.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"

#include <pthread.h>
#include <stdlib.h>

enum { SHARDS = 64, SHARD_SEED = 1 };

struct ks_names {
    struct shard {
        pthread_mutex_t lock;
        struct ks_map map;
        struct ks_arena texts;
        KS_VEC(, struct ks_span) list; /* the texts by their place */
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
        KS_VEC_RELEASE(&names->shards[i].list);
    }
    free(names);
}

/* Numbers go by turns: the first of each shard, the second of each, … */
static uint32_t number_of(const struct ks_names *names,
                          const struct shard *shard, size_t at)
{
    size_t number = at * SHARDS + (size_t)(shard - names->shards);

    return number < KS_NAME_NONE ? (uint32_t)number : KS_NAME_NONE;
}

/* The text's place in the shard; SIZE_MAX without memory. */
static size_t take(struct shard *shard, struct ks_span name, bool *first)
{
    size_t at = ks_map_get(&shard->map, name, SIZE_MAX);
    char *copy;

    *first = at == SIZE_MAX;
    if (!*first)
        return at;
    copy = ks_arena_text(&shard->texts, name);
    if (copy == NULL)
        return SIZE_MAX;
    name.ptr = (const uint8_t *)copy;
    at = shard->map.len;
    if (!KS_VEC_PUSH(&shard->list, name))
        return SIZE_MAX;
    return ks_map_put(&shard->map, name, at) == NULL ? SIZE_MAX : at;
}

static struct shard *shard_of(struct ks_names *names, struct ks_span name)
{
    return &names->shards[ks_hash64(name, SHARD_SEED) % SHARDS];
}

uint32_t ks_names_take(struct ks_names *names, struct ks_span name, bool *first)
{
    struct shard *shard = shard_of(names, name);
    size_t at;

    (void)pthread_mutex_lock(&shard->lock);
    at = take(shard, name, first);
    (void)pthread_mutex_unlock(&shard->lock);
    return at == SIZE_MAX ? KS_NAME_NONE : number_of(names, shard, at);
}

uint32_t ks_names_find(struct ks_names *names, struct ks_span name)
{
    struct shard *shard = shard_of(names, name);
    size_t at;

    (void)pthread_mutex_lock(&shard->lock);
    at = ks_map_get(&shard->map, name, SIZE_MAX);
    (void)pthread_mutex_unlock(&shard->lock);
    return at == SIZE_MAX ? KS_NAME_NONE : number_of(names, shard, at);
}

struct ks_span ks_names_text(const struct ks_names *names, uint32_t number)
{
    return names->shards[number % SHARDS].list.items[number / SHARDS];
}

uint32_t ks_names_end(const struct ks_names *names)
{
    size_t most = 0;

    for (size_t i = 0; i < SHARDS; i++)
        if (names->shards[i].map.len > most)
            most = names->shards[i].map.len;
    return (uint32_t)(most * SHARDS);
}
