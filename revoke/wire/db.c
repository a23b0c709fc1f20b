/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum ks_rc ks_db_fail(struct sqlite3 *db, const char *doing, struct ks_err *err)
{
    int code = sqlite3_errcode(db);

    return ks_fail(err, code == SQLITE_FULL ? KS_ELIMIT : KS_EIO, "%s: %s",
                   doing, sqlite3_errmsg(db));
}

enum ks_rc ks_db_run(struct sqlite3 *db, const char *sql, struct ks_err *err)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return ks_db_fail(db, "database", err);
    return KS_OK;
}

/* SQLite would create it by the umask; secrets want 0600 from the start. */
static enum ks_rc create_private(const char *path, struct ks_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return ks_fail(err, KS_EIO, "open %s: %s", path, strerror(errno));
    (void)close(fd);
    return KS_OK;
}

static enum ks_rc set_up(sqlite3 *db, const char *schema, int version,
                         struct ks_err *err)
{
    char pragma[64];
    int64_t found = 0;
    enum ks_rc rc;

    (void)sqlite3_busy_timeout(db, KS_DB_BUSY_MS);
    rc = ks_db_run(db,
                   "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                   "PRAGMA secure_delete=ON;PRAGMA foreign_keys=ON;"
                   "PRAGMA temp_store=MEMORY;PRAGMA trusted_schema=OFF",
                   err);
    if (rc == KS_OK)
        rc = ks_db_number(&found, 0, db, err, "PRAGMA user_version", "");
    if (rc == KS_OK && found != 0 && found != version)
        return ks_fail(err, KS_EFORMAT, "database of version %d, expected %d",
                       (int)found, version);
    if (rc != KS_OK || found == version)
        return rc;
    (void)sqlite3_snprintf(sizeof(pragma), pragma, "PRAGMA user_version=%d",
                           version);
    rc = ks_db_begin(db, err);
    if (rc != KS_OK)
        return rc;
    /* Another process may have been first. */
    rc = ks_db_number(&found, 0, db, err, "PRAGMA user_version", "");
    if (rc == KS_OK && found == 0)
        rc = ks_db_run(db, schema, err);
    if (rc == KS_OK && found == 0)
        rc = ks_db_run(db, pragma, err);
    return ks_db_end(db, rc, err);
}

enum ks_rc ks_db_open(struct sqlite3 **out, const char *path,
                      const char *schema, int version, struct ks_err *err)
{
    sqlite3 *db = NULL;
    enum ks_rc rc = create_private(path, err);

    if (rc != KS_OK)
        return rc;
    if (sqlite3_open_v2(path, &db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX,
                        NULL) != SQLITE_OK)
        rc = ks_fail(err, KS_EIO, "cannot open a database");
    else
        rc = set_up(db, schema, version, err);
    if (rc != KS_OK) {
        ks_db_close(db);
        return ks_fail_within(err, rc, "%s", path);
    }
    *out = db;
    return KS_OK;
}

void ks_db_close(struct sqlite3 *db)
{
    (void)sqlite3_close_v2(db);
}

enum ks_rc ks_db_begin(struct sqlite3 *db, struct ks_err *err)
{
    return ks_db_run(db, "BEGIN IMMEDIATE", err);
}

enum ks_rc ks_db_commit(struct sqlite3 *db, struct ks_err *err)
{
    return ks_db_run(db, "COMMIT", err);
}

void ks_db_rollback(struct sqlite3 *db)
{
    if (sqlite3_get_autocommit(db) == 0)
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

enum ks_rc ks_db_end(struct sqlite3 *db, enum ks_rc rc, struct ks_err *err)
{
    if (rc == KS_OK)
        rc = ks_db_commit(db, err);
    if (rc != KS_OK)
        ks_db_rollback(db);
    return rc;
}

static int bind_span(sqlite3_stmt *stmt, int at, const struct ks_span *bytes)
{
    if (bytes->ptr == NULL)
        return sqlite3_bind_null(stmt, at);
    return sqlite3_bind_blob64(stmt, at, bytes->ptr, bytes->len,
                               SQLITE_TRANSIENT);
}

static enum ks_rc prepare(sqlite3_stmt **out, sqlite3 *db, struct ks_err *err,
                          const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

    for (int at = 1; code == SQLITE_OK && *types != '\0'; at++, types++) {
        if (*types == 'i')
            code = sqlite3_bind_int64(stmt, at, va_arg(args, int64_t));
        else if (*types == 't')
            code = sqlite3_bind_text(stmt, at, va_arg(args, const char *), -1,
                                     SQLITE_TRANSIENT);
        else
            code = bind_span(stmt, at, va_arg(args, const struct ks_span *));
    }
    if (code != SQLITE_OK) {
        enum ks_rc rc = ks_db_fail(db, "database", err);

        (void)sqlite3_finalize(stmt);
        return rc;
    }
    *out = stmt;
    return KS_OK;
}

enum ks_rc ks_db_prepare(struct sqlite3_stmt **out, struct sqlite3 *db,
                         struct ks_err *err, const char *sql, const char *types,
                         ...)
{
    va_list args;
    enum ks_rc rc;

    va_start(args, types);
    rc = prepare(out, db, err, sql, types, args);
    va_end(args);
    return rc;
}

static enum ks_rc run_first(int64_t *number, sqlite3_stmt *stmt,
                            struct ks_err *err)
{
    enum ks_rc rc = ks_db_step(stmt, err);

    if (rc == KS_OK && sqlite3_column_count(stmt) > 0)
        *number = sqlite3_column_int64(stmt, 0);
    while (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    return rc == KS_ENOENT ? KS_OK : rc;
}

enum ks_rc ks_db_do(struct sqlite3 *db, struct ks_err *err, const char *sql,
                    const char *types, ...)
{
    sqlite3_stmt *stmt = NULL;
    int64_t ignored;
    va_list args;
    enum ks_rc rc;

    va_start(args, types);
    rc = prepare(&stmt, db, err, sql, types, args);
    va_end(args);
    if (rc == KS_OK)
        rc = run_first(&ignored, stmt, err);
    (void)sqlite3_finalize(stmt);
    return rc;
}

enum ks_rc ks_db_number(int64_t *out, int64_t absent, struct sqlite3 *db,
                        struct ks_err *err, const char *sql, const char *types,
                        ...)
{
    sqlite3_stmt *stmt = NULL;
    int64_t number = absent;
    va_list args;
    enum ks_rc rc;

    va_start(args, types);
    rc = prepare(&stmt, db, err, sql, types, args);
    va_end(args);
    if (rc == KS_OK)
        rc = run_first(&number, stmt, err);
    (void)sqlite3_finalize(stmt);
    if (rc == KS_OK)
        *out = number;
    return rc;
}

enum ks_rc ks_db_step(struct sqlite3_stmt *stmt, struct ks_err *err)
{
    int code = sqlite3_step(stmt);

    if (code == SQLITE_ROW)
        return KS_OK;
    if (code == SQLITE_DONE)
        return KS_ENOENT;
    return ks_db_fail(sqlite3_db_handle(stmt), "database", err);
}
