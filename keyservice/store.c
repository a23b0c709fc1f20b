/* SPDX-License-Identifier: Apache-2.0 */
#include "keyservice/store.h"

#include "base/secret.h"
#include "revoke/wire/db.h"
#include "revoke/wire/json.h"
#include "revoke/wire/outbox.h"
#include "revoke/wire/secret_file.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { VERSION = 1, TOKEN_RANDOM = 43, KEY_RANDOM = 36, SMALL = 4096 };

static const char letters[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static const char schema[] =
    "CREATE TABLE clients(name TEXT PRIMARY KEY, role INTEGER NOT NULL,"
    " token_hash TEXT UNIQUE, cert_hash TEXT UNIQUE,"
    " created INTEGER NOT NULL);"
    "CREATE TABLE keys(id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL, environment TEXT NOT NULL, owner TEXT NOT NULL,"
    " created INTEGER NOT NULL, revoked INTEGER);"
    "CREATE TABLE messages(client TEXT NOT NULL, id TEXT NOT NULL,"
    " body_hash TEXT NOT NULL, answer TEXT NOT NULL,"
    " received INTEGER NOT NULL, PRIMARY KEY(client, id));" KS_OUTBOX_SCHEMA;

struct ks_store {
    struct sqlite3 *db;
    struct ks_sign_key audit_key;
    char audit_log[PATH_MAX];
};

bool ks_role_parse(enum ks_role *out, const char *name)
{
    static const char *const names[] = {"", "checker", "revoker", "admin"};

    for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum ks_role)i;
            return true;
        }
    }
    return false;
}

static enum ks_rc inside(char out[PATH_MAX], const char *folder,
                         const char *name, struct ks_err *err)
{
    int used = snprintf(out, PATH_MAX, "%s/%s", folder, name);

    if (used < 0 || used >= PATH_MAX)
        return ks_fail(err, KS_EINVAL, "path too long: %.200s", folder);
    return KS_OK;
}

static enum ks_rc read_audit_key(struct ks_sign_key *out, const char *path,
                                 struct ks_err *err)
{
    struct ks_buf text;
    enum ks_rc rc;

    ks_buf_init(&text, 64 * 1024);
    rc = ks_secret_file_read(&text, path, err);
    if (rc == KS_OK)
        rc = ks_sign_key_parse(out, ks_buf_span(&text), err);
    if (rc == KS_OK && out->kind != KS_SIGN_ED25519_SECRET)
        rc = ks_fail(err, KS_EINVAL, "%s: expected a key whsk_…", path);
    ks_buf_wipe(&text);
    return rc;
}

enum ks_rc ks_store_open(struct ks_store **out, const char *folder,
                         struct ks_err *err)
{
    struct ks_store *store = calloc(1, sizeof(*store));
    char path[PATH_MAX];
    enum ks_rc rc;

    if (store == NULL)
        return ks_fail_memory(err);
    rc = inside(store->audit_log, folder, "audit.jsonl", err);
    if (rc == KS_OK)
        rc = inside(path, folder, "audit.key", err);
    if (rc == KS_OK)
        rc = read_audit_key(&store->audit_key, path, err);
    if (rc == KS_OK)
        rc = inside(path, folder, "service.db", err);
    if (rc == KS_OK)
        rc = ks_db_open(&store->db, path, schema, VERSION, err);
    if (rc != KS_OK) {
        ks_store_close(store);
        return rc;
    }
    *out = store;
    return KS_OK;
}

void ks_store_close(struct ks_store *store)
{
    if (store == NULL)
        return;
    ks_db_close(store->db);
    ks_sign_key_wipe(&store->audit_key);
    free(store);
}

enum ks_rc ks_store_flush(struct ks_store *store, bool seal, struct ks_err *err)
{
    return ks_outbox_flush(store->db, store->audit_log, &store->audit_key, seal,
                           err);
}

enum ks_rc ks_store_verify(int64_t *lines, struct ks_store *store,
                           struct ks_err *err)
{
    struct ks_audit_expect expect = {.key = &store->audit_key};
    struct ks_audit_result result;
    enum ks_rc rc = ks_outbox_head(&expect.head, store->db, err);

    if (rc == KS_OK)
        rc = ks_audit_verify(&result, store->audit_log, &expect, err);
    if (rc == KS_OK)
        *lines = result.lines;
    return rc;
}

