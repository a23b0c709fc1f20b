/* SPDX-License-Identifier: Apache-2.0 */
/* recent.h: the tree entries that one thread saw lately. */
#ifndef KS_GIT_RECENT_H
#define KS_GIT_RECENT_H

#include "git/tree_log.h"

enum { KS_RECENT_SLOTS = 32768, KS_RECENT_BYTES = 86 };

/* A zeroed one is empty. About as large as a processor's inner caches. */
struct ks_recent {
    struct ks_recent_slot {
        struct ks_tree_ids ids;
        uint8_t kind;
        uint8_t len; /* of name, NUL and id; 0 if empty */
        uint8_t bytes[KS_RECENT_BYTES];
    } slots[KS_RECENT_SLOTS];
};

/* Fetches into the cache what ks_recent_slot will look at. */
void ks_recent_hint(const struct ks_recent *recent,
                    const struct ks_tree_entry *entry);

/*
 * The slot of an entry, or NULL if it is too long for one. `*known`: whether
 * the very same entry (kind, name, id) was asked about before and not forgotten
 * since; the slot has its ids then, and else they are to be filled in.
 */
struct ks_recent_slot *ks_recent_slot(struct ks_recent *recent,
                                      const struct ks_tree_entry *entry,
                                      size_t oid_len, bool *known);

#endif
