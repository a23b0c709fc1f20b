/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.h: one HTTP request at a time, over libcurl.
 *
 * libcurl and the thirty libraries behind it are loaded (dlopen) when the first
 * client is made, not when the program starts: they cost 3 ms, which a hook
 * that never talks to the network does not pay. An installation therefore
 * needs libcurl.so.4 only for revocation, and its packages must name it.
 *
 * TLS 1.2 or later, verified; no redirects; no proxy, .netrc or cookies unless
 * the options say so; only http and https.
 */
#ifndef KS_NET_HTTP_H
#define KS_NET_HTTP_H

#include "base/buf.h"
#include "net/url.h"

enum {
    KS_HTTP_HEADERS = 16,
    KS_HTTP_ANSWER_CAP = 1024 * 1024,
    KS_HTTP_TIMEOUT_MS = 20000,
    KS_HTTP_CONNECT_MS = 10000,
};

/* Zero means the default. All borrowed as long as the client lives. */
struct ks_http_options {
    const char *ca_file;      /* PEM; the system's without */
    const char *client_cert;  /* PEM */
    const char *client_key;   /* PEM */
    const char *pin;          /* "sha256//…" of the server's public key */
    const char *proxy;        /* URL; none without */
    const char *const *hosts; /* the only hosts it talks to; NULL: any */
    size_t host_count;
    unsigned timeout_ms, connect_ms;
    size_t answer_cap; /* bytes of an answer's body */
    /* The URLs are the user's own: private and loopback addresses are fine. */
    bool trusted_urls;
    bool plain_loopback; /* http:// is allowed, to loopback addresses only */
};

/*
 * A request. The buffers belong to whoever made it and may hold secrets: end it
 * with ks_http_request_wipe().
 */
struct ks_http_request {
    const char *method; /* such as "POST" */
    char url[KS_URL_MAX];
    struct ks_buf headers[KS_HTTP_HEADERS]; /* "Name: value", no line end */
    size_t header_count;
    struct ks_buf body;
    bool has_body;
};

/* What became of a request, as far as the network is concerned. */
enum ks_http_end {
    KS_HTTP_ANSWERED, /* `status` is set */
    KS_HTTP_FAILED,   /* may go better later: time-out, reset, no such host */
    KS_HTTP_REFUSED,  /* will not: address, certificate, answer too large */
};

/* End it with ks_http_answer_release(). */
struct ks_http_answer {
    enum ks_http_end end;
    char why[256];       /* words, unless answered */
    unsigned status;     /* such as 202 */
    int64_t retry_after; /* seconds from now, −1 without that header */
    struct ks_buf body;
};

/* One thread at a time; keeps its connections open. */
struct ks_http;

enum ks_rc ks_http_new(struct ks_http **out,
                       const struct ks_http_options *options,
                       struct ks_err *err);
void ks_http_free(struct ks_http *http);

/* An empty request; `body_cap` bounds its body. */
void ks_http_request_init(struct ks_http_request *request, size_t body_cap);
void ks_http_request_wipe(struct ks_http_request *request);

/*
 * Adds "name: value". KS_EINVAL if the value has control characters, KS_ELIMIT.
 */
enum ks_rc ks_http_add_header(struct ks_http_request *request, const char *name,
                              struct ks_span value, struct ks_err *err);

/*
 * Sends and waits. Fails only when the request could not be made at all
 * (KS_EINVAL, KS_ENOMEM); everything else is the answer's `end`.
 */
enum ks_rc ks_http_send(struct ks_http_answer *out, struct ks_http *http,
                        const struct ks_http_request *request,
                        struct ks_err *err);
void ks_http_answer_release(struct ks_http_answer *answer);

/*
 * Seconds from `now` that a Retry-After value asks for: a number or a date
 * (RFC 9110, 10.2.3); −1 if it is neither.
 */
int64_t ks_http_retry_after(const char *value, int64_t now);

#endif
