/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/spool.h"

#include "revoke/spool_inside.h"
#include "revoke/wire/db.h"
#include "revoke/wire/outbox.h"
#include "revoke/wire/secret_file.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { VERSION = 1, KEY_CAP = 64 * 1024 };

static const char schema[] =
    "CREATE TABLE plans(id TEXT PRIMARY KEY, created INTEGER NOT NULL,"
    " expires INTEGER NOT NULL, sendable INTEGER NOT NULL,"
    " config TEXT NOT NULL, body TEXT NOT NULL,"
    " confirmed INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE messages(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    " plan TEXT, channel TEXT NOT NULL, key TEXT, payload TEXT,"
    " state TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,"
    " due INTEGER NOT NULL DEFAULT 0, owner TEXT,"
    " lease INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0,"
    " reason TEXT);"
    "CREATE INDEX messages_due ON messages(state, due);"
    "CREATE INDEX messages_plan ON messages(plan);"
    "CREATE UNIQUE INDEX messages_key ON messages(channel, key)"
    " WHERE key IS NOT NULL;"
    "CREATE TABLE items(row INTEGER PRIMARY KEY, message INTEGER NOT NULL"
    " REFERENCES messages(row) ON DELETE CASCADE, finding TEXT NOT NULL,"
    " rule TEXT NOT NULL, type TEXT NOT NULL, location TEXT NOT NULL,"
    " commit_id TEXT, fingerprint TEXT NOT NULL, secret BLOB);"
    "CREATE INDEX items_message ON items(message);"
    "CREATE INDEX items_finding ON items(finding);"
    "CREATE TABLE hosts(channel TEXT PRIMARY KEY,"
    " failures INTEGER NOT NULL DEFAULT 0,"
    " open_until INTEGER NOT NULL DEFAULT 0,"
    " next_slot INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE types(channel TEXT PRIMARY KEY, fetched INTEGER NOT NULL,"
    " body TEXT NOT NULL);" KS_OUTBOX_SCHEMA;

int64_t ks_spool_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum ks_rc read_audit_key(struct ks_spool *spool, struct ks_err *err)
{
    const char *path = spool->config->audit_key;
    struct ks_buf text;
    enum ks_rc rc;

    if (path == NULL)
        return KS_OK;
    ks_buf_init(&text, KEY_CAP);
    rc = ks_secret_file_read(&text, path, err);
    if (rc == KS_OK) {
        rc = ks_sign_key_parse(&spool->audit_key, ks_buf_span(&text), err);
        if (rc == KS_OK && spool->audit_key.kind != KS_SIGN_ED25519_SECRET)
            rc = ks_fail(err, KS_EINVAL, "%s: expected a key whsk_…", path);
    }
    ks_buf_wipe(&text);
    spool->has_audit_key = rc == KS_OK;
    return rc;
}

/* Senders that died gave their messages back. */
static enum ks_rc give_up_leases(struct ks_spool *spool, struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc = ks_db_prepare(&stmt, spool->db, err,
                                  "SELECT DISTINCT owner FROM messages WHERE"
                                  " state='pending' AND owner IS NOT NULL",
                                  "");
    char gone[KS_OWNER_TEXT];

    while (rc == KS_OK) {
        const char *owner;

        rc = ks_db_step(stmt, err);
        if (rc != KS_OK)
            break;
        owner = (const char *)sqlite3_column_text(stmt, 0);
        if (!ks_owner_is_gone(owner))
            continue;
        (void)snprintf(gone, sizeof(gone), "%s", owner);
        rc = ks_db_do(spool->db, err,
                      "UPDATE messages SET owner=NULL,lease=0 WHERE owner=?1"
                      " AND state='pending'",
                      "t", gone);
    }
    (void)sqlite3_finalize(stmt);
    return rc == KS_ENOENT ? KS_OK : rc;
}

/* Expired plans that nobody confirmed take their secrets with them. */
static enum ks_rc purge(struct ks_spool *spool, struct ks_err *err)
{
    enum ks_rc rc = ks_db_begin(spool->db, err);

