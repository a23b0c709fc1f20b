/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the spool: taken, finished, tried again. */
#include "revoke/backoff.h"
#include "revoke/notify.h"
#include "revoke/spool_inside.h"
#include "revoke/wire/db.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { ITEMS_MAX = 1000, MINUTE_MS = 60000 };

static const char *column_text(sqlite3_stmt *stmt, int column)
{
    return (const char *)sqlite3_column_text(stmt, column);
}

/* The first message that is due and whose host is not left alone. */
static enum ks_rc pick(struct ks_claim *claim, char channel[128],
                       struct ks_spool *spool, int64_t now, struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc = ks_db_prepare(
        &stmt, spool->db, err,
        "SELECT m.row,m.id,m.channel,m.attempt,m.payload FROM messages m"
        " LEFT JOIN hosts h ON h.channel=m.channel WHERE m.state='pending'"
        " AND m.due<=?1 AND m.lease<=?1 AND coalesce(h.open_until,0)<=?1"
        " AND coalesce(h.next_slot,0)<=?1 ORDER BY m.due LIMIT 1",
        "i", now);

    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    if (rc == KS_OK) {
        const char *payload = column_text(stmt, 4);

        claim->row = sqlite3_column_int64(stmt, 0);
        (void)snprintf(claim->id, sizeof(claim->id), "%s",
                       column_text(stmt, 1));
        (void)snprintf(channel, 128, "%s", column_text(stmt, 2));
        claim->attempt = (unsigned)sqlite3_column_int(stmt, 3) + 1;
        if (payload != NULL) {
            const char *copy =
                ks_arena_text(&claim->arena, ks_span_str(payload));

            if (copy == NULL)
                rc = ks_fail_memory(err);
            else
                claim->payload = ks_span_str(copy);
        }
    }
    (void)sqlite3_finalize(stmt);
    return rc;
}

/* While a host is tried again after a pause, only one message goes to it. */
static enum ks_rc note_host(struct ks_spool *spool, const char *name,
                            const struct ks_channel *channel, int64_t now,
                            int64_t lease, struct ks_err *err)
{
    int64_t slot = channel == NULL || channel->per_minute == 0
                       ? 0
                       : now + MINUTE_MS / channel->per_minute;

    return ks_db_do(
        spool->db, err,
        "INSERT INTO hosts(channel,next_slot) VALUES(?1,?2) ON CONFLICT DO"
        " UPDATE SET next_slot=?2, open_until=CASE WHEN failures>=?3 THEN ?4"
        " ELSE open_until END",
        "tiii", name, slot, (int64_t)spool->config->breaker_failures, lease);
}

static enum ks_rc take(struct ks_claim *claim, struct ks_spool *spool,
                       struct ks_err *err)
{
    int64_t now = ks_spool_now();
    unsigned timeout;
    char channel[128];
    int64_t lease;
    enum ks_rc rc = pick(claim, channel, spool, now, err);

    if (rc != KS_OK)
        return rc;
    claim->channel = ks_revoke_config_channel(spool->config, channel);
    timeout = claim->channel == NULL || claim->channel->timeout_ms == 0
                  ? KS_HTTP_TIMEOUT_MS
                  : claim->channel->timeout_ms;
    /* Twice, for channels of two requests. */
    lease = now + 2 * (int64_t)timeout + KS_LEASE_MARGIN_MS;
    rc = ks_db_do(spool->db, err,
                  "UPDATE messages SET owner=?2,lease=?3,attempt=?4 WHERE"
                  " row=?1",
                  "itii", claim->row, spool->owner.process, lease,
                  (int64_t)claim->attempt);
    return rc != KS_OK
               ? rc
               : note_host(spool, channel, claim->channel, now, lease, err);
}

static enum ks_rc load_item(struct ks_item *item, struct ks_claim *claim,
                            struct ks_spool *spool, sqlite3_stmt *stmt,
                            struct ks_err *err)
{
    struct ks_span sealed = {sqlite3_column_blob(stmt, 3),
                             (size_t)sqlite3_column_bytes(stmt, 3)};
    char name[KS_SEAL_NAME];

