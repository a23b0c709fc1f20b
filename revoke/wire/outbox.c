/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/outbox.h"

#include "revoke/wire/db.h"
#include "revoke/wire/json.h"

#include <cjson/cJSON.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum ks_rc ks_outbox_add(struct sqlite3 *db, struct cJSON *event,
                         struct ks_err *err)
{
    char id[KS_MESSAGE_ID];
    char time[KS_AUDIT_TIME];
    struct ks_buf text;
    enum ks_rc rc;

    ks_message_id(id);
    memcpy(id, "evt_", 4);
    ks_audit_time(time);
    if (cJSON_AddStringToObject(event, "id", id) == NULL ||
        cJSON_AddStringToObject(event, "time", time) == NULL)
        return ks_fail_memory(err);
    ks_buf_init(&text, KS_AUDIT_LINE / 2);
    rc = ks_json_canonical(&text, event, err);
    if (rc == KS_OK && ks_buf_text(&text) == NULL)
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = ks_db_do(db, err, "INSERT INTO audit_outbox(body) VALUES(?1)", "t",
                      ks_buf_text(&text));
    ks_buf_release(&text);
    return rc;
}

/* Adds up to a batch to the log; `*last` is the id of the last one, or 0. */
static enum ks_rc copy_batch(int64_t *last, struct ks_audit *log, sqlite3 *db,
                             struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc = ks_db_prepare(
        &stmt, db, err, "SELECT id,body FROM audit_outbox ORDER BY id LIMIT ?1",
        "i", (int64_t)KS_AUDIT_BATCH);

    *last = 0;
    while (rc == KS_OK) {
        cJSON *event = NULL;

        rc = ks_db_step(stmt, err);
        if (rc != KS_OK)
            break;
        rc = ks_json_parse(
            &event, ks_span_str((const char *)sqlite3_column_text(stmt, 1)),
            err);
        if (rc == KS_OK)
            rc = ks_audit_add(log, event, err);
        if (rc == KS_OK)
            *last = sqlite3_column_int64(stmt, 0);
        cJSON_Delete(event);
    }
    (void)sqlite3_finalize(stmt);
    return rc == KS_ENOENT ? KS_OK : rc;
}

static enum ks_rc forget_batch(sqlite3 *db, int64_t last,
                               struct ks_audit_head head, struct ks_err *err)
{
    enum ks_rc rc = ks_db_begin(db, err);

    if (rc != KS_OK)
        return rc;
    rc = ks_db_do(db, err, "DELETE FROM audit_outbox WHERE id<=?1", "i", last);
    if (rc == KS_OK)
        rc = ks_db_do(db, err,
                      "INSERT OR REPLACE INTO audit_head(one,seq,hash)"
                      " VALUES(1,?1,?2)",
                      "it", head.seq, head.hash);
    return ks_db_end(db, rc, err);
}

/* The log stays locked until the database knows, so that no other process
 * can put lines between a batch and its repetition after a crash. */
static enum ks_rc flush_batch(int64_t *last, sqlite3 *db, const char *path,
                              const struct ks_sign_key *key, bool seal,
                              struct ks_err *err)
{
    struct ks_audit *log = NULL;
    enum ks_rc rc = ks_audit_open(&log, path, key, err);

    if (rc != KS_OK)
        return rc;
    rc = copy_batch(last, log, db, err);
    if (rc == KS_OK)
        rc = ks_audit_sync(log, seal, err);
    if (rc == KS_OK)
        rc = forget_batch(db, *last, ks_audit_head_of(log), err);
    ks_audit_close(log);
    return rc;
}

enum ks_rc ks_outbox_flush(struct sqlite3 *db, const char *path,
                           const struct ks_sign_key *key, bool seal,
                           struct ks_err *err)
{
    int64_t waiting = 0, last = 0;
    enum ks_rc rc;

    do {
        rc = ks_db_number(&waiting, 0, db, err,
                          "SELECT count(*) FROM (SELECT 1 FROM audit_outbox"
                          " LIMIT ?1)",
                          "i", (int64_t)KS_AUDIT_BATCH + 1);
        if (rc == KS_OK && (waiting > 0 || seal))
            rc = flush_batch(&last, db, path, key,
                             seal && waiting <= KS_AUDIT_BATCH, err);
    } while (rc == KS_OK && waiting > KS_AUDIT_BATCH);
    return rc;
}

enum ks_rc ks_outbox_head(struct ks_audit_head *out, struct sqlite3 *db,
                          struct ks_err *err)
{
    struct ks_audit_head head = {0};
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc =
        ks_db_prepare(&stmt, db, err, "SELECT seq,hash FROM audit_head", "");

    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    if (rc == KS_OK) {
        head.seq = sqlite3_column_int64(stmt, 0);
        (void)snprintf(head.hash, sizeof(head.hash), "%s",
                       (const char *)sqlite3_column_text(stmt, 1));
    }
    (void)sqlite3_finalize(stmt);
    if (rc != KS_OK && rc != KS_ENOENT)
        return rc;
    *out = head;
    return KS_OK;
}
