/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h: the keys of the service, its clients, and what it was told, in one
 * SQLite file. Keys and tokens are there as SHA-256 only: both are random over
 * 190 bits, so that a slow hash would add nothing.
 *
 * All functions of a store may be called by any thread, one at a time: whoever
 * shares it locks it. Each change is one transaction with its audit event.
 */
#ifndef KS_KEYSERVICE_STORE_H
#define KS_KEYSERVICE_STORE_H

#include "base/buf.h"
#include "base/hash.h"
#include "revoke/wire/sign.h"

enum { KS_KEY_ID = 32, KS_KEY_TEXT = 48, KS_NAME_MAX = 100 };

/* The one type of token that this service issues and revokes. */
#define KS_KEY_TYPE "keysweep_service_key"

enum ks_role {
    KS_ROLE_NONE,
    KS_ROLE_CHECKER, /* asks whether a key is good */
    KS_ROLE_REVOKER, /* the two endpoints of the contract */
    KS_ROLE_ADMIN,   /* all */
};

bool ks_role_parse(enum ks_role *out, const char *name);

struct ks_store;

/* Opens or creates the service's files in `folder`. */
enum ks_rc ks_store_open(struct ks_store **out, const char *folder,
                         struct ks_err *err);
void ks_store_close(struct ks_store *store);

/* Writes the audit events that wait. */
enum ks_rc ks_store_flush(struct ks_store *store, bool seal,
                          struct ks_err *err);

/*
 * Whether the service's own audit log is whole, up to the last line that the
 * database knows of, and signed with its key. `*lines` counts them. KS_EFORMAT.
 */
enum ks_rc ks_store_verify(int64_t *lines, struct ks_store *store,
                           struct ks_err *err);

/* Who calls. */
struct ks_client {
    char name[KS_NAME_MAX + 1];
    enum ks_role role;
};

/*
 * Adds a client that shows a bearer token, whose text is appended to `token`,
 * or the certificate of that SHA-256 (hex), if not NULL. KS_EINVAL: the name is
 * taken or wrong.
 */
enum ks_rc ks_store_add_client(struct ks_buf *token, struct ks_store *store,
                               const char *name, enum ks_role role,
                               const char *cert_hash, struct ks_err *err);

/* The client of that token, or of that certificate's hash. KS_ENOENT. */
enum ks_rc ks_store_client(struct ks_client *out, struct ks_store *store,
                           struct ks_span token, const char *cert_hash,
                           struct ks_err *err);

/* A new key. Its text is shown this once; wipe it. */
struct ks_new_key {
    char id[KS_KEY_ID];
    char text[KS_KEY_TEXT];
};

enum ks_rc ks_store_create(struct ks_new_key *out, struct ks_store *store,
                           const struct ks_client *by, const char *name,
                           const char *environment, struct ks_err *err);

/* Appends JSON on a key, active or not. KS_ENOENT. */
enum ks_rc ks_store_check(struct ks_buf *out, bool *active,
                          struct ks_store *store, struct ks_span key,
                          struct ks_err *err);

/* Appends {"keys": […]}, without the keys. */
enum ks_rc ks_store_list(struct ks_buf *out, struct ks_store *store,
                         struct ks_err *err);

/* Revokes by id; again is KS_OK. KS_ENOENT. */
enum ks_rc ks_store_revoke_id(struct ks_store *store,
                              const struct ks_client *by, const char *id,
                              struct ks_err *err);

/* A message to revoke tokens. All borrowed. */
struct ks_revocation {
    const char *message; /* webhook-id */
    struct ks_span body; /* as it came, for its hash */
    const char *const *tokens;
    const char *const *locations; /* NULL where there is none */
    size_t count;
};

enum ks_told {
    KS_TOLD_NOW,     /* done */
    KS_TOLD_BEFORE,  /* the same message was done before: its answer again */
    KS_TOLD_DIFFERS, /* the same id with another body: nothing was done */
};

/*
 * Revokes the tokens that are keys of this service, all or none, and remembers
 * the message with its answer, which is appended to `answer`.
 */
enum ks_rc ks_store_revoke(enum ks_told *told, struct ks_buf *answer,
                           struct ks_store *store, const struct ks_client *by,
                           const struct ks_revocation *what,
                           struct ks_err *err);

#endif
