/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox.h: audit events that are stored with the change they tell of, in one
 * transaction, and reach the audit log afterwards, each once and in order,
 * whatever happens in between.
 */
#ifndef KS_REVOKE_WIRE_OUTBOX_H
#define KS_REVOKE_WIRE_OUTBOX_H

#include "revoke/wire/audit.h"

struct cJSON;
struct sqlite3;

/* To be part of the schema of a database that has an outbox. */
#define KS_OUTBOX_SCHEMA                                                       \
    "CREATE TABLE audit_outbox(id INTEGER PRIMARY KEY AUTOINCREMENT,"          \
    " body TEXT NOT NULL);"                                                    \
    "CREATE TABLE audit_head(one INTEGER PRIMARY KEY CHECK(one=1),"            \
    " seq INTEGER NOT NULL, hash TEXT NOT NULL);"

/*
 * Stores an event within the caller's transaction; adds its `id` and `time`.
 * `event` is borrowed.
 */
enum ks_rc ks_outbox_add(struct sqlite3 *db, struct cJSON *event,
                         struct ks_err *err);

/*
 * Moves all stored events to the log at `path`; `seal` as in ks_audit_sync().
 * Not within a transaction. After a failure (a full disk) the events are still
 * stored, and the next call goes on.
 */
enum ks_rc ks_outbox_flush(struct sqlite3 *db, const char *path,
                           const struct ks_sign_key *key, bool seal,
                           struct ks_err *err);

/* The head as of the last flush; seq 0 if there was none. */
enum ks_rc ks_outbox_head(struct ks_audit_head *out, struct sqlite3 *db,
                          struct ks_err *err);

#endif
