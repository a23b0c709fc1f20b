/* SPDX-License-Identifier: Apache-2.0 */
/* deliver.h: sends what the spool holds. */
#ifndef KS_REVOKE_DELIVER_H
#define KS_REVOKE_DELIVER_H

#include "base/log.h"
#include "base/pool.h"
#include "revoke/spool.h"

/* Between two of these a process may die without harm. */
enum ks_send_step {
    KS_STEP_CLAIMED,  /* the message is leased */
    KS_STEP_ANSWERED, /* the receiver answered; nobody else knows yet */
    KS_STEP_FINISHED, /* the spool knows */
    KS_STEP_LOGGED,   /* the audit log knows */
};

struct ks_deliver_options {
    bool wait;                  /* until nothing is pending any more */
    const struct ks_stop *stop; /* may be NULL */
    const struct ks_log *log;   /* may be NULL */
    /* Told of each step; may be NULL. */
    void (*on_step)(void *ctx, enum ks_send_step step);
    void *ctx;
};

struct ks_deliver_result {
    uint64_t attempts, done, failed; /* of messages; failed: of attempts */
};

/*
 * Sends every message that is due. KS_OK even if some did not arrive: see the
 * spool's counts. Any other result is a fault here (disk, memory), after which
 * another call goes on where this one stopped.
 * Nothing is sent while the audit log cannot be written.
 */
enum ks_rc ks_deliver(struct ks_deliver_result *out, struct ks_spool *spool,
                      const struct ks_revoke_config *config,
                      const struct ks_deliver_options *options,
                      struct ks_err *err);

/* The options of the HTTP client for a channel. */
struct ks_http_options ks_channel_http(const struct ks_channel *channel);

#endif
