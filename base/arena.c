/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024, ALIGN = alignof(max_align_t) };

struct ks_arena_chunk {
    struct ks_arena_chunk *next;
    size_t used;
    size_t room;
    alignas(max_align_t) uint8_t bytes[];
};

static struct ks_arena_chunk *chunk_new(size_t room)
{
    struct ks_arena_chunk *chunk = malloc(sizeof(*chunk) + room);

    if (chunk != NULL)
        *chunk = (struct ks_arena_chunk){.room = room};
    return chunk;
}

void *ks_arena_alloc(struct ks_arena *arena, size_t size)
{
    struct ks_arena_chunk *chunk = arena->chunks;
    void *out;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (chunk == NULL || chunk->room - chunk->used < size) {
        chunk = chunk_new(size > CHUNK ? size : CHUNK);
        if (chunk == NULL)
            return NULL;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    out = chunk->bytes + chunk->used;
    chunk->used += size;
    arena->total += size;
    return memset(out, 0, size);
}

char *ks_arena_text(struct ks_arena *arena, struct ks_span bytes)
{
    char *text = ks_arena_alloc(arena, bytes.len + 1);

    if (text != NULL && bytes.len > 0)
        memcpy(text, bytes.ptr, bytes.len);
    return text;
}

static void release(struct ks_arena *arena, bool wipe)
{
    struct ks_arena_chunk *chunk = arena->chunks;

    while (chunk != NULL) {
        struct ks_arena_chunk *next = chunk->next;

        if (wipe)
            ks_secret_wipe(chunk->bytes, chunk->used);
        free(chunk);
        chunk = next;
    }
    *arena = (struct ks_arena){0};
}

void ks_arena_release(struct ks_arena *arena)
{
    release(arena, false);
}

void ks_arena_wipe(struct ks_arena *arena)
{
    release(arena, true);
}
