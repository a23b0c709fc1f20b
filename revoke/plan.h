/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h: which secrets would be revoked where, and why others would not.
 *
 * A plan is made from a report whose findings hold their secrets. Its JSON
 * (keysweep.plan/1) holds none: bodies are shown redacted. The id is taken from
 * that JSON, so that a plan that was changed is not the one that was shown.
 */
#ifndef KS_REVOKE_PLAN_H
#define KS_REVOKE_PLAN_H

#include "base/arena.h"
#include "base/buf.h"
#include "revoke/config.h"
#include "revoke/locked.h"

enum { KS_PLAN_ID = 38, KS_PLAN_CAP = 256 * 1024 * 1024 };

/* Why a finding is not revoked. */
enum ks_skip_reason {
    KS_NO_TYPE,          /* nothing that could revoke it is known */
    KS_NO_CHANNEL,       /* the configuration routes it nowhere */
    KS_TYPE_UNSUPPORTED, /* the key service does not know the type */
    KS_NO_SECRET,        /* it was not found again, or lacks a part */
    KS_RULE_NOT_ALLOWED,
    KS_NOTIFY_ONLY,
    KS_LOW_CONFIDENCE,
    KS_LOW_PROOF,
    KS_OTHER_ENVIRONMENT,
    KS_ALREADY_SENT,
    KS_SKIP_REASONS,
};

/* The word for a reason, such as "low-confidence". */
const char *ks_skip_reason_name(enum ks_skip_reason reason);

struct ks_action {
    const struct ks_channel *channel; /* of the configuration */
    const char *finding;              /* id */
    const char *rule;
    const char *type;
    const char *location; /* for people; valid UTF-8 without controls */
    const char *commit;   /* hex, or NULL */
    unsigned confidence;
    enum ks_proof proof;
    struct ks_span secret; /* in the plan's locked memory */
};

struct ks_skipped_finding {
    const char *finding;
    const char *rule;
    enum ks_skip_reason reason;
    const char *detail; /* or NULL */
};

struct ks_plan {
    char id[KS_PLAN_ID];
    int64_t created, expires; /* Unix seconds */
    bool sendable;            /* false: more than the policy allows a run */
    struct ks_action *actions;
    size_t action_count;
    struct ks_skipped_finding *skipped;
    size_t skipped_count;
    struct ks_buf json; /* canonical, with a line feed */
    struct ks_arena arena;
    struct ks_locked locked;
};

/* What a plan asks others about; both may be NULL. */
struct ks_plan_facts {
    void *ctx;
    /* Whether the key service revokes the type; unknown counts as yes. */
    bool (*type_supported)(void *ctx, const struct ks_channel *channel,
                           const char *type);
    /* Whether the finding went to the channel before. */
    bool (*already_sent)(void *ctx, const struct ks_channel *channel,
                         const char *finding);
};

/*
 * Makes a plan. The configuration must outlive it; the report need not.
 * KS_ENOMEM, KS_ELIMIT.
 */
enum ks_rc ks_revoke_plan(struct ks_plan **out, const struct ks_report *report,
                          const struct ks_revoke_config *config,
                          const struct ks_plan_facts *facts, int64_t now,
                          struct ks_err *err);

/* Wipes the secrets. */
void ks_plan_free(struct ks_plan *plan);

/* Appends the plan for a person to read. */
enum ks_rc ks_plan_text(struct ks_buf *out, const struct ks_plan *plan,
                        struct ks_err *err);

/* What a plan's file says; see ks_plan_read(). */
struct ks_plan_file {
    char id[KS_PLAN_ID];
    struct ks_buf json; /* canonical, with a line feed */
};

/*
 * Reads a plan's JSON. KS_EFORMAT if it is none, or its id is not that of its
 * content: it was changed. Release `out->json`.
 */
enum ks_rc ks_plan_read(struct ks_plan_file *out, struct ks_span text,
                        struct ks_err *err);

#endif
