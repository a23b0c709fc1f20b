/* SPDX-License-Identifier: Apache-2.0 */
/* server.h: the service on the network, over TLS (libmicrohttpd). */
#ifndef KS_KEYSERVICE_SERVER_H
#define KS_KEYSERVICE_SERVER_H

#include "keyservice/api.h"

struct ks_server_options {
    const char *host;               /* address to listen on */
    unsigned port;                  /* 0: any that is free */
    const char *cert_pem, *key_pem; /* texts */
    const char *client_ca_pem;      /* text; NULL: no client certificates */
};

struct ks_server;

/* Starts; the options and `api` must live until it is stopped. KS_EIO. */
enum ks_rc ks_server_start(struct ks_server **out,
                           const struct ks_server_options *options,
                           struct ks_api *api, struct ks_err *err);

/* The port that it listens on. */
unsigned ks_server_port(const struct ks_server *server);

/* Writes audit events that wait; to be called now and then. */
enum ks_rc ks_server_flush(struct ks_server *server, bool seal,
                           struct ks_err *err);

/* Finishes the requests under way. */
void ks_server_stop(struct ks_server *server);

#endif
