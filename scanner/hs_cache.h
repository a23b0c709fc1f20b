/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hs_cache.h: compiled Hyperscan databases as files.
 *
 * A file is: magic and format number, SHA-256 of the payload, the payload as
 * hs_serialize_database gave it. Its name is the key. A checksum is no defence
 * against an attacker, and a hostile database can corrupt memory: a user's
 * directory must be owned by the user (or root) and writable by nobody else,
 * and so must the file.
 */
#ifndef KS_SCANNER_HS_CACHE_H
#define KS_SCANNER_HS_CACHE_H

#include "base/span.h"
#include "scanner/trigger.h"

struct hs_database;

enum { KS_HS_KEY = 65 }; /* hex of a SHA-256 with its NUL */

/*
 * The key: triggers with their flags in order, the library's version,
 * features and mode as a trivial database names them, and a format number.
 */
enum ks_rc ks_hs_cache_key(char out[KS_HS_KEY],
                           const struct ks_triggers *triggers,
                           struct ks_err *err);

/* The database under that key, or NULL. A bad file is deleted if possible. */
struct hs_database *ks_hs_cache_load(const char *directory, const char *key);

/*
 * Writes the database (temporary file, fsync, rename), creating the directory
 * with mode `mode`, and removes all but the newest few others if `prune`.
 */
enum ks_rc ks_hs_cache_store(const char *directory, unsigned mode,
                             const char *key,
                             const struct hs_database *database, bool prune,
                             struct ks_err *err);

#endif
