/* SPDX-License-Identifier: Apache-2.0 */
/* curl_api.h: libcurl's functions, found when they are first needed. */
#ifndef KS_NET_CURL_API_H
#define KS_NET_CURL_API_H

#include "base/err.h"

#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

struct ks_curl_api {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *handle);
    void (*easy_reset)(CURL *handle);
    CURLcode (*easy_setopt)(CURL *handle, CURLoption option, ...);
    CURLcode (*easy_perform)(CURL *handle);
    CURLcode (*easy_getinfo)(CURL *handle, CURLINFO info, ...);
    const char *(*easy_strerror)(CURLcode code);
    struct curl_slist *(*slist_append)(struct curl_slist *list,
                                       const char *text);
    void (*slist_free_all)(struct curl_slist *list);
};

/* Loads once; later calls give the same. Thread-safe. KS_ENOENT. */
enum ks_rc ks_curl_load(const struct ks_curl_api **out, struct ks_err *err);

#endif