    item->type =
        ks_arena_text(&claim->arena, ks_span_str(column_text(stmt, 1)));
    item->location =
        ks_arena_text(&claim->arena, ks_span_str(column_text(stmt, 2)));
    if (item->type == NULL || item->location == NULL)
        return ks_fail_memory(err);
    ks_spool_seal_name(name, column_text(stmt, 0), column_text(stmt, 4));
    return ks_seal_open(&item->secret, &claim->locked, spool->seal, name,
                        sealed, err);
}

static enum ks_rc load_items(struct ks_claim *claim, struct ks_spool *spool,
                             struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    int64_t count = 0;
    enum ks_rc rc = ks_db_number(&count, 0, spool->db, err,
                                 "SELECT count(*) FROM items WHERE message=?1",
                                 "i", claim->row);

    if (rc != KS_OK || count == 0)
        return rc;
    claim->items =
        ks_arena_alloc(&claim->arena, (size_t)count * sizeof(*claim->items));
    if (claim->items == NULL)
        return ks_fail_memory(err);
    rc = ks_db_prepare(&stmt, spool->db, err,
                       "SELECT i.finding,i.type,i.location,i.secret,m.channel"
                       " FROM items i JOIN messages m ON m.row=i.message WHERE"
                       " i.message=?1 ORDER BY i.row",
                       "i", claim->row);
    while (rc == KS_OK && claim->item_count < (size_t)count) {
        rc = ks_db_step(stmt, err);
        if (rc == KS_OK)
            rc = load_item(&claim->items[claim->item_count], claim, spool, stmt,
                           err);
        if (rc == KS_OK)
            claim->item_count++;
    }
    (void)sqlite3_finalize(stmt);
    return rc == KS_ENOENT ? KS_OK : rc;
}

static enum ks_rc find_next(int64_t *next, struct ks_spool *spool,
                            struct ks_err *err)
{
    return ks_db_number(
        next, 0, spool->db, err,
        "SELECT min(max(m.due,m.lease,coalesce(h.open_until,0),"
        "coalesce(h.next_slot,0))) FROM messages m LEFT JOIN hosts h"
        " ON h.channel=m.channel WHERE m.state='pending'",
        "");
}

/*
 * A lease need not survive a power cut, after which nobody holds one: this
 * commit does not wait for the disk. Other processes see it all the same.
 */
static enum ks_rc take_lease(struct ks_claim *claim, struct ks_spool *spool,
                             struct ks_err *err)
{
    enum ks_rc rc = ks_db_run(spool->db, "PRAGMA synchronous=NORMAL", err);
    enum ks_rc restored;

    if (rc == KS_OK)
        rc = ks_db_begin(spool->db, err);
    if (rc == KS_OK) {
        rc = take(claim, spool, err);
        rc = ks_db_end(spool->db, rc, err);
    }
    restored = ks_db_run(spool->db, "PRAGMA synchronous=FULL",
                         rc == KS_OK ? err : NULL);
    return rc == KS_OK ? restored : rc;
}

enum ks_rc ks_spool_claim(struct ks_claim *out, int64_t *next,
                          struct ks_spool *spool, struct ks_err *err)
{
    struct ks_claim claim = {0};
    enum ks_rc rc = take_lease(&claim, spool, err);

    if (rc == KS_OK)
        rc = load_items(&claim, spool, err);
    if (rc == KS_EFORMAT) {
        claim.damaged = true;
        rc = KS_OK;
    }
    if (rc == KS_ENOENT) {
        enum ks_rc failed = find_next(next, spool, err);

        rc = failed != KS_OK ? failed : KS_ENOENT;
    }
    if (rc != KS_OK) {
        ks_claim_release(&claim);
        return rc;
    }
    *out = claim;
    return KS_OK;
}

void ks_claim_release(struct ks_claim *claim)
{
    ks_locked_release(&claim->locked);
    ks_arena_release(&claim->arena);
    *claim = (struct ks_claim){0};
}

static enum ks_rc record_host(struct ks_spool *spool, const char *channel,
                              const struct ks_attempt_result *result,
                              struct ks_err *err)
{
    int64_t now = ks_spool_now();
    int64_t asked = result->retry_after < 0 ? 0 : result->retry_after * 1000;

