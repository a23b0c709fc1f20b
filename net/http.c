/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "base/secret.h"
#include "net/address.h"
#include "net/curl_api.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEADER_CAP = 64 * 1024, HEAD_BYTES = 128 * 1024 };

struct ks_http {
    const struct ks_curl_api *curl;
    CURL *handle;
    struct ks_http_options options;
};

/* One request under way. */
struct exchange {
    struct ks_http *http;
    struct ks_url url;
    struct ks_http_answer *answer;
    size_t head;         /* bytes of headers so far */
    const char *stopped; /* why a callback ended it; NULL if none did */
    char guarded[128];   /* words of the address guard */
};

enum ks_rc ks_http_new(struct ks_http **out,
                       const struct ks_http_options *options,
                       struct ks_err *err)
{
    const struct ks_curl_api *curl = NULL;
    struct ks_http *http;
    enum ks_rc rc = ks_curl_load(&curl, err);

    if (rc != KS_OK)
        return rc;
    http = calloc(1, sizeof(*http));
    if (http == NULL)
        return ks_fail_memory(err);
    http->curl = curl;
    http->options = *options;
    http->handle = curl->easy_init();
    if (http->handle == NULL) {
        ks_http_free(http);
        return ks_fail_memory(err);
    }
    *out = http;
    return KS_OK;
}

void ks_http_free(struct ks_http *http)
{
    if (http == NULL)
        return;
    if (http->handle != NULL)
        http->curl->easy_cleanup(http->handle);
    free(http);
}

void ks_http_request_init(struct ks_http_request *request, size_t body_cap)
{
    *request = (struct ks_http_request){.method = "GET"};
    for (size_t i = 0; i < KS_HTTP_HEADERS; i++)
        ks_buf_init(&request->headers[i], HEADER_CAP);
    ks_buf_init(&request->body, body_cap);
}

void ks_http_request_wipe(struct ks_http_request *request)
{
    for (size_t i = 0; i < KS_HTTP_HEADERS; i++)
        ks_buf_wipe(&request->headers[i]);
    ks_buf_wipe(&request->body);
    ks_secret_wipe(request->url, sizeof(request->url));
}

enum ks_rc ks_http_add_header(struct ks_http_request *request, const char *name,
                              struct ks_span value, struct ks_err *err)
{
    struct ks_buf *header;

    if (request->header_count == KS_HTTP_HEADERS)
        return ks_fail(err, KS_ELIMIT, "too many headers");
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < 0x20 || value.ptr[i] >= 0x7f)
            return ks_fail(err, KS_EINVAL,
                           "a value for the header %s has a character that "
                           "does not belong there",
                           name);
    header = &request->headers[request->header_count];
    /* At once, so that no copy of a secret is left behind by growing. */
    if (ks_buf_reserve(header, strlen(name) + value.len + 3) != KS_OK ||
        ks_buf_add_str(header, name) != KS_OK ||
        ks_buf_add_str(header, ": ") != KS_OK ||
        ks_buf_add(header, value) != KS_OK || ks_buf_text(header) == NULL)
        return ks_fail(err, KS_ELIMIT, "no room for the header %s", name);
    request->header_count++;
    return KS_OK;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct exchange *exchange = ctx;
    struct ks_span part = {(const uint8_t *)bytes, size * count};

    if (ks_buf_add(&exchange->answer->body, part) == KS_OK)
        return part.len;
    exchange->stopped = "the answer is too large";
    return 0;
}

static void read_retry_after(struct exchange *exchange, struct ks_span line)
{
    static const char name[] = "retry-after:";
    char value[64] = "";
    size_t at = sizeof(name) - 1, len = 0;

    if (line.len < at ||
        strncasecmp((const char *)line.ptr, name, sizeof(name) - 1) != 0)
        return;
    while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t'))
        at++;
    while (at < line.len && line.ptr[at] >= 0x20 && len < sizeof(value) - 1)
        value[len++] = (char)line.ptr[at++];
    while (len > 0 && value[len - 1] == ' ')
        value[--len] = '\0';
    exchange->answer->retry_after = ks_http_retry_after(value, time(NULL));
}

static size_t take_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct exchange *exchange = ctx;
    struct ks_span line = {(const uint8_t *)bytes, size * count};

    exchange->head += line.len;
    if (exchange->head > HEAD_BYTES) {
        exchange->stopped = "the answer's headers are too large";
        return 0;
    }
    read_retry_after(exchange, line);
    return line.len;
}

/* Why this address may not be talked to, or NULL. */
static const char *refused_kind(const struct exchange *exchange,
                                enum ks_address_kind kind)
{
    const struct ks_http_options *options = &exchange->http->options;

