/* SPDX-License-Identifier: Apache-2.0 */
/* spool_inside.h: what the files spool*.c share. */
#ifndef KS_REVOKE_SPOOL_INSIDE_H
#define KS_REVOKE_SPOOL_INSIDE_H

#include "revoke/owner.h"
#include "revoke/seal.h"
#include "revoke/spool.h"

struct cJSON;
struct sqlite3;

struct ks_spool {
    struct sqlite3 *db;
    const struct ks_revoke_config *config;
    struct ks_seal *seal;
    struct ks_sign_key audit_key;
    bool has_audit_key;
    struct ks_owner owner;
};

/*
 * Stores an audit event within the caller's transaction: its name, the actor,
 * and pairs of text members, ended by NULL; a member without a text is left
 * out. Numbers of an attempt are added by `attempt` and `status` if not 0.
 */
struct ks_spool_event {
    const char *name;
    unsigned attempt, status;
    const char *const *members; /* name, text, name, text … NULL */
};

enum ks_rc ks_spool_log(struct ks_spool *spool,
                        const struct ks_spool_event *event, struct ks_err *err);

/* Stores a pending notification within the caller's transaction. */
enum ks_rc ks_spool_add_notice(struct ks_spool *spool, const char *channel,
                               const char *key, const char *payload,
                               struct ks_err *err);

/* The name under which an item's secret is sealed. */
enum { KS_SEAL_NAME = 160 };
void ks_spool_seal_name(char out[KS_SEAL_NAME], const char *finding,
                        const char *channel);

#endif
