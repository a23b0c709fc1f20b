/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.h: what may be revoked, by whom, and where that is written down.
 * Read from a file that the user names; never from a scanned repository.
 */
#ifndef KS_REVOKE_CONFIG_H
#define KS_REVOKE_CONFIG_H

#include "base/arena.h"
#include "base/hash.h"
#include "scanner/finding.h"

struct ks_channel_kind;

/* One receiver. All paths are of the file system; secrets are only in files. */
struct ks_channel {
    const char *name;
    const struct ks_channel_kind *kind;
    const char *url;
    const char *token_file; /* bearer token, or what the kind uses it for */
    struct ks_texts signing_keys;   /* files: whsec_…, whsk_… */
    const char *key_file;           /* PEM: the private key of github-partner */
    const char *key_identifier;     /* of github-partner */
    const char *access_key_file;    /* of aws */
    const char *secret_key_file;    /* of aws */
    const char *region;             /* of aws */
    const char *client_id;          /* of oauth */
    const char *client_secret_file; /* of oauth */
    const char *token_type_hint;    /* of oauth */
    const char *ca_file;
    const char *client_cert;
    const char *client_key;
    const char *pin;
    const char *proxy;
    struct ks_texts hosts; /* the only hosts; of the URL without */
    bool plain_loopback;   /* http:// to loopback is allowed */
    unsigned timeout_ms;
    unsigned batch;      /* secrets in a request, at most */
    unsigned per_minute; /* requests, at most; 0: no limit */
};

/* Where findings go: the first route that fits. */
struct ks_route {
    struct ks_texts rules; /* ids; empty: any */
    struct ks_texts types; /* of revocation; empty: any */
    const char *channel;
};

struct ks_revoke_policy {
    unsigned min_confidence; /* thousandths */
    enum ks_proof min_proof;
    struct ks_texts rules;        /* ids allowed; empty: all */
    struct ks_texts notify_only;  /* ids that are told of, never revoked */
    struct ks_texts environments; /* allowed; empty: "production" */
    unsigned max_per_run;         /* default 20 */
};

enum { KS_RETRIES_MAX = 32 };

struct ks_revoke_config {
    struct ks_arena arena;
    const char *spool;     /* file of the database; NULL: none */
    const char *spool_key; /* file: 32 bytes in hex or base64 */
    const char *audit_log;
    const char *audit_key;     /* file: whsk_…; NULL: no checkpoints */
    unsigned plan_ttl_ms;      /* how long a plan may be sent */
    unsigned breaker_failures; /* in a row until a host is left alone */
    unsigned breaker_ms;       /* for how long */
    unsigned retry_ms[KS_RETRIES_MAX];
    size_t retries;
    struct ks_revoke_policy policy;
    const struct ks_channel *channels;
    size_t channel_count;
    const struct ks_route *routes;
    size_t route_count;
    struct ks_texts notify;   /* names of channels */
    char hash[KS_SHA256_HEX]; /* over the file */
};

/*
 * Reads the file. KS_EFORMAT with file, line and column for whatever is
 * unknown, missing or contradictory; KS_ENOENT, KS_EIO.
 * Free with ks_revoke_config_free().
 */
enum ks_rc ks_revoke_config_load(struct ks_revoke_config **out,
                                 const char *path, struct ks_err *err);
void ks_revoke_config_free(struct ks_revoke_config *config);

/* The channel of that name, or NULL. */
const struct ks_channel *
ks_revoke_config_channel(const struct ks_revoke_config *config,
                         const char *name);

/* Where a rule's secrets go; NULL: nowhere. `type` may be NULL. */
const struct ks_channel *
ks_revoke_config_route(const struct ks_revoke_config *config, const char *rule,
                       const char *type);

/* Whether the list has the text; "*" in a list fits all. */
bool ks_texts_hold(struct ks_texts texts, const char *text);

#endif
