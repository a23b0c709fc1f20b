/* SPDX-License-Identifier: Apache-2.0 */
/* url.h: absolute http and https URLs, strictly read. */
#ifndef KS_NET_URL_H
#define KS_NET_URL_H

#include "base/err.h"

#include <stdbool.h>

enum { KS_URL_HOST = 256, KS_URL_MAX = 2048 };

struct ks_url {
    bool https;
    char host[KS_URL_HOST]; /* lower case, IPv6 without brackets */
    unsigned port;
    const char *path; /* "/…" or "", with its query; borrowed from the text */
};

/*
 * KS_EINVAL for anything but http(s)://host[:port][/path]: other schemes, user
 * names, fragments, control characters, spaces, backslashes.
 */
enum ks_rc ks_url_parse(struct ks_url *out, const char *text,
                        struct ks_err *err);

#endif
