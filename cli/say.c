/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/say.h"

#include "report/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 64 * 1024 };

void ks_say(const char *kind, const char *line)
{
    struct ks_buf shown;

    ks_buf_init(&shown, LINE);
    if (ks_utf8_shown(&shown, ks_span_str(line)) == KS_OK)
        (void)fprintf(stderr, "keysweep: %s%.*s\n", kind, (int)shown.len,
                      (const char *)shown.ptr);
    ks_buf_release(&shown);
}

bool ks_is_terminal(int fd)
{
    const char *term = getenv("TERM");

    return isatty(fd) == 1 && term != NULL && *term != '\0' &&
           strcmp(term, "dumb") != 0;
}
