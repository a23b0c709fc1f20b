/* SPDX-License-Identifier: Apache-2.0 */
#include "git/recent.h"

#include "git/bytes.h"

#include <string.h>

static size_t slot_of(const struct ks_tree_entry *entry)
{
    return ks_be32(entry->oid) % KS_RECENT_SLOTS;
}

void ks_recent_hint(const struct ks_recent *recent,
                    const struct ks_tree_entry *entry)
{
    const struct ks_recent_slot *slot = &recent->slots[slot_of(entry)];

    __builtin_prefetch(slot);
    __builtin_prefetch((const uint8_t *)(slot + 1) - 1);
}

struct ks_recent_slot *ks_recent_slot(struct ks_recent *recent,
                                      const struct ks_tree_entry *entry,
                                      size_t oid_len, bool *known)
{
    size_t len = entry->name.len + 1 + oid_len;
    struct ks_recent_slot *slot = &recent->slots[slot_of(entry)];

    *known = false;
    if (len > KS_RECENT_BYTES)
        return NULL;
    /* The id stands behind the name and its NUL. */
    *known = slot->len == len && slot->kind == (uint8_t)entry->kind &&
             memcmp(slot->bytes, entry->name.ptr, len) == 0;
    if (*known)
        return slot;
    slot->len = (uint8_t)len;
    slot->kind = (uint8_t)entry->kind;
    memcpy(slot->bytes, entry->name.ptr, len);
    return slot;
}
