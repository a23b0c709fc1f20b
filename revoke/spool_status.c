/* SPDX-License-Identifier: Apache-2.0 */
/* The spool for people: counts, lists, another try; the types it caches. */
#include "revoke/spool_inside.h"
#include "revoke/wire/db.h"

#include <sqlite3.h>
#include <string.h>

enum ks_rc ks_spool_count(struct ks_spool_counts *out, struct ks_spool *spool,
                          struct ks_err *err)
{
    struct ks_spool_counts counts = {0};
    const struct {
        const char *state;
        int64_t *count;
    } states[] = {
        {"planned", &counts.planned},
        {"pending", &counts.pending},
        {"done", &counts.done},
        {"dead", &counts.dead},
    };
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]) && rc == KS_OK;
         i++)
        rc = ks_db_number(states[i].count, 0, spool->db, err,
                          "SELECT count(*) FROM messages WHERE state=?1", "t",
                          states[i].state);
    if (rc == KS_OK)
        *out = counts;
    return rc;
}

static const char *text_or_empty(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);

    return text == NULL ? "" : text;
}

enum ks_rc ks_spool_list(struct ks_spool *spool,
                         void (*each)(void *ctx,
                                      const struct ks_spool_row *row),
                         void *ctx, struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc = ks_db_prepare(
        &stmt, spool->db, err,
        "SELECT id,plan,channel,state,reason,attempt,status,due,"
        "(SELECT count(*) FROM items WHERE message=messages.row)"
        " FROM messages WHERE state IN ('pending','dead') ORDER BY row",
        "");

    while (rc == KS_OK) {
        struct ks_spool_row row;

        rc = ks_db_step(stmt, err);
        if (rc != KS_OK)
            break;
        row = (struct ks_spool_row){
            .id = text_or_empty(stmt, 0),
            .plan = text_or_empty(stmt, 1),
            .channel = text_or_empty(stmt, 2),
            .state = text_or_empty(stmt, 3),
            .reason = text_or_empty(stmt, 4),
            .attempts = sqlite3_column_int64(stmt, 5),
            .status = sqlite3_column_int64(stmt, 6),
            .due = sqlite3_column_int64(stmt, 7),
            .findings = sqlite3_column_int64(stmt, 8),
        };
        each(ctx, &row);
    }
    (void)sqlite3_finalize(stmt);
    return rc == KS_ENOENT ? KS_OK : rc;
}

static enum ks_rc retry(int64_t *count, struct ks_spool *spool,
                        const char *message, struct ks_err *err)
{
    const char *const members[] = {"message", message, NULL};
    const struct ks_spool_event event = {.name = "message.retry",
                                         .members = members};
    enum ks_rc rc =
        ks_db_do(spool->db, err,
                 "UPDATE messages SET state='pending',due=?2,"
                 "attempt=CASE state WHEN 'dead' THEN 0 ELSE attempt END"
                 " WHERE state IN ('pending','dead') AND (?1 IS NULL OR id=?1)",
                 "ti", message, ks_spool_now());

    if (rc != KS_OK)
        return rc;
    *count = sqlite3_changes64(spool->db);
    rc = ks_db_do(spool->db, err,
                  "UPDATE hosts SET failures=0,open_until=0,next_slot=0", "");
    return rc != KS_OK ? rc : ks_spool_log(spool, &event, err);
}

enum ks_rc ks_spool_retry(int64_t *count, struct ks_spool *spool,
                          const char *message, struct ks_err *err)
{
    enum ks_rc rc = ks_db_begin(spool->db, err);

    if (rc != KS_OK)
        return rc;
    rc = retry(count, spool, message, err);
    return ks_db_end(spool->db, rc, err);
}

enum ks_rc ks_spool_types(struct ks_buf *out, struct ks_spool *spool,
                          const char *channel, int64_t max_age,
                          struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc =
        ks_db_prepare(&stmt, spool->db, err,
                      "SELECT body FROM types WHERE channel=?1 AND"
                      " fetched>=?2",
                      "ti", channel, ks_spool_now() / 1000 - max_age);

    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    if (rc == KS_OK && ks_buf_add_str(out, text_or_empty(stmt, 0)) != KS_OK)
        rc = ks_fail_memory(err);
    (void)sqlite3_finalize(stmt);
    return rc;
}

enum ks_rc ks_spool_keep_types(struct ks_spool *spool, const char *channel,
                               const char *body, struct ks_err *err)
{
    return ks_db_do(spool->db, err,
                    "INSERT OR REPLACE INTO types(channel,fetched,body)"
                    " VALUES(?1,?2,?3)",
                    "tit", channel, ks_spool_now() / 1000, body);
}
