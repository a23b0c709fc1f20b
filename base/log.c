/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE = 2048 };

void ks_log(const struct ks_log *log, enum ks_log_level level,
            const char *format, ...)
{
    char line[LINE];
    va_list args;

    if (log == NULL || level > log->level)
        return;
    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    log->write(log->ctx, level, line);
}
