/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool.h: what is to be sent, kept on disk until it has arrived.
 *
 * A plan's secrets are stored, sealed, when the plan is made, and may be sent
 * until it expires. Confirming makes messages of them; each message has an id
 * that stays the same over all its attempts, so that a receiver which honours
 * Idempotency-Key sees it once in effect. A sender takes a message by a lease,
 * so that no two work on it at a time. Every change is one transaction, and its
 * audit events are part of it (wire/outbox.h).
 *
 * A message is planned → pending → done | dead | split | superseded. When it is
 * done its sealed secrets are erased.
 */
#ifndef KS_REVOKE_SPOOL_H
#define KS_REVOKE_SPOOL_H

#include "revoke/channel.h"
#include "revoke/plan.h"
#include "revoke/wire/audit.h"

enum {
    KS_LEASE_MARGIN_MS = 15000, /* a lease outlives the request's time-out */
    KS_REASON_MAX = 256,
};

struct ks_spool; /* one thread */

/*
 * Opens or creates the spool that the configuration names, which must outlive
 * it. Gives up leases whose owners, on this machine, are no more, erases plans
 * that expired. KS_EINVAL without a spool in the configuration.
 */
enum ks_rc ks_spool_open(struct ks_spool **out,
                         const struct ks_revoke_config *config,
                         struct ks_err *err);
void ks_spool_close(struct ks_spool *spool);

/* Unix milliseconds. */
int64_t ks_spool_now(void);

/* Stores a plan and its secrets, sealed. The same plan again changes nothing.
 */
enum ks_rc ks_spool_save_plan(struct ks_spool *spool,
                              const struct ks_plan *plan, struct ks_err *err);

/*
 * Confirms a plan as read from its file: from now on it is sent. `by` says how
 * ("terminal", "option"). A plan that was confirmed before is KS_OK.
 * KS_EINVAL: unknown here, expired, not sendable, other than was stored, or the
 * configuration changed since.
 */
enum ks_rc ks_spool_confirm(struct ks_spool *spool,
                            const struct ks_plan_file *plan, const char *by,
                            struct ks_err *err);

/*
 * Stores a notification for a channel. The same `key` to the same channel is
 * stored once, ever.
 */
enum ks_rc ks_spool_notify(struct ks_spool *spool, const char *channel,
                           const char *key, const char *payload,
                           struct ks_err *err);

/* Whether the finding is on its way to the channel, or arrived. */
enum ks_rc ks_spool_sent(bool *out, struct ks_spool *spool, const char *channel,
                         const char *finding, struct ks_err *err);

/* A sealed fingerprint of a secret; see seal.h. */
void ks_spool_fingerprint(char out[KS_SHA256_HEX], const struct ks_spool *spool,
                          struct ks_span secret);

/* A message that this sender holds. */
struct ks_claim {
    int64_t row;
    char id[KS_MESSAGE_ID];
    const struct ks_channel *channel; /* NULL: not in the configuration */
    unsigned attempt;                 /* 1, 2 … */
    struct ks_item *items;
    size_t item_count;
    struct ks_span payload;
    bool damaged; /* a sealed secret does not open: cannot be sent */
    struct ks_arena arena;
    struct ks_locked locked;
};

/*
 * Takes the next message that is due. KS_ENOENT when there is none: `*next` is
 * when the next will be due (Unix ms), 0 if nothing is waiting.
 * End it with ks_claim_release(), whatever became of it.
 */
enum ks_rc ks_spool_claim(struct ks_claim *out, int64_t *next,
                          struct ks_spool *spool, struct ks_err *err);
void ks_claim_release(struct ks_claim *claim);

/* What became of an attempt. */
struct ks_attempt_result {
    enum ks_outcome outcome;
    bool host_trouble;   /* time-out, reset, 5xx, 429: counts for the breaker */
    unsigned status;     /* 0 without an answer */
    int64_t retry_after; /* seconds, −1: not said */
    char reason[KS_REASON_MAX]; /* words; never a secret */
};

/*
 * Records the result: done, dead, or due again. Nothing happens if the lease
 * was lost meanwhile.
 */
enum ks_rc ks_spool_finish(struct ks_spool *spool, const struct ks_claim *claim,
                           const struct ks_attempt_result *result,
                           struct ks_err *err);

/* Writes the audit events that wait; `seal` ends with a checkpoint. */
enum ks_rc ks_spool_flush(struct ks_spool *spool, bool seal,
                          struct ks_err *err);

struct ks_spool_counts {
    int64_t planned, pending, done, dead;
};

enum ks_rc ks_spool_count(struct ks_spool_counts *out, struct ks_spool *spool,
                          struct ks_err *err);

/* One message for `revoke status`; borrowed during the call. */
struct ks_spool_row {
    const char *id, *plan, *channel, *state, *reason;
    int64_t attempts, status, due, findings;
};

/* Calls `each` for all that is pending or dead, oldest first. */
enum ks_rc ks_spool_list(struct ks_spool *spool,
                         void (*each)(void *ctx,
                                      const struct ks_spool_row *row),
                         void *ctx, struct ks_err *err);

/*
 * Makes dead messages pending again, and pending ones due now: the one of that
 * id, or all (NULL). `*count` of them.
 */
enum ks_rc ks_spool_retry(int64_t *count, struct ks_spool *spool,
                          const char *message, struct ks_err *err);

/* The cached types of a key service; KS_ENOENT when older than `max_age`. */
enum ks_rc ks_spool_types(struct ks_buf *out, struct ks_spool *spool,
                          const char *channel, int64_t max_age,
                          struct ks_err *err);
enum ks_rc ks_spool_keep_types(struct ks_spool *spool, const char *channel,
                               const char *body, struct ks_err *err);

/* The head of the audit log as the spool knows it. */
enum ks_rc ks_spool_audit_head(struct ks_audit_head *out,
                               struct ks_spool *spool, struct ks_err *err);

#endif