    if (rc != KS_OK)
        return rc;
    rc = ks_db_do(spool->db, err,
                  "DELETE FROM messages WHERE state='planned' AND plan IN"
                  " (SELECT id FROM plans WHERE expires<?1)",
                  "i", ks_spool_now() / 1000);
    if (rc == KS_OK)
        rc = ks_db_do(spool->db, err,
                      "DELETE FROM plans WHERE confirmed=0 AND expires<?1", "i",
                      ks_spool_now() / 1000);
    return ks_db_end(spool->db, rc, err);
}

static enum ks_rc open_parts(struct ks_spool *spool, struct ks_err *err)
{
    const struct ks_revoke_config *config = spool->config;
    enum ks_rc rc = ks_seal_new(&spool->seal, config->spool_key, err);

    if (rc == KS_OK)
        rc = read_audit_key(spool, err);
    if (rc == KS_OK)
        rc = ks_db_open(&spool->db, config->spool, schema, VERSION, err);
    if (rc == KS_OK)
        rc = give_up_leases(spool, err);
    return rc != KS_OK ? rc : purge(spool, err);
}

enum ks_rc ks_spool_open(struct ks_spool **out,
                         const struct ks_revoke_config *config,
                         struct ks_err *err)
{
    struct ks_spool *spool;
    enum ks_rc rc;

    if (config->spool == NULL)
        return ks_fail(err, KS_EINVAL,
                       "the configuration names no spool, which sending needs");
    spool = calloc(1, sizeof(*spool));
    if (spool == NULL)
        return ks_fail_memory(err);
    spool->config = config;
    ks_owner_init(&spool->owner);
    rc = open_parts(spool, err);
    if (rc != KS_OK) {
        ks_spool_close(spool);
        return rc;
    }
    *out = spool;
    return KS_OK;
}

void ks_spool_close(struct ks_spool *spool)
{
    if (spool == NULL)
        return;
    ks_seal_free(spool->seal);
    ks_sign_key_wipe(&spool->audit_key);
    ks_db_close(spool->db);
    free(spool);
}

void ks_spool_fingerprint(char out[KS_SHA256_HEX], const struct ks_spool *spool,
                          struct ks_span secret)
{
    ks_seal_fingerprint(out, spool->seal, secret);
}

void ks_spool_seal_name(char out[KS_SEAL_NAME], const char *finding,
                        const char *channel)
{
    (void)snprintf(out, KS_SEAL_NAME, "%.40s/%.100s", finding, channel);
}

static bool add_actor(cJSON *event, const struct ks_owner *owner)
{
    cJSON *actor = cJSON_AddObjectToObject(event, "actor");

    return actor != NULL &&
           cJSON_AddStringToObject(actor, "user", owner->user) != NULL &&
           cJSON_AddStringToObject(actor, "host", owner->host) != NULL;
}

static bool fill(cJSON *json, const struct ks_spool_event *event)
{
    if (cJSON_AddStringToObject(json, "event", event->name) == NULL ||
        (event->attempt != 0 &&
         cJSON_AddNumberToObject(json, "attempt", event->attempt) == NULL) ||
        (event->status != 0 &&
         cJSON_AddNumberToObject(json, "status", event->status) == NULL))
        return false;
    for (const char *const *m = event->members; m[0] != NULL; m += 2)
        if (m[1] != NULL && m[1][0] != '\0' &&
            cJSON_AddStringToObject(json, m[0], m[1]) == NULL)
            return false;
    return true;
}

enum ks_rc ks_spool_log(struct ks_spool *spool,
                        const struct ks_spool_event *event, struct ks_err *err)
{
    cJSON *json = cJSON_CreateObject();
    enum ks_rc rc;

    if (json == NULL || !fill(json, event) || !add_actor(json, &spool->owner))
        rc = ks_fail_memory(err);
    else
        rc = ks_outbox_add(spool->db, json, err);
    cJSON_Delete(json);
    return rc;
}

enum ks_rc ks_spool_flush(struct ks_spool *spool, bool seal, struct ks_err *err)
{
    return ks_outbox_flush(spool->db, spool->config->audit_log,
                           spool->has_audit_key ? &spool->audit_key : NULL,
                           seal, err);
}

enum ks_rc ks_spool_audit_head(struct ks_audit_head *out,
                               struct ks_spool *spool, struct ks_err *err)
{
    return ks_outbox_head(out, spool->db, err);
}
