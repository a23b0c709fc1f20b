/* SPDX-License-Identifier: Apache-2.0 */
#include "net/curl_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

struct loaded {
    struct ks_curl_api api;
    const char *missing; /* NULL if all is there */
};

static struct loaded loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct {
    const char *name;
    size_t at; /* offset in struct ks_curl_api */
} names[] = {
    {"curl_global_init", offsetof(struct ks_curl_api, global_init)},
    {"curl_easy_init", offsetof(struct ks_curl_api, easy_init)},
    {"curl_easy_cleanup", offsetof(struct ks_curl_api, easy_cleanup)},
    {"curl_easy_reset", offsetof(struct ks_curl_api, easy_reset)},
    {"curl_easy_setopt", offsetof(struct ks_curl_api, easy_setopt)},
    {"curl_easy_perform", offsetof(struct ks_curl_api, easy_perform)},
    {"curl_easy_getinfo", offsetof(struct ks_curl_api, easy_getinfo)},
    {"curl_easy_strerror", offsetof(struct ks_curl_api, easy_strerror)},
    {"curl_slist_append", offsetof(struct ks_curl_api, slist_append)},
    {"curl_slist_free_all", offsetof(struct ks_curl_api, slist_free_all)},
};

static void load(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        loaded.missing = "libcurl.so.4";
        return;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        void *symbol = dlsym(library, names[i].name);

        if (symbol == NULL) {
            loaded.missing = names[i].name;
            return;
        }
        memcpy((char *)&loaded.api + names[i].at, &symbol, sizeof(symbol));
    }
    /* libcurl would write the keys of its connections to this file. */
    (void)unsetenv("SSLKEYLOGFILE");
    if (loaded.api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        loaded.missing = "a working libcurl";
}

enum ks_rc ks_curl_load(const struct ks_curl_api **out, struct ks_err *err)
{
    (void)pthread_once(&once, load);
    if (loaded.missing != NULL)
        return ks_fail(err, KS_ENOENT,
                       "talking to a service needs %s: install libcurl4",
                       loaded.missing);
    *out = &loaded.api;
    return KS_OK;
}