static void hash_text(char out[KS_SHA256_HEX], struct ks_span text)
{
    uint8_t digest[KS_SHA256_LEN];

    ks_sha256(digest, text);
    ks_hex(out, digest, sizeof(digest));
}

static void random_text(char *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
    out[len] = '\0';
}

static int64_t now(void)
{
    return (int64_t)time(NULL);
}

/* Members: name, text … NULL; one without a text is left out. */
static enum ks_rc log_event(struct ks_store *store, const char *name,
                            const char *client, const char *const *members,
                            struct ks_err *err)
{
    cJSON *event = cJSON_CreateObject();
    bool good = event != NULL &&
                cJSON_AddStringToObject(event, "event", name) != NULL &&
                cJSON_AddStringToObject(event, "client", client) != NULL;
    enum ks_rc rc;

    for (; good && members[0] != NULL; members += 2)
        if (members[1] != NULL)
            good =
                cJSON_AddStringToObject(event, members[0], members[1]) != NULL;
    rc = good ? ks_outbox_add(store->db, event, err) : ks_fail_memory(err);
    cJSON_Delete(event);
    return rc;
}

static bool name_fits(const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && strchr("-_. ", name[i]) == NULL)
            return false;
    return len > 0 && len <= KS_NAME_MAX;
}

static enum ks_rc insert_client(struct ks_store *store, const char *name,
                                enum ks_role role, const char *token_hash,
                                const char *cert_hash, struct ks_err *err)
{
    const char *const members[] = {"name", name, NULL};
    int64_t taken = 0;
    enum ks_rc rc =
        ks_db_number(&taken, 0, store->db, err,
                     "SELECT 1 FROM clients WHERE name=?1", "t", name);

    if (rc == KS_OK && taken != 0)
        rc = ks_fail(err, KS_EINVAL, "there is a client %s already", name);
    if (rc == KS_OK)
        rc = ks_db_do(store->db, err,
                      "INSERT INTO clients VALUES(?1,?2,?3,?4,?5)", "titti",
                      name, (int64_t)role, token_hash, cert_hash, now());
    return rc != KS_OK
               ? rc
               : log_event(store, "client.added", "(operator)", members, err);
}

enum ks_rc ks_store_add_client(struct ks_buf *token, struct ks_store *store,
                               const char *name, enum ks_role role,
                               const char *cert_hash, struct ks_err *err)
{
    char text[TOKEN_RANDOM + 1], hash[KS_SHA256_HEX];
    enum ks_rc rc;

    if (!name_fits(name))
        return ks_fail(err, KS_EINVAL,
                       "a name is made of letters, digits and -_. ");
    random_text(text, TOKEN_RANDOM);
    hash_text(hash, ks_span_str(text));
    rc = ks_db_begin(store->db, err);
    if (rc == KS_OK) {
        rc = insert_client(store, name, role, cert_hash == NULL ? hash : NULL,
                           cert_hash, err);
        rc = ks_db_end(store->db, rc, err);
    }
    if (rc == KS_OK && cert_hash == NULL &&
        ks_buf_add_str(token, text) != KS_OK)
        rc = ks_fail_memory(err);
    ks_secret_wipe(text, sizeof(text));
    return rc;
}

enum ks_rc ks_store_client(struct ks_client *out, struct ks_store *store,
                           struct ks_span token, const char *cert_hash,
                           struct ks_err *err)
{
    struct ks_client client = {.role = KS_ROLE_NONE};
    char hash[KS_SHA256_HEX];
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc;

    hash_text(hash, token);
    rc = ks_db_prepare(&stmt, store->db, err,
                       "SELECT name,role FROM clients WHERE token_hash=?1 OR"
                       " cert_hash=?2",
                       "tt", token.len == 0 ? NULL : hash, cert_hash);
    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    if (rc == KS_OK) {
        (void)snprintf(client.name, sizeof(client.name), "%s",
                       (const char *)sqlite3_column_text(stmt, 0));
        client.role = (enum ks_role)sqlite3_column_int(stmt, 1);
        *out = client;
    }
    (void)sqlite3_finalize(stmt);
    return rc;
}

