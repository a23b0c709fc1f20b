/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.h: a log to which lines can only be added.
 *
 * A line is one JSON object in canonical form (RFC 8785) with a line feed:
 *   seq   1, 2, 3 …
 *   prev  SHA-256 of the line before, without its line feed, in hex; 64 zeros
 *         in the first line
 *   time  UTC, RFC 3339 with milliseconds
 *   event what happened; "checkpoint" is the log's own
 *   id    names the event; a repeated id within the last lines is dropped
 * and whatever else belongs to the event; never a secret.
 *
 * A checkpoint also has `key` (whpk_…) and `signature`: base64 of an ed25519
 * signature over "keysweep-audit-1\n" and the canonical line without
 * `signature`. As each line holds the hash of the one before, it vouches for
 * all lines above it.
 *
 * What a log alone cannot show is that its last lines are missing. Therefore
 * the head (number and hash of the last line) is also kept elsewhere, in the
 * database whose events are logged, and given to ks_audit_verify().
 */
#ifndef KS_REVOKE_WIRE_AUDIT_H
#define KS_REVOKE_WIRE_AUDIT_H

#include "base/buf.h"
#include "base/hash.h"
#include "revoke/wire/sign.h"

struct cJSON;

enum {
    KS_AUDIT_EVERY = 64,       /* lines between two checkpoints, at most */
    KS_AUDIT_LINE = 16 * 1024, /* bytes of a line, at most */
    KS_AUDIT_BATCH = 64,       /* events between open and close, at most */
};

/* The last line: its number (0 in an empty log) and its hash in hex. */
struct ks_audit_head {
    int64_t seq;
    char hash[KS_SHA256_HEX];
};

/* A log that is open for adding; others wait meanwhile. */
struct ks_audit;

/*
 * Opens or creates the log and locks it. A last line that was cut short by a
 * crash or a full disk is removed: nobody was told that it is there. `key`
 * (ed25519 secret, borrowed; NULL: no checkpoints) signs.
 * KS_EIO; KS_EFORMAT when the last line is none of this log's.
 */
enum ks_rc ks_audit_open(struct ks_audit **out, const char *path,
                         const struct ks_sign_key *key, struct ks_err *err);

/*
 * Adds an event, whose members `event`, `id` and `time` are given by the
 * caller; `seq` and `prev` are set in it. Does nothing if one of the last
 * lines has the same id. Not durable before ks_audit_sync().
 */
enum ks_rc ks_audit_add(struct ks_audit *log, struct cJSON *event,
                        struct ks_err *err);

/*
 * Adds a checkpoint if one is due, or if `seal` is set and a line has come
 * since the last one; then writes all to the disk. After a failure the log is
 * as it was at open.
 */
enum ks_rc ks_audit_sync(struct ks_audit *log, bool seal, struct ks_err *err);

/* The last line as of the last sync. */
struct ks_audit_head ks_audit_head_of(const struct ks_audit *log);

/* Unlocks and closes; what was not synced is not there. NULL is allowed. */
void ks_audit_close(struct ks_audit *log);

/* Writes the time now as `time` has it. */
enum { KS_AUDIT_TIME = 25 };
void ks_audit_time(char out[KS_AUDIT_TIME]);

struct ks_audit_expect {
    const struct ks_sign_key
        *key;                  /* whose checkpoints count; NULL: the first's */
    struct ks_audit_head head; /* seq 0: not known */
};

struct ks_audit_result {
    int64_t lines;
    int64_t checkpoints;
    int64_t sealed; /* the last line that a checkpoint vouches for */
    struct ks_audit_head head;
    char key[64]; /* whpk_… of the checkpoints; "" if there are none */
};

/*
 * Reads the whole log. KS_OK if every line is where and what it was; else
 * KS_EFORMAT, naming the first line that is not, and why.
 */
enum ks_rc ks_audit_verify(struct ks_audit_result *out, const char *path,
                           const struct ks_audit_expect *expect,
                           struct ks_err *err);

/* The text that a checkpoint signs; `line` has no `signature`. */
enum ks_rc ks_audit_signed_text(struct ks_buf *out, const struct cJSON *line,
                                struct ks_err *err);

#endif
