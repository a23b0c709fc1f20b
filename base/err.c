/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

enum ks_rc ks_fail(struct ks_err *err, enum ks_rc rc, const char *format, ...)
{
    if (err != NULL) {
        va_list args;

        va_start(args, format);
        (void)vsnprintf(err->text, sizeof(err->text), format, args);
        va_end(args);
    }
    return rc;
}

enum ks_rc ks_fail_memory(struct ks_err *err)
{
    return ks_fail(err, KS_ENOMEM, "out of memory");
}

enum ks_rc ks_fail_within(struct ks_err *err, enum ks_rc rc, const char *format,
                          ...)
{
    struct ks_err inner;
    int used;
    va_list args;

    if (err == NULL)
        return rc;
    inner = *err;
    va_start(args, format);
    used = vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    if (used >= 0 && (size_t)used < sizeof(err->text))
        (void)snprintf(err->text + used, sizeof(err->text) - (size_t)used,
                       ": %s", inner.text);
    return rc;
}