    if (!result->host_trouble)
        return ks_db_do(spool->db, err,
                        "UPDATE hosts SET failures=0,open_until=0 WHERE"
                        " channel=?1",
                        "t", channel);
    return ks_db_do(
        spool->db, err,
        "UPDATE hosts SET failures=failures+1, open_until=max(?2,"
        " CASE WHEN failures+1>=?3 THEN ?4 ELSE 0 END) WHERE channel=?1",
        "tiii", channel, asked == 0 ? 0 : now + asked,
        (int64_t)spool->config->breaker_failures,
        now + spool->config->breaker_ms);
}

static const char *event_name(const char *state, bool tells)
{
    if (strcmp(state, "done") == 0)
        return tells ? "notification.accepted" : "revocation.accepted";
    if (strcmp(state, "dead") == 0)
        return tells ? "notification.failed" : "revocation.failed";
    if (strcmp(state, "split") == 0)
        return "revocation.split";
    return tells ? "notification.retried" : "revocation.retried";
}

/* One attempt of one message as its audit events tell it. */
struct told {
    const struct ks_claim *claim;
    const struct ks_attempt_result *result;
    const char *state;
    const char *channel;
    char plan[KS_PLAN_ID];
};

static enum ks_rc log_one(struct ks_spool *spool, const struct told *told,
                          const char *finding, const char *rule,
                          struct ks_err *err)
{
    const char *const members[] = {
        "message",     told->claim->id, "channel",
        told->channel, "plan",          told->plan,
        "finding",     finding,         "rule",
        rule,          "reason",        told->result->reason,
        NULL,
    };
    const struct ks_spool_event event = {
        .name = event_name(told->state, told->claim->payload.ptr != NULL),
        .attempt = told->claim->attempt,
        .status = told->result->status,
        .members = members,
    };

    return ks_spool_log(spool, &event, err);
}

static enum ks_rc notify_of_item(struct ks_spool *spool,
                                 const struct told *told, sqlite3_stmt *stmt,
                                 struct ks_err *err)
{
    const struct ks_notice notice = {
        .type = strcmp(told->state, "done") == 0 ? "secret.revocation.accepted"
                                                 : "secret.revocation.failed",
        .finding = column_text(stmt, 0),
        .rule = column_text(stmt, 1),
        .location = column_text(stmt, 2),
        .commit = column_text(stmt, 3),
        .fingerprint = column_text(stmt, 4),
        .channel = told->channel,
        .plan = told->plan,
    };

    return ks_notify_all(spool, &notice, told->claim->id, err);
}

/* Events for each finding of a message that came to an end. */
static enum ks_rc tell_items(struct ks_spool *spool, const struct told *told,
                             struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc =
        ks_db_prepare(&stmt, spool->db, err,
                      "SELECT finding,rule,location,commit_id,fingerprint"
                      " FROM items WHERE message=?1 ORDER BY row",
                      "i", told->claim->row);

    while (rc == KS_OK) {
        rc = ks_db_step(stmt, err);
        if (rc == KS_OK)
            rc = log_one(spool, told, column_text(stmt, 0),
                         column_text(stmt, 1), err);
        if (rc == KS_OK)
            rc = notify_of_item(spool, told, stmt, err);
    }
    (void)sqlite3_finalize(stmt);
    return rc == KS_ENOENT ? KS_OK : rc;
}

/* One bad token must not keep the others of its request from revocation. */
static enum ks_rc split(struct ks_spool *spool, const struct told *told,
                        struct ks_err *err)
{
    for (;;) {
        char id[KS_MESSAGE_ID];
        int64_t item = 0, row = 0;
        enum ks_rc rc =
            ks_db_number(&item, 0, spool->db, err,
                         "SELECT row FROM items WHERE message=?1 LIMIT 1", "i",
                         told->claim->row);

        if (rc != KS_OK || item == 0)
            return rc;
        ks_message_id(id);
        rc =
            ks_db_number(&row, 0, spool->db, err,
                         "INSERT INTO messages(id,plan,channel,state,due)"
                         " VALUES(?1,?2,?3,'pending',?4) RETURNING row",
                         "ttti", id, told->plan, told->channel, ks_spool_now());
        if (rc == KS_OK)
            rc = ks_db_do(spool->db, err,
                          "UPDATE items SET message=?2 WHERE row=?1", "ii",
                          item, row);
        if (rc != KS_OK)
            return rc;
    }
}

