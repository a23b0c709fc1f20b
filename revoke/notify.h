/* SPDX-License-Identifier: Apache-2.0 */
/* notify.h: what the webhooks are told of findings and revocations. */
#ifndef KS_REVOKE_NOTIFY_H
#define KS_REVOKE_NOTIFY_H

#include "revoke/spool.h"

/* All but `type` and `finding` may be NULL. */
struct ks_notice {
    const char
        *type; /* "secret.leak.detected", "secret.revocation.accepted" … */
    const char *finding, *rule, *location, *commit, *fingerprint;
    const char *channel, *plan;
};

/*
 * Stores the notice for each channel that the configuration notifies; once for
 * each `key`. To be called within a transaction of the spool, or by itself.
 */
enum ks_rc ks_notify_all(struct ks_spool *spool, const struct ks_notice *notice,
                         const char *key, struct ks_err *err);

/* Tells of each finding of the report once, ever. */
enum ks_rc ks_notify_findings(struct ks_spool *spool,
                              const struct ks_report *report,
                              struct ks_err *err);

#endif