    if (!exchange->url.https && kind != KS_ADDRESS_LOOPBACK)
        return "plain HTTP is for loopback addresses only";
    switch (kind) {
    case KS_ADDRESS_PUBLIC:
        return NULL;
    case KS_ADDRESS_LOOPBACK:
    case KS_ADDRESS_PRIVATE:
        return options->trusted_urls
                   ? NULL
                   : "a host that the user did not name must have a public "
                     "address";
    case KS_ADDRESS_LINK_LOCAL:
    case KS_ADDRESS_RESERVED:
        return "nothing is ever sent to such an address";
    }
    return "unknown";
}

/*
 * Asked by libcurl for each address before it connects: the name was resolved
 * by then, so that a name cannot mean one address when it is checked and
 * another when it is used.
 */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct exchange *exchange = ctx;
    enum ks_address_kind kind = ks_address_kind(&address->addr);
    const char *why = refused_kind(exchange, kind);
    int fd;

    (void)purpose;
    /* With a proxy this is the proxy's address, which the user named. */
    if (exchange->http->options.proxy != NULL &&
        kind != KS_ADDRESS_LINK_LOCAL && kind != KS_ADDRESS_RESERVED)
        why = NULL;
    if (why != NULL) {
        (void)snprintf(exchange->guarded, sizeof(exchange->guarded),
                       "%s address: %s", ks_address_kind_name(kind), why);
        return CURL_SOCKET_BAD;
    }
    fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
                address->protocol);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static bool host_allowed(const struct ks_http_options *options,
                         const char *host)
{
    if (options->host_count == 0)
        return true;
    for (size_t i = 0; i < options->host_count; i++)
        if (strcasecmp(options->hosts[i], host) == 0)
            return true;
    return false;
}

static const char *refused_url(const struct ks_http_options *options,
                               const struct ks_url *url)
{
    if (!host_allowed(options, url->host))
        return "the host is not on the list of hosts";
    if (!url->https && !options->plain_loopback)
        return "plain HTTP is refused";
    if (options->proxy != NULL && !options->trusted_urls)
        return "a host that the user did not name is not reached by a proxy";
    return NULL;
}

static void set_fixed_options(struct exchange *exchange)
{
    const struct ks_curl_api *curl = exchange->http->curl;
    CURL *h = exchange->http->handle;
    const char *scheme = exchange->url.https ? "https" : "http";

    (void)curl->easy_setopt(h, CURLOPT_PROTOCOLS_STR, scheme);
    (void)curl->easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    (void)curl->easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl->easy_setopt(h, CURLOPT_MAXREDIRS, 0L);
    (void)curl->easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    (void)curl->easy_setopt(h, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1);
    (void)curl->easy_setopt(h, CURLOPT_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl->easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L);
    (void)curl->easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L);
    (void)curl->easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl->easy_setopt(h, CURLOPT_WRITEDATA, exchange);
    (void)curl->easy_setopt(h, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl->easy_setopt(h, CURLOPT_HEADERDATA, exchange);
    (void)curl->easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    (void)curl->easy_setopt(h, CURLOPT_OPENSOCKETDATA, exchange);
    (void)curl->easy_setopt(h, CURLOPT_ALTSVC_CTRL, 0L);
    (void)curl->easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
}

static CURLcode set_chosen_options(const struct ks_http *http)
{
    const struct ks_http_options *o = &http->options;
    const struct {
        CURLoption option;
        const char *value;
    } texts[] = {
        {CURLOPT_PROXY, o->proxy == NULL ? "" : o->proxy},
        {CURLOPT_CAINFO, o->ca_file},
        {CURLOPT_SSLCERT, o->client_cert},
        {CURLOPT_SSLKEY, o->client_key},
        {CURLOPT_PINNEDPUBLICKEY, o->pin},
    };
    CURLcode code = CURLE_OK;

    (void)http->curl->easy_setopt(
        http->handle, CURLOPT_TIMEOUT_MS,
        (long)(o->timeout_ms == 0 ? KS_HTTP_TIMEOUT_MS : o->timeout_ms));
    (void)http->curl->easy_setopt(
        http->handle, CURLOPT_CONNECTTIMEOUT_MS,
        (long)(o->connect_ms == 0 ? KS_HTTP_CONNECT_MS : o->connect_ms));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].value != NULL && code == CURLE_OK)
            code = http->curl->easy_setopt(http->handle, texts[i].option,
                                           texts[i].value);
    /* A CA of the user's own means no others. */
    if (o->ca_file != NULL && code == CURLE_OK)
        code = http->curl->easy_setopt(http->handle, CURLOPT_CAPATH, NULL);
    return code;
}

static void wipe_list(const struct ks_curl_api *curl, struct curl_slist *list)
{
    for (struct curl_slist *item = list; item != NULL; item = item->next)
        ks_secret_wipe(item->data, strlen(item->data));
    curl->slist_free_all(list);
}