static const char *next_state(int64_t *delay, struct ks_spool *spool,
                              const struct ks_claim *claim,
                              const struct ks_attempt_result *result)
{
    switch (result->outcome) {
    case KS_OUTCOME_DONE:
    case KS_OUTCOME_GONE:
        return "done";
    case KS_OUTCOME_REFUSED:
        return claim->item_count > 1 && result->status != 401 &&
                       result->status != 403 && result->status != 0
                   ? "split"
                   : "dead";
    case KS_OUTCOME_DISABLED:
        return "dead";
    case KS_OUTCOME_NEXT:
    case KS_OUTCOME_RETRY:
        break;
    }
    *delay = ks_backoff_ms(spool->config, claim->attempt, result->retry_after,
                           randombytes_random());
    return *delay < 0 ? "dead" : "pending";
}

static enum ks_rc settle(struct ks_spool *spool, const struct told *told,
                         int64_t delay, struct ks_err *err)
{
    const struct ks_attempt_result *result = told->result;
    enum ks_rc rc = ks_db_do(
        spool->db, err,
        "UPDATE messages SET state=?2,owner=NULL,lease=0,due=?3,status=?4,"
        "reason=?5 WHERE row=?1",
        "itiit", told->claim->row, told->state, ks_spool_now() + delay,
        (int64_t)result->status, result->reason);

    if (rc == KS_OK)
        rc = record_host(spool, told->channel, result, err);
    if (rc != KS_OK)
        return rc;
    if (strcmp(told->state, "split") == 0) {
        rc = log_one(spool, told, NULL, NULL, err);
        return rc != KS_OK ? rc : split(spool, told, err);
    }
    if (strcmp(told->state, "pending") == 0 || told->claim->payload.ptr != NULL)
        rc = log_one(spool, told, NULL, NULL, err);
    else
        rc = tell_items(spool, told, err);
    if (rc == KS_OK && strcmp(told->state, "done") == 0)
        rc = ks_db_do(spool->db, err,
                      "UPDATE items SET secret=NULL WHERE message=?1", "i",
                      told->claim->row);
    return rc;
}

/* 410: the receiver wants nothing more, so nothing more goes to it. */
static enum ks_rc disable(struct ks_spool *spool, const char *channel,
                          struct ks_err *err)
{
    return ks_db_do(spool->db, err,
                    "UPDATE messages SET state='dead',owner=NULL,lease=0,"
                    "reason='the receiver answered 410 Gone to another message'"
                    " WHERE channel=?1 AND state='pending'",
                    "t", channel);
}

static enum ks_rc still_mine(struct told *told, char channel[128],
                             struct ks_spool *spool, struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc = ks_db_prepare(&stmt, spool->db, err,
                                  "SELECT channel,plan FROM messages WHERE"
                                  " row=?1 AND owner=?2 AND state='pending'"
                                  " AND attempt=?3",
                                  "iti", told->claim->row, spool->owner.process,
                                  (int64_t)told->claim->attempt);

    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    if (rc == KS_OK) {
        const char *plan = column_text(stmt, 1);

        (void)snprintf(channel, 128, "%s", column_text(stmt, 0));
        (void)snprintf(told->plan, sizeof(told->plan), "%s",
                       plan == NULL ? "" : plan);
        told->channel = channel;
    }
    (void)sqlite3_finalize(stmt);
    return rc;
}

enum ks_rc ks_spool_finish(struct ks_spool *spool, const struct ks_claim *claim,
                           const struct ks_attempt_result *result,
                           struct ks_err *err)
{
    struct told told = {.claim = claim, .result = result};
    char channel[128];
    int64_t delay = 0;
    enum ks_rc rc = ks_db_begin(spool->db, err);

    if (rc != KS_OK)
        return rc;
    rc = still_mine(&told, channel, spool, err);
    if (rc == KS_OK) {
        told.state = next_state(&delay, spool, claim, result);
        rc = settle(spool, &told, delay < 0 ? 0 : delay, err);
    }
    if (rc == KS_OK && result->outcome == KS_OUTCOME_DISABLED)
        rc = disable(spool, channel, err);
    if (rc == KS_ENOENT) {
        ks_db_rollback(spool->db);
        return KS_OK;
    }
    return ks_db_end(spool->db, rc, err);
}
