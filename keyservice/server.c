/* SPDX-License-Identifier: Apache-2.0 */
#include "keyservice/server.h"

#include "base/hash.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS = 256, TIMEOUT = 30, THREADS = 2, HEADERS = 64 * 1024 };

/* TLS 1.2 and 1.3 only. */
static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

struct ks_server {
    struct MHD_Daemon *daemon;
    struct ks_api *api;
    pthread_mutex_t lock; /* of the store */
    bool takes_certs;
};

/* A request whose body is still coming. */
struct incoming {
    struct ks_buf body;
    bool too_large;
};

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* The hash of a client certificate that its CA vouches for; else false. */
static bool cert_hash(char out[KS_SHA256_HEX],
                      struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    const gnutls_datum_t *chain;
    gnutls_session_t session;
    uint8_t digest[KS_SHA256_LEN];
    unsigned count = 0, status = 0;

    if (info == NULL || info->tls_session == NULL)
        return false;
    session = (gnutls_session_t)info->tls_session;
    chain = gnutls_certificate_get_peers(session, &count);
    if (chain == NULL || count == 0 ||
        gnutls_certificate_verify_peers2(session, &status) !=
            GNUTLS_E_SUCCESS ||
        status != 0)
        return false;
    ks_sha256(digest, (struct ks_span){chain[0].data, chain[0].size});
    ks_hex(out, digest, sizeof(digest));
    return true;
}

static enum MHD_Result send_reply(struct MHD_Connection *connection,
                                  struct ks_reply *reply)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        reply->body.len, reply->body.ptr, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, "Content-Type", reply->type);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options",
                                  "nosniff");
    result = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer(struct ks_server *server,
                              struct MHD_Connection *connection,
                              const char *method, const char *path,
                              const struct incoming *incoming)
{
    char hash[KS_SHA256_HEX];
    struct ks_call call = {
        .method = method,
        .path = path,
        .authorization = header(connection, "Authorization"),
        .idempotency_key = header(connection, "Idempotency-Key"),
        .content_type = header(connection, "Content-Type"),
        .webhook_id = header(connection, "webhook-id"),
        .webhook_timestamp = header(connection, "webhook-timestamp"),
        .webhook_signature = header(connection, "webhook-signature"),
        .body = ks_buf_span(&incoming->body),
    };
    struct ks_reply reply;
    enum MHD_Result result;

    if (server->takes_certs && cert_hash(hash, connection))
        call.cert_hash = hash;
    (void)pthread_mutex_lock(&server->lock);
    ks_api_answer(&reply, server->api, &call);
    (void)pthread_mutex_unlock(&server->lock);
    result = send_reply(connection, &reply);
    ks_buf_wipe(&reply.body);
    return result;
}

static enum MHD_Result refuse_large(struct MHD_Connection *connection)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result =
        MHD_queue_response(connection, MHD_HTTP_CONTENT_TOO_LARGE, response);

    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result begin(void **state)
{
    struct incoming *incoming = calloc(1, sizeof(*incoming));

    if (incoming == NULL)
        return MHD_NO;
    ks_buf_init(&incoming->body, KS_API_BODY);
    *state = incoming;
    return MHD_YES;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection,
                                  const char *path, const char *method,
                                  const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct incoming *incoming = *state;

    (void)version;
    if (incoming == NULL)
        return begin(state);
    if (*size > 0) {
        struct ks_span part = {(const uint8_t *)data, *size};

        if (!incoming->too_large && ks_buf_add(&incoming->body, part) != KS_OK)
            incoming->too_large = true;
        *size = 0;
        return MHD_YES;
    }
    if (incoming->too_large)
        return refuse_large(connection);
    return answer(ctx, connection, method, path, incoming);
}

static void on_end(void *ctx, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code)
{
    struct incoming *incoming = *state;

    (void)ctx;
    (void)connection;
    (void)code;
    if (incoming == NULL)
        return;
    ks_buf_wipe(&incoming->body);
    free(incoming);
    *state = NULL;
}

static struct MHD_Daemon *start(struct ks_server *server,
                                const struct ks_server_options *options,
                                const struct sockaddr_in *address)
{
    /* MHD takes texts that are not const and does not change them. */
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_end, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, THREADS, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADERS, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    if (options->client_ca_pem != NULL)
        return MHD_start_daemon(
            MHD_USE_TLS | MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL,
            on_request, server, MHD_OPTION_ARRAY, items, MHD_OPTION_SOCK_ADDR,
            address, MHD_OPTION_HTTPS_MEM_CERT, options->cert_pem,
            MHD_OPTION_HTTPS_MEM_KEY, options->key_pem,
            MHD_OPTION_HTTPS_PRIORITIES, priorities, MHD_OPTION_HTTPS_MEM_TRUST,
            options->client_ca_pem, MHD_OPTION_END);
    return MHD_start_daemon(
        MHD_USE_TLS | MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request,
        server, MHD_OPTION_ARRAY, items, MHD_OPTION_SOCK_ADDR, address,
        MHD_OPTION_HTTPS_MEM_CERT, options->cert_pem, MHD_OPTION_HTTPS_MEM_KEY,
        options->key_pem, MHD_OPTION_HTTPS_PRIORITIES, priorities,
        MHD_OPTION_END);
}

enum ks_rc ks_server_start(struct ks_server **out,
                           const struct ks_server_options *options,
                           struct ks_api *api, struct ks_err *err)
{
    struct ks_server *server = calloc(1, sizeof(*server));
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)options->port)};

    if (server == NULL)
        return ks_fail_memory(err);
    server->api = api;
    server->takes_certs = options->client_ca_pem != NULL;
    (void)pthread_mutex_init(&server->lock, NULL);
    if (inet_pton(AF_INET, options->host, &address.sin_addr) != 1) {
        ks_server_stop(server);
        return ks_fail(err, KS_EINVAL, "not an IPv4 address: %s",
                       options->host);
    }
    server->daemon = start(server, options, &address);
    if (server->daemon == NULL) {
        ks_server_stop(server);
        return ks_fail(err, KS_EIO, "cannot listen on %s:%u", options->host,
                       options->port);
    }
    *out = server;
    return KS_OK;
}

unsigned ks_server_port(const struct ks_server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info == NULL ? 0 : info->port;
}

enum ks_rc ks_server_flush(struct ks_server *server, bool seal,
                           struct ks_err *err)
{
    enum ks_rc rc;

    (void)pthread_mutex_lock(&server->lock);
    rc = ks_store_flush(server->api->store, seal, err);
    (void)pthread_mutex_unlock(&server->lock);
    return rc;
}

void ks_server_stop(struct ks_server *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}
