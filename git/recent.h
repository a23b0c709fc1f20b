/* SPDX-License-Identifier: Apache-2.0 */
/* recent.h: the tree entries that one thread saw lately. */
#ifndef KS_GIT_RECENT_H
#define KS_GIT_RECENT_H

#include "git/object.h"

enum { KS_RECENT_SLOTS = 4096, KS_RECENT_BYTES = 94 };

/* A zeroed one is empty. About as large as a processor's inner caches. */
struct ks_recent {
    struct ks_recent_slot {
        uint8_t kind;
        uint8_t len; /* of name, NUL and id; 0 if empty */
        uint8_t bytes[KS_RECENT_BYTES];
    } slots[KS_RECENT_SLOTS];
};

/*
 * Whether the very same entry (kind, name, id) was asked about before and not
 * forgotten since. May say no, never yes, wrongly.
 */
bool ks_recent_has(struct ks_recent *recent, const struct ks_tree_entry *entry,
                   size_t oid_len);

#endif