static enum ks_rc insert_key(struct ks_store *store,
                             const struct ks_new_key *key,
                             const struct ks_client *by, const char *name,
                             const char *environment, struct ks_err *err)
{
    const char *const members[] = {"key",         key->id,     "name", name,
                                   "environment", environment, NULL};
    char hash[KS_SHA256_HEX];
    enum ks_rc rc;

    hash_text(hash, ks_span_str(key->text));
    rc = ks_db_do(store->db, err,
                  "INSERT INTO keys VALUES(?1,?2,?3,?4,?5,?6,NULL)", "ttttti",
                  key->id, hash, name, environment, by->name, now());
    return rc != KS_OK
               ? rc
               : log_event(store, "key.created", by->name, members, err);
}

enum ks_rc ks_store_create(struct ks_new_key *out, struct ks_store *store,
                           const struct ks_client *by, const char *name,
                           const char *environment, struct ks_err *err)
{
    struct ks_new_key key = {.id = "key_", .text = "ksk_"};
    enum ks_rc rc;

    if (!name_fits(name) || !name_fits(environment))
        return ks_fail(err, KS_EINVAL,
                       "a name is made of letters, digits and -_. ");
    random_text(key.id + 4, 20);
    random_text(key.text + 4, KEY_RANDOM);
    rc = ks_db_begin(store->db, err);
    if (rc == KS_OK) {
        rc = insert_key(store, &key, by, name, environment, err);
        rc = ks_db_end(store->db, rc, err);
    }
    if (rc == KS_OK)
        *out = key;
    ks_secret_wipe(&key, sizeof(key));
    return rc;
}

/* Appends the JSON of the row at hand: id, name, environment, created, revoked.
 */
static enum ks_rc add_row(struct ks_buf *out, sqlite3_stmt *stmt)
{
    static const char *const names[] = {
        "{\"id\":", ",\"name\":", ",\"environment\":"};
    bool revoked = sqlite3_column_type(stmt, 4) != SQLITE_NULL;
    enum ks_rc rc = KS_OK;

    for (int i = 0; i < 3 && rc == KS_OK; i++) {
        rc = ks_buf_add_str(out, names[i]);
        if (rc == KS_OK)
            rc = ks_json_add_string(
                out, ks_span_str((const char *)sqlite3_column_text(stmt, i)));
    }
    if (rc == KS_OK)
        rc = ks_buf_printf(out, ",\"created\":%" PRId64 ",\"active\":%s",
                           (int64_t)sqlite3_column_int64(stmt, 3),
                           revoked ? "false" : "true");
    if (rc == KS_OK && revoked)
        rc = ks_buf_printf(out, ",\"revoked\":%" PRId64,
                           (int64_t)sqlite3_column_int64(stmt, 4));
    return rc != KS_OK ? rc : ks_buf_add_byte(out, '}');
}

enum ks_rc ks_store_check(struct ks_buf *out, bool *active,
                          struct ks_store *store, struct ks_span key,
                          struct ks_err *err)
{
    char hash[KS_SHA256_HEX];
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc;

    hash_text(hash, key);
    rc = ks_db_prepare(&stmt, store->db, err,
                       "SELECT id,name,environment,created,revoked FROM keys"
                       " WHERE hash=?1",
                       "t", hash);
    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    if (rc == KS_OK) {
        *active = sqlite3_column_type(stmt, 4) == SQLITE_NULL;
        if (add_row(out, stmt) != KS_OK)
            rc = ks_fail_memory(err);
    }
    (void)sqlite3_finalize(stmt);
    return rc;
}

enum ks_rc ks_store_list(struct ks_buf *out, struct ks_store *store,
                         struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    bool first = true;
    enum ks_rc rc = ks_buf_add_str(out, "{\"keys\":[");

    if (rc == KS_OK)
        rc = ks_db_prepare(&stmt, store->db, err,
                           "SELECT id,name,environment,created,revoked FROM"
                           " keys ORDER BY created,id",
                           "");
    while (rc == KS_OK) {
        rc = ks_db_step(stmt, err);
        if (rc == KS_OK && !first)
            rc = ks_buf_add_byte(out, ',');
        if (rc == KS_OK)
            rc = add_row(out, stmt);
        first = false;
    }
    (void)sqlite3_finalize(stmt);
    return rc != KS_ENOENT ? rc : ks_buf_add_str(out, "]}");
}

