/* SPDX-License-Identifier: Apache-2.0 */
#include "net/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The URL itself is not shown, for it may hold a secret. */
static enum ks_rc wrong(const char *why, struct ks_err *err)
{
    return ks_fail(err, KS_EINVAL, "not a usable URL: %s", why);
}

static bool plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= 0x20 || *text >= 0x7f || strchr("\\\"<>^`{|}#", *text))
            return false;
    return true;
}

/* Reads the host; `*rest` is what stands behind it. */
static bool read_host(struct ks_url *url, const char *text, const char **rest)
{
    bool bracketed = text[0] == '[';
    size_t len;

    text += bracketed ? 1 : 0;
    len = strspn(text, bracketed ? "0123456789abcdefABCDEF:."
                                 : "abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789.-_");
    if (len == 0 || len >= sizeof(url->host) || text[0] == '-' ||
        (bracketed && text[len] != ']'))
        return false;
    for (size_t i = 0; i < len; i++)
        url->host[i] = (char)tolower((unsigned char)text[i]);
    url->host[len] = '\0';
    *rest = text + len + (bracketed ? 1 : 0);
    return true;
}

static bool read_port(struct ks_url *url, const char **rest)
{
    char *end = NULL;
    unsigned long port;

    url->port = url->https ? 443 : 80;
    if (**rest != ':')
        return true;
    if (!isdigit((unsigned char)(*rest)[1]))
        return false;
    port = strtoul(*rest + 1, &end, 10);
    if (port == 0 || port > 65535)
        return false;
    url->port = (unsigned)port;
    *rest = end;
    return true;
}

enum ks_rc ks_url_parse(struct ks_url *out, const char *text,
                        struct ks_err *err)
{
    struct ks_url url = {0};
    const char *rest;

    if (strlen(text) >= KS_URL_MAX)
        return wrong("too long", err);
    if (!plain(text))
        return wrong("characters that must be percent-encoded", err);
    if (strncmp(text, "https://", 8) == 0)
        url.https = true;
    else if (strncmp(text, "http://", 7) != 0)
        return wrong("it begins with neither https:// nor http://", err);
    if (!read_host(&url, text + (url.https ? 8 : 7), &rest))
        return wrong("it names no host", err);
    if (!read_port(&url, &rest))
        return wrong("what follows the host is no port", err);
    if (*rest != '\0' && *rest != '/')
        return wrong("what follows the host is no path", err);
    url.path = rest;
    *out = url;
    return KS_OK;
}