static struct curl_slist *header_list(const struct ks_curl_api *curl,
                                      const struct ks_http_request *request)
{
    /* No "Expect: 100-continue", which would cost a round trip. */
    struct curl_slist *list = curl->slist_append(NULL, "Expect:");

    for (size_t i = 0; i < request->header_count && list != NULL; i++) {
        struct curl_slist *longer =
            curl->slist_append(list, (const char *)request->headers[i].ptr);

        if (longer == NULL) {
            wipe_list(curl, list);
            return NULL;
        }
        list = longer;
    }
    return list;
}

static bool later_may_do(CURLcode code)
{
    static const CURLcode final[] = {
        CURLE_PEER_FAILED_VERIFICATION,
        CURLE_SSL_CERTPROBLEM,
        CURLE_SSL_CACERT_BADFILE,
        CURLE_SSL_PINNEDPUBKEYNOTMATCH,
        CURLE_SSL_CIPHER,
        CURLE_SSL_ISSUER_ERROR,
        CURLE_UNSUPPORTED_PROTOCOL,
        CURLE_URL_MALFORMAT,
        CURLE_WRITE_ERROR,
        CURLE_FILESIZE_EXCEEDED,
        CURLE_OUT_OF_MEMORY,
        CURLE_BAD_FUNCTION_ARGUMENT,
        CURLE_NOT_BUILT_IN,
        CURLE_UNKNOWN_OPTION,
    };

    for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++)
        if (code == final[i])
            return false;
    return true;
}

static void conclude(struct exchange *exchange, CURLcode code)
{
    const struct ks_curl_api *curl = exchange->http->curl;
    struct ks_http_answer *answer = exchange->answer;
    const char *why = curl->easy_strerror(code);
    long status = 0;

    (void)curl->easy_getinfo(exchange->http->handle, CURLINFO_RESPONSE_CODE,
                             &status);
    if (code == CURLE_OK && status >= 100 && status <= 599) {
        answer->end = KS_HTTP_ANSWERED;
        answer->status = (unsigned)status;
        return;
    }
    answer->end = later_may_do(code) ? KS_HTTP_FAILED : KS_HTTP_REFUSED;
    if (exchange->stopped != NULL) {
        answer->end = KS_HTTP_REFUSED;
        why = exchange->stopped;
    } else if (exchange->guarded[0] != '\0') {
        answer->end = KS_HTTP_REFUSED;
        why = exchange->guarded;
    } else if (code == CURLE_OK) {
        answer->end = KS_HTTP_FAILED;
        why = "not an HTTP answer";
    }
    (void)snprintf(answer->why, sizeof(answer->why), "%s: %s",
                   exchange->url.host, why);
}

static enum ks_rc perform(struct exchange *exchange,
                          const struct ks_http_request *request,
                          struct ks_err *err)
{
    const struct ks_curl_api *curl = exchange->http->curl;
    CURL *h = exchange->http->handle;
    struct curl_slist *headers = header_list(curl, request);
    CURLcode code;

    if (headers == NULL)
        return ks_fail_memory(err);
    curl->easy_reset(h);
    set_fixed_options(exchange);
    code = set_chosen_options(exchange->http);
    (void)curl->easy_setopt(h, CURLOPT_URL, request->url);
    (void)curl->easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    if (request->has_body) {
        (void)curl->easy_setopt(h, CURLOPT_POST, 1L);
        (void)curl->easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE,
                                (curl_off_t)request->body.len);
        (void)curl->easy_setopt(
            h, CURLOPT_POSTFIELDS,
            request->body.ptr == NULL ? "" : (const char *)request->body.ptr);
    }
    (void)curl->easy_setopt(h, CURLOPT_CUSTOMREQUEST, request->method);
    if (code == CURLE_OK)
        code = curl->easy_perform(h);
    conclude(exchange, code);
    curl->easy_reset(h);
    wipe_list(curl, headers);
    return KS_OK;
}

enum ks_rc ks_http_send(struct ks_http_answer *out, struct ks_http *http,
                        const struct ks_http_request *request,
                        struct ks_err *err)
{
    struct ks_http_answer answer = {.retry_after = -1};
    struct exchange exchange = {.http = http, .answer = &answer};
    size_t cap = http->options.answer_cap;
    const char *why;
    enum ks_rc rc = ks_url_parse(&exchange.url, request->url, err);

    if (rc != KS_OK)
        return rc;
    ks_buf_init(&answer.body, cap == 0 ? KS_HTTP_ANSWER_CAP : cap);
    why = refused_url(&http->options, &exchange.url);
    if (why != NULL) {
        answer.end = KS_HTTP_REFUSED;
        (void)snprintf(answer.why, sizeof(answer.why), "%.120s: %s",
                       exchange.url.host, why);
    } else {
        rc = perform(&exchange, request, err);
    }
    if (rc != KS_OK) {
        ks_http_answer_release(&answer);
        return rc;
    }
    *out = answer;
    return KS_OK;
}

void ks_http_answer_release(struct ks_http_answer *answer)
{
    ks_buf_wipe(&answer->body);
}
