/* SPDX-License-Identifier: Apache-2.0 */
#include "git/recent.h"

#include "git/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECTS = 16384, NAMES = 8192, NAME_MAX_LEN = 58, WORD = 8 };

/* An object; its name follows. */
struct object {
    uint32_t number;
    uint32_t type; /* enum ks_object_type; KS_OBJECT_NONE: empty */
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

static struct object *object_of(const struct ks_recent *recent,
                                const uint8_t *oid)
{
    return (struct object *)(void *)(recent->objects +
                                     ks_be32(oid) % OBJECTS * recent->stride);
}

void ks_recent_hint(const struct ks_recent *recent,
                    const struct ks_tree_entry *entry)
{
    const uint8_t *object = (const uint8_t *)object_of(recent, entry->oid);

    __builtin_prefetch(object);
    __builtin_prefetch(object + recent->stride - 1);
    __builtin_prefetch(&recent->names[slot_of(entry->name)]);
}

bool ks_recent_object(uint32_t *number, const struct ks_recent *recent,
                      const uint8_t *oid, enum ks_object_type type)
{
    const struct object *object = object_of(recent, oid);

    *number = object->number;
    return object->type == (uint32_t)type &&
           ks_same_name(object->oid, oid, recent->oid_len);
}

void ks_recent_put_object(struct ks_recent *recent, const uint8_t *oid,
                          enum ks_object_type type, uint32_t number)
{
    struct object *object = object_of(recent, oid);

    object->number = number;
    object->type = (uint32_t)type;
    memcpy(object->oid, oid, recent->oid_len);
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
