/* SPDX-License-Identifier: Apache-2.0 */
/* Plans in the spool: stored, confirmed; notifications. */
#include "revoke/spool_inside.h"
#include "revoke/wire/db.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { SEALED_CAP = 64 * 1024 * 1024 };

static enum ks_rc add_message(int64_t *row, struct ks_spool *spool,
                              const char *plan, const char *channel,
                              struct ks_err *err)
{
    char id[KS_MESSAGE_ID];

    ks_message_id(id);
    return ks_db_number(row, 0, spool->db, err,
                        "INSERT INTO messages(id,plan,channel,state)"
                        " VALUES(?1,?2,?3,'planned') RETURNING row",
                        "ttt", id, plan, channel);
}

static enum ks_rc add_item(struct ks_spool *spool, int64_t message,
                           const struct ks_action *action, struct ks_err *err)
{
    char name[KS_SEAL_NAME], fingerprint[KS_SHA256_HEX];
    struct ks_buf sealed;
    struct ks_span bytes;
    enum ks_rc rc;

    ks_spool_seal_name(name, action->finding, action->channel->name);
    ks_spool_fingerprint(fingerprint, spool, action->secret);
    ks_buf_init(&sealed, SEALED_CAP);
    rc = ks_seal_close(&sealed, spool->seal, name, action->secret, err);
    bytes = ks_buf_span(&sealed);
    if (rc == KS_OK)
        rc = ks_db_do(spool->db, err,
                      "INSERT INTO items(message,finding,rule,type,location,"
                      "commit_id,fingerprint,secret)"
                      " VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
                      "ittttttb", message, action->finding, action->rule,
                      action->type, action->location, action->commit,
                      fingerprint, &bytes);
    ks_buf_release(&sealed);
    return rc;
}

/* Messages of one channel, as many secrets in each as it takes at once. */
static enum ks_rc add_channel(struct ks_spool *spool,
                              const struct ks_plan *plan,
                              const struct ks_channel *channel,
                              struct ks_err *err)
{
    unsigned in_message = 0;
    int64_t row = 0;
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < plan->action_count && rc == KS_OK; i++) {
        if (plan->actions[i].channel != channel)
            continue;
        if (in_message == 0)
            rc = add_message(&row, spool, plan->id, channel->name, err);
        if (rc == KS_OK)
            rc = add_item(spool, row, &plan->actions[i], err);
        in_message = (in_message + 1) % channel->batch;
    }
    return rc;
}

static enum ks_rc log_plan(struct ks_spool *spool, const char *name,
                           const char *plan, const char *by, struct ks_err *err)
{
    const char *const members[] = {"plan", plan, "by", by, NULL};
    const struct ks_spool_event event = {.name = name, .members = members};

    return ks_spool_log(spool, &event, err);
}

static enum ks_rc save(struct ks_spool *spool, const struct ks_plan *plan,
                       const char *body, struct ks_err *err)
{
    const struct ks_revoke_config *config = spool->config;
    int64_t there = 0;
    enum ks_rc rc =
        ks_db_number(&there, 0, spool->db, err,
                     "SELECT 1 FROM plans WHERE id=?1", "t", plan->id);

    if (rc != KS_OK || there != 0)
        return rc;
    rc = ks_db_do(spool->db, err,
                  "INSERT INTO plans(id,created,expires,sendable,config,body)"
                  " VALUES(?1,?2,?3,?4,?5,?6)",
                  "tiiitt", plan->id, plan->created, plan->expires,
                  (int64_t)plan->sendable, config->hash, body);
    for (size_t i = 0; i < config->channel_count && rc == KS_OK; i++)
        rc = add_channel(spool, plan, &config->channels[i], err);
    return rc != KS_OK ? rc
                       : log_plan(spool, "plan.created", plan->id, NULL, err);
}

enum ks_rc ks_spool_save_plan(struct ks_spool *spool,
                              const struct ks_plan *plan, struct ks_err *err)
{
    struct ks_buf body;
    enum ks_rc rc = KS_OK;

    ks_buf_init(&body, KS_PLAN_CAP + 1);
    if (ks_buf_add(&body, ks_buf_span(&plan->json)) != KS_OK ||
        ks_buf_text(&body) == NULL)
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = ks_db_begin(spool->db, err);
    if (rc == KS_OK) {
        rc = save(spool, plan, ks_buf_text(&body), err);
        rc = ks_db_end(spool->db, rc, err);
    }
    ks_buf_release(&body);
    return rc;
}

/* What the spool knows of a plan. */
struct known {
    bool confirmed, sendable, same_text, same_config, expired;
};

