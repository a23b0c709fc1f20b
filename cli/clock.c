/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/clock.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

static const long long latest = 253402300799; /* 9999-12-31T23:59:59Z */

enum ks_rc ks_clock_now(int64_t *out, struct ks_err *err)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    long long seconds;
    char *end;

    if (text == NULL || *text == '\0') {
        *out = (int64_t)time(NULL);
        return KS_OK;
    }
    errno = 0;
    seconds = strtoll(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0 ||
        seconds > latest)
        return ks_fail(err, KS_EINVAL,
                       "SOURCE_DATE_EPOCH: '%s' is no number of seconds "
                       "(hint: unset it to use the time of day)",
                       text);
    *out = seconds;
    return KS_OK;
}
