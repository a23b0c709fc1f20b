/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel.h: one way to have a secret revoked or to tell of it. Each kind is
 * one file, ch_*.c, and one line in channel.c. A kind only writes a request and
 * reads the answer: it never connects, and nothing is ever run.
 */
#ifndef KS_REVOKE_CHANNEL_H
#define KS_REVOKE_CHANNEL_H

#include "net/http.h"
#include "revoke/config.h"

enum { KS_BODY_CAP = 8 * 1024 * 1024 };

/* One secret of a message; all borrowed. */
struct ks_item {
    struct ks_span secret;
    const char *type;     /* of revocation */
    const char *location; /* a place for people: "path:line" or with a commit */
};

/* What is sent at once; all borrowed. */
struct ks_message {
    const char *id; /* webhook-id, constant over retries */
    int64_t now;    /* Unix seconds of this attempt */
    const struct ks_item *items;
    size_t item_count;
    struct ks_span payload; /* of channels that tell: the whole body */
    unsigned step;          /* 0, then 1 … for kinds of several requests */
    struct ks_span before;  /* body of the answer to the step before */
    bool preview; /* for a plan: files with credentials are not read */
};

/* What an answer means. */
enum ks_outcome {
    KS_OUTCOME_DONE,    /* accepted */
    KS_OUTCOME_GONE,    /* the secret was not valid any more: done as well */
    KS_OUTCOME_NEXT,    /* the next step */
    KS_OUTCOME_RETRY,   /* later */
    KS_OUTCOME_REFUSED, /* for good */
    KS_OUTCOME_DISABLED /* the receiver wants nothing more (410) */
};

struct ks_channel_kind {
    const char *name;
    const char *summary;
    bool revokes;    /* false: only tells */
    bool reversible; /* what it does can be undone */
    unsigned batch_max;
    const char *default_url; /* NULL: must be configured */

    /* What the configuration lacks, in words, or NULL. NULL: nothing. */
    const char *(*check)(const struct ks_channel *channel);
    /* Fills an initialised request, whatever the secret's bytes are. */
    enum ks_rc (*build)(struct ks_http_request *out,
                        const struct ks_channel *channel,
                        const struct ks_message *message, struct ks_err *err);
    /* NULL: by ks_outcome_of_status(). */
    enum ks_outcome (*judge)(const struct ks_message *message,
                             const struct ks_http_answer *answer);
    /* Which bytes of a finding it wants; NULL: the secret. An empty span: none.
     * Borrowed from the finding. */
    struct ks_span (*pick)(const struct ks_finding *finding);
};

const struct ks_channel_kind *const *ks_channel_kinds(size_t *count);
const struct ks_channel_kind *ks_channel_kind_find(const char *name);

/* 2xx done; 408, 409, 425, 429 and 5xx later; 410 disabled; else refused. */
enum ks_outcome ks_outcome_of_status(unsigned status);

/* Helpers of the kinds. */

/* Sets the URL to the channel's, without a slash at its end, and `path`. */
enum ks_rc ks_channel_url(struct ks_http_request *out,
                          const struct ks_channel *channel, const char *path,
                          struct ks_err *err);

/* Adds "<header>: <scheme><text of the file>"; nothing if `file` is NULL. */
enum ks_rc ks_channel_authorize(struct ks_http_request *out,
                                const struct ks_message *message,
                                const char *header, const char *scheme,
                                const char *file, struct ks_err *err);

/* Adds "<header>: <scheme><secret>". */
enum ks_rc ks_channel_present(struct ks_http_request *out, const char *header,
                              const char *scheme, struct ks_span secret,
                              struct ks_err *err);

/* The same for a request that is a POST with a body. */
enum ks_rc ks_channel_post(struct ks_http_request *out,
                           const struct ks_channel *channel, const char *path,
                           struct ks_err *err);

/* Adds a header of fixed text. */
enum ks_rc ks_channel_header(struct ks_http_request *out, const char *name,
                             const char *value, struct ks_err *err);

/* Adds the headers of Standard Webhooks with the channel's signing keys. */
enum ks_rc ks_channel_sign(struct ks_http_request *out,
                           const struct ks_channel *channel,
                           const struct ks_message *message,
                           struct ks_err *err);

/* Appends application/x-www-form-urlencoded text. */
enum ks_rc ks_channel_add_form(struct ks_buf *out, struct ks_span text);

/* Makes room for a body of these items, so that it never moves. */
enum ks_rc ks_channel_reserve(struct ks_buf *body,
                              const struct ks_message *message,
                              struct ks_err *err);

extern const struct ks_channel_kind ks_ch_key_service;
extern const struct ks_channel_kind ks_ch_webhook;
extern const struct ks_channel_kind ks_ch_github_partner;
extern const struct ks_channel_kind ks_ch_github;
extern const struct ks_channel_kind ks_ch_gitlab;
extern const struct ks_channel_kind ks_ch_slack;
extern const struct ks_channel_kind ks_ch_oauth;
extern const struct ks_channel_kind ks_ch_vault;
extern const struct ks_channel_kind ks_ch_aws;

/* Appends what stands for one item in a JSON array. */
typedef enum ks_rc ks_channel_item(struct ks_buf *body,
                                   const struct ks_item *item);

/* Fills a body with `head`, all items with commas between, and `tail`. */
enum ks_rc ks_channel_list(struct ks_buf *body,
                           const struct ks_message *message, const char *head,
                           ks_channel_item *add, const char *tail,
                           struct ks_err *err);

#endif
