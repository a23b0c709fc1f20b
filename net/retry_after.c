/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONGEST = 7 * 24 * 3600 };

/* The three forms of RFC 9110, 5.6.7; years of two digits count as 2000 ff. */
static bool read_date(int64_t *out, const char *value)
{
    static const char *const forms[] = {
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    };

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct tm utc = {0};
        const char *end = strptime(value, forms[i], &utc);

        if (end != NULL && *end == '\0') {
            *out = timegm(&utc);
            return true;
        }
    }
    return false;
}

int64_t ks_http_retry_after(const char *value, int64_t now)
{
    int64_t seconds;

    if (isdigit((unsigned char)value[0])) {
        char *end = NULL;
        unsigned long long number = strtoull(value, &end, 10);

        if (*end != '\0')
            return -1;
        return number > LONGEST ? LONGEST : (int64_t)number;
    }
    if (!read_date(&seconds, value))
        return -1;
    seconds -= now;
    if (seconds < 0)
        return 0;
    return seconds > LONGEST ? LONGEST : seconds;
}