/* Revokes one key that is active, if it is that; `*changed` says so. */
static enum ks_rc revoke_one(bool *changed, struct ks_store *store,
                             const struct ks_client *by, const char *column,
                             const char *value, const char *message,
                             const char *location, struct ks_err *err)
{
    char sql[160];
    char id[KS_KEY_ID] = "";
    const char *const members[] = {"key",      id,       "message", message,
                                   "location", location, NULL};
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc;

    (void)snprintf(sql, sizeof(sql),
                   "UPDATE keys SET revoked=?2 WHERE %s=?1 AND revoked IS NULL"
                   " RETURNING id",
                   column);
    rc = ks_db_prepare(&stmt, store->db, err, sql, "ti", value, now());
    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    *changed = rc == KS_OK;
    if (rc == KS_OK) {
        (void)snprintf(id, sizeof(id), "%s",
                       (const char *)sqlite3_column_text(stmt, 0));
        rc = ks_db_step(stmt, err); /* to its end, so that it is done */
    }
    (void)sqlite3_finalize(stmt);
    if (rc != KS_ENOENT)
        return rc;
    return *changed ? log_event(store, "key.revoked", by->name, members, err)
                    : KS_OK;
}

enum ks_rc ks_store_revoke_id(struct ks_store *store,
                              const struct ks_client *by, const char *id,
                              struct ks_err *err)
{
    int64_t there = 0;
    bool changed = false;
    enum ks_rc rc = ks_db_begin(store->db, err);

    if (rc != KS_OK)
        return rc;
    rc = ks_db_number(&there, 0, store->db, err,
                      "SELECT 1 FROM keys WHERE id=?1", "t", id);
    if (rc == KS_OK && there == 0)
        rc = ks_fail(err, KS_ENOENT, "there is no such key");
    if (rc == KS_OK)
        rc = revoke_one(&changed, store, by, "id", id, NULL, NULL, err);
    return ks_db_end(store->db, rc, err);
}

static enum ks_rc told_before(enum ks_told *told, struct ks_buf *answer,
                              struct ks_store *store,
                              const struct ks_client *by, const char *message,
                              const char *body_hash, struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc = ks_db_prepare(&stmt, store->db, err,
                                  "SELECT body_hash,answer FROM messages WHERE"
                                  " client=?1 AND id=?2",
                                  "tt", by->name, message);

    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    if (rc == KS_OK) {
        *told =
            strcmp((const char *)sqlite3_column_text(stmt, 0), body_hash) == 0
                ? KS_TOLD_BEFORE
                : KS_TOLD_DIFFERS;
        if (ks_buf_add_str(answer,
                           (const char *)sqlite3_column_text(stmt, 1)) != KS_OK)
            rc = ks_fail_memory(err);
    }
    (void)sqlite3_finalize(stmt);
    return rc;
}

static enum ks_rc revoke_all(struct ks_buf *answer, struct ks_store *store,
                             const struct ks_client *by,
                             const struct ks_revocation *what,
                             const char *body_hash, struct ks_err *err)
{
    size_t revoked = 0;
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < what->count && rc == KS_OK; i++) {
        char hash[KS_SHA256_HEX];
        bool changed = false;

        hash_text(hash, ks_span_str(what->tokens[i]));
        rc = revoke_one(&changed, store, by, "hash", hash, what->message,
                        what->locations[i], err);
        revoked += changed ? 1 : 0;
    }
    if (rc == KS_OK &&
        (ks_buf_printf(answer, "{\"accepted\":%zu,\"revoked\":%zu}\n",
                       what->count, revoked) != KS_OK ||
         ks_buf_text(answer) == NULL))
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = ks_db_do(store->db, err,
                      "INSERT INTO messages VALUES(?1,?2,?3,?4,?5)", "tttti",
                      by->name, what->message, body_hash, ks_buf_text(answer),
                      now());
    return rc;
}

enum ks_rc ks_store_revoke(enum ks_told *told, struct ks_buf *answer,
                           struct ks_store *store, const struct ks_client *by,
                           const struct ks_revocation *what, struct ks_err *err)
{
    char body_hash[KS_SHA256_HEX];
    enum ks_rc rc = ks_db_begin(store->db, err);

    if (rc != KS_OK)
        return rc;
    hash_text(body_hash, what->body);
    rc = told_before(told, answer, store, by, what->message, body_hash, err);
    if (rc == KS_ENOENT) {
        *told = KS_TOLD_NOW;
        rc = revoke_all(answer, store, by, what, body_hash, err);
    }
    return ks_db_end(store->db, rc, err);
}
