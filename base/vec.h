/* SPDX-License-Identifier: Apache-2.0 */
/* vec.h: typed growing arrays. */
#ifndef KS_BASE_VEC_H
#define KS_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for one more item of `size` bytes in an array of `*room` items of
 * which `len` are in use. Returns false without memory; the array stays.
 */
bool ks_vec_grow(void **items, size_t *room, size_t len, size_t size);

/*
 * Declares `struct name { type *items; size_t len, room; }`. A zeroed one is
 * empty. The holder owns `items` and frees it.
 */
#define KS_VEC(name, type)                                                     \
    struct name {                                                              \
        type *items;                                                           \
        size_t len;                                                            \
        size_t room;                                                           \
    }

/*
 * Appends; an expression of type bool, false without memory.
 * The value follows as the variadic part so that it may hold commas.
 */
#define KS_VEC_PUSH(vec, ...)                                                  \
    (((vec)->len < (vec)->room ||                                              \
      ks_vec_grow((void **)&(vec)->items, &(vec)->room, (vec)->len,            \
                  sizeof(*(vec)->items))) &&                                   \
     ((vec)->items[(vec)->len++] = (__VA_ARGS__), true))

/* Frees the items and empties the array. */
#define KS_VEC_RELEASE(vec)                                                    \
    (free((vec)->items), (vec)->items = NULL, (vec)->len = (vec)->room = 0)

#endif
