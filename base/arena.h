/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h: many small things that are freed together. */
#ifndef KS_BASE_ARENA_H
#define KS_BASE_ARENA_H

#include "base/span.h"

#include <stdalign.h>

struct ks_arena_chunk;

/* A zeroed one is empty. Not thread-safe. */
struct ks_arena {
    struct ks_arena_chunk *chunks;
    size_t total; /* bytes handed out */
};

/* Zeroed bytes, aligned for any type, valid until release; NULL without memory. */
void *ks_arena_alloc(struct ks_arena *arena, size_t size);

/* A NUL-terminated copy of the bytes; NULL without memory. */
char *ks_arena_text(struct ks_arena *arena, struct ks_span bytes);

/* Frees all; the arena is empty again. */
void ks_arena_release(struct ks_arena *arena);

/* As release, with every byte wiped first: for arenas that held secrets. */
void ks_arena_wipe(struct ks_arena *arena);

#endif
