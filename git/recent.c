/* SPDX-License-Identifier: Apache-2.0 */
#include "git/recent.h"

#include "git/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECTS = 16384, NAMES = 2048, NAME_MAX_LEN = 58, WORD = 8 };

/* An object; its name follows. */
struct object {
    uint32_t number;
    uint32_t kind; /* 1 + an entry's; 0: empty */
    uint8_t oid[];
};

struct name {
    uint32_t number;
    uint8_t len; /* 0: empty; no entry has an empty name */
    uint8_t text[NAME_MAX_LEN];
};

struct ks_recent {
    uint8_t *objects;
    size_t oid_len, stride;
    struct name names[NAMES];
};

struct ks_recent *ks_recent_new(size_t oid_len)
{
    struct ks_recent *recent = calloc(1, sizeof(*recent));

    if (recent == NULL)
        return NULL;
    recent->oid_len = oid_len;
    recent->stride = sizeof(struct object) + oid_len;
    recent->objects = calloc(OBJECTS, recent->stride);
    if (recent->objects == NULL) {
        ks_recent_free(recent);
        return NULL;
    }
    return recent;
}

void ks_recent_free(struct ks_recent *recent)
{
    if (recent == NULL)
        return;
    free(recent->objects);
    free(recent);
}

static struct object *object_of(const struct ks_recent *recent,
                                const struct ks_tree_entry *entry)
{
    return (struct object *)(void *)(recent->objects + ks_be32(entry->oid) %
                                                           OBJECTS *
                                                           recent->stride);
}

void ks_recent_hint(const struct ks_recent *recent,
                    const struct ks_tree_entry *entry)
{
    const uint8_t *object = (const uint8_t *)object_of(recent, entry);

    __builtin_prefetch(object);
    __builtin_prefetch(object + recent->stride - 1);
}

bool ks_recent_object(uint32_t *number, const struct ks_recent *recent,
                      const struct ks_tree_entry *entry)
{
    const struct object *object = object_of(recent, entry);

    *number = object->number;
    return object->kind == (uint32_t)entry->kind + 1 &&
           memcmp(object->oid, entry->oid, recent->oid_len) == 0;
}

void ks_recent_put_object(struct ks_recent *recent,
                          const struct ks_tree_entry *entry, uint32_t number)
{
    struct object *object = object_of(recent, entry);

    object->number = number;
    object->kind = (uint32_t)entry->kind + 1;
    memcpy(object->oid, entry->oid, recent->oid_len);
}

/* Names differ in how they begin or end: eight bytes of either side tell. */
static size_t slot_of(struct ks_span name)
{
    uint64_t head, tail;

    memcpy(&head, name.ptr, WORD);
    if (name.len < WORD) {
        head &= ((uint64_t)1 << 8 * name.len) - 1;
        tail = 0;
    } else {
        memcpy(&tail, name.ptr + name.len - WORD, WORD);
    }
    head = (head + name.len) * 0x9e3779b97f4a7c15U;
    tail = (tail ^ head >> 32) * 0xd6e8feb86659fd93U;
    return (size_t)((head ^ tail) >> 40) % NAMES;
}

bool ks_recent_name(uint32_t *number, const struct ks_recent *recent,
                    struct ks_span name)
{
    const struct name *slot = &recent->names[slot_of(name)];

    *number = slot->number;
    return slot->len == name.len && name.len > 0 &&
           memcmp(slot->text, name.ptr, name.len) == 0;
}

void ks_recent_put_name(struct ks_recent *recent, struct ks_span name,
                        uint32_t number)
{
    struct name *slot = &recent->names[slot_of(name)];

    if (name.len > NAME_MAX_LEN)
        return;
    slot->number = number;
    slot->len = (uint8_t)name.len;
    memcpy(slot->text, name.ptr, name.len);
}