static enum ks_rc look_up(struct known *out, struct ks_spool *spool,
                          const struct ks_plan_file *plan, struct ks_err *err)
{
    sqlite3_stmt *stmt = NULL;
    enum ks_rc rc = ks_db_prepare(
        &stmt, spool->db, err,
        "SELECT confirmed,sendable,expires,config,body FROM plans WHERE id=?1",
        "t", plan->id);

    if (rc == KS_OK)
        rc = ks_db_step(stmt, err);
    if (rc == KS_OK) {
        const char *body = (const char *)sqlite3_column_text(stmt, 4);
        const char *config = (const char *)sqlite3_column_text(stmt, 3);

        *out = (struct known){
            .confirmed = sqlite3_column_int(stmt, 0) != 0,
            .sendable = sqlite3_column_int(stmt, 1) != 0,
            .expired = sqlite3_column_int64(stmt, 2) < ks_spool_now() / 1000,
            .same_config = strcmp(config, spool->config->hash) == 0,
            .same_text =
                ks_span_equal(ks_span_str(body), ks_buf_span(&plan->json)),
        };
    }
    (void)sqlite3_finalize(stmt);
    if (rc == KS_ENOENT)
        return ks_fail(err, KS_EINVAL,
                       "%s is not in the spool: it expired, or was made with "
                       "another configuration; make a new plan",
                       plan->id);
    return rc;
}

static enum ks_rc check(const struct known *known,
                        const struct ks_plan_file *plan, struct ks_err *err)
{
    if (!known->same_text)
        return ks_fail(err, KS_EINVAL, "%s is not the plan that was made",
                       plan->id);
    if (known->expired)
        return ks_fail(err, KS_EINVAL, "%s is stale; make a new plan",
                       plan->id);
    if (!known->same_config)
        return ks_fail(err, KS_EINVAL,
                       "the configuration changed since %s was made; make a "
                       "new plan",
                       plan->id);
    if (!known->sendable)
        return ks_fail(err, KS_EINVAL,
                       "%s revokes more than policy.max_per_run allows",
                       plan->id);
    return KS_OK;
}

/* A finding that another plan sent meanwhile is not sent twice. */
static enum ks_rc drop_sent(struct ks_spool *spool, const char *plan,
                            struct ks_err *err)
{
    enum ks_rc rc =
        ks_db_do(spool->db, err,
                 "DELETE FROM items WHERE row IN (SELECT i.row FROM items i"
                 " JOIN messages m ON m.row=i.message JOIN items o"
                 " ON o.finding=i.finding JOIN messages n ON n.row=o.message"
                 " WHERE m.plan=?1 AND n.plan<>?1 AND n.channel=m.channel"
                 " AND n.state IN ('pending','done'))",
                 "t", plan);

    if (rc != KS_OK)
        return rc;
    return ks_db_do(spool->db, err,
                    "UPDATE messages SET state='superseded' WHERE plan=?1"
                    " AND state='planned' AND NOT EXISTS"
                    " (SELECT 1 FROM items WHERE message=messages.row)",
                    "t", plan);
}

static enum ks_rc confirm(struct ks_spool *spool,
                          const struct ks_plan_file *plan, const char *by,
                          struct ks_err *err)
{
    struct known known = {0};
    enum ks_rc rc = look_up(&known, spool, plan, err);

    if (rc == KS_OK && known.confirmed && known.same_text)
        return KS_OK;
    if (rc == KS_OK)
        rc = check(&known, plan, err);
    if (rc == KS_OK)
        rc = drop_sent(spool, plan->id, err);
    if (rc == KS_OK)
        rc = ks_db_do(spool->db, err,
                      "UPDATE messages SET state='pending',due=?2 WHERE plan=?1"
                      " AND state='planned'",
                      "ti", plan->id, ks_spool_now());
    if (rc == KS_OK)
        rc =
            ks_db_do(spool->db, err, "UPDATE plans SET confirmed=1 WHERE id=?1",
                     "t", plan->id);
    return rc != KS_OK ? rc
                       : log_plan(spool, "plan.confirmed", plan->id, by, err);
}

enum ks_rc ks_spool_confirm(struct ks_spool *spool,
                            const struct ks_plan_file *plan, const char *by,
                            struct ks_err *err)
{
    enum ks_rc rc = ks_db_begin(spool->db, err);

    if (rc != KS_OK)
        return rc;
    rc = confirm(spool, plan, by, err);
    return ks_db_end(spool->db, rc, err);
}

enum ks_rc ks_spool_add_notice(struct ks_spool *spool, const char *channel,
                               const char *key, const char *payload,
                               struct ks_err *err)
{
    char id[KS_MESSAGE_ID];

    ks_message_id(id);
    return ks_db_do(spool->db, err,
                    "INSERT OR IGNORE INTO messages(id,channel,key,payload,"
                    "state,due) VALUES(?1,?2,?3,?4,'pending',?5)",
                    "tttti", id, channel, key, payload, ks_spool_now());
}

enum ks_rc ks_spool_notify(struct ks_spool *spool, const char *channel,
                           const char *key, const char *payload,
                           struct ks_err *err)
{
    return ks_spool_add_notice(spool, channel, key, payload, err);
}

enum ks_rc ks_spool_sent(bool *out, struct ks_spool *spool, const char *channel,
                         const char *finding, struct ks_err *err)
{
    int64_t found = 0;
    enum ks_rc rc = ks_db_number(
        &found, 0, spool->db, err,
        "SELECT 1 FROM items i JOIN messages m ON m.row=i.message WHERE"
        " i.finding=?1 AND m.channel=?2 AND m.state IN ('pending','done')"
        " LIMIT 1",
        "tt", finding, channel);

    if (rc == KS_OK)
        *out = found != 0;
    return rc;
}
