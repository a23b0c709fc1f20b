/* SPDX-License-Identifier: Apache-2.0 */
/* api.h: the requests that the service answers; no network here. */
#ifndef KS_KEYSERVICE_API_H
#define KS_KEYSERVICE_API_H

#include "keyservice/store.h"

enum {
    KS_API_BODY = 1024 * 1024,        /* bytes of a request's body, at most */
    KS_API_ANSWER = 64 * 1024 * 1024, /* bytes of an answer, at most */
    KS_API_KEYS = 8,
};

/* What a request says. All borrowed; a header that is not there is NULL. */
struct ks_call {
    const char *method, *path;
    const char *authorization, *idempotency_key, *content_type;
    const char *webhook_id, *webhook_timestamp, *webhook_signature;
    const char *cert_hash; /* of a client certificate that was verified */
    struct ks_span body;
};

struct ks_reply {
    unsigned status;
    const char *type; /* of the body */
    struct ks_buf body;
};

/* The service: one call at a time. */
struct ks_api {
    struct ks_store *store;
    struct ks_sign_key keys[KS_API_KEYS]; /* of senders; any may have signed */
    size_t key_count;                     /* 0: signatures are not asked for */
};

/* Answers; never fails. The caller releases the body. */
void ks_api_answer(struct ks_reply *reply, const struct ks_api *api,
                   const struct ks_call *call);

#endif
