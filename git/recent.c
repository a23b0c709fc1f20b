/* SPDX-License-Identifier: Apache-2.0 */
#include "git/recent.h"

#include "git/bytes.h"

#include <string.h>

bool ks_recent_has(struct ks_recent *recent, const struct ks_tree_entry *entry,
                   size_t oid_len)
{
    size_t len = entry->name.len + 1 + oid_len;
    struct ks_recent_slot *slot =
        &recent->slots[ks_be32(entry->oid) % KS_RECENT_SLOTS];

    if (len > KS_RECENT_BYTES)
        return false;
    /* The id stands behind the name and its NUL. */
    if (slot->len == len && slot->kind == (uint8_t)entry->kind &&
        memcmp(slot->bytes, entry->name.ptr, len) == 0)
        return true;
    slot->len = (uint8_t)len;
    slot->kind = (uint8_t)entry->kind;
    memcpy(slot->bytes, entry->name.ptr, len);
    return false;
}
