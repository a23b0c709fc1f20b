/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recent.h: the objects and names of tree entries that one thread saw lately.
 * About as large as a processor's inner caches.
 */
#ifndef KS_GIT_RECENT_H
#define KS_GIT_RECENT_H

#include "git/object.h"

struct ks_recent;

/* For names of objects of `oid_len` bytes. NULL without memory. */
struct ks_recent *ks_recent_new(size_t oid_len);
void ks_recent_free(struct ks_recent *recent);

/* Fetches into the cache what ks_recent_object will look at. */
void ks_recent_hint(const struct ks_recent *recent,
                    const struct ks_tree_entry *entry);

/* The number that was put for an object under a type, if it is kept. */
bool ks_recent_object(uint32_t *number, const struct ks_recent *recent,
                      const uint8_t *oid, enum ks_object_type type);
void ks_recent_put_object(struct ks_recent *recent, const uint8_t *oid,
                          enum ks_object_type type, uint32_t number);

/*
 * The same for an entry's name. Eight bytes behind a name must be readable, as
 * they are in a tree.
 */
bool ks_recent_name(uint32_t *number, const struct ks_recent *recent,
                    struct ks_span name);
void ks_recent_put_name(struct ks_recent *recent, struct ks_span name,
                        uint32_t number);

#endif
