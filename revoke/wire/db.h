/* SPDX-License-Identifier: Apache-2.0 */
/* db.h: an SQLite file that survives a power cut, and statements in one line.
 */
#ifndef KS_REVOKE_WIRE_DB_H
#define KS_REVOKE_WIRE_DB_H

#include "base/err.h"
#include "base/span.h"

struct sqlite3;
struct sqlite3_stmt;

enum { KS_DB_BUSY_MS = 10000 };

/*
 * Opens or creates the file (0600) with WAL, synchronous=FULL and
 * secure_delete, and runs `schema` (CREATE … IF NOT EXISTS). Another
 * `version` in the file (user_version) is KS_EFORMAT. Close with
 * ks_db_close(). One thread at a time.
 */
enum ks_rc ks_db_open(struct sqlite3 **out, const char *path,
                      const char *schema, int version, struct ks_err *err);
void ks_db_close(struct sqlite3 *db);

/* KS_EIO with SQLite's words, after `doing`; KS_ELIMIT for a full disk. */
enum ks_rc ks_db_fail(struct sqlite3 *db, const char *doing,
                      struct ks_err *err);

/* Runs statements that return nothing. */
enum ks_rc ks_db_run(struct sqlite3 *db, const char *sql, struct ks_err *err);

/* A write transaction, begun at once so that it cannot fail half way. */
enum ks_rc ks_db_begin(struct sqlite3 *db, struct ks_err *err);
enum ks_rc ks_db_commit(struct sqlite3 *db, struct ks_err *err);
void ks_db_rollback(struct sqlite3 *db);

/* Ends the transaction: commits if `rc` is KS_OK, else rolls back. */
enum ks_rc ks_db_end(struct sqlite3 *db, enum ks_rc rc, struct ks_err *err);

/*
 * Prepares a statement and binds its parameters ?1, ?2 … by `types`, one
 * letter each:
 *   i  int64_t            t  const char *, NULL is NULL
 *   b  const struct ks_span *, a NULL ptr in it is NULL
 * All are copied. The caller ends it with sqlite3_finalize().
 */
enum ks_rc ks_db_prepare(struct sqlite3_stmt **out, struct sqlite3 *db,
                         struct ks_err *err, const char *sql, const char *types,
                         ...);

/* Prepares, binds, runs and finalizes; rows are dropped. */
enum ks_rc ks_db_do(struct sqlite3 *db, struct ks_err *err, const char *sql,
                    const char *types, ...);

/* As ks_db_do, and keeps the first column of the first row, or `absent`. */
enum ks_rc ks_db_number(int64_t *out, int64_t absent, struct sqlite3 *db,
                        struct ks_err *err, const char *sql, const char *types,
                        ...);

/*
 * Steps: KS_OK with a row at hand, KS_ENOENT when there are no more, else the
 * failure.
 */
enum ks_rc ks_db_step(struct sqlite3_stmt *stmt, struct ks_err *err);

#endif
