/* SPDX-License-Identifier: Apache-2.0 */
#include "report/pen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PENDING = 64 * 1024, LINE = 512 };

void ks_pen_init(struct ks_pen *pen, const struct ks_report_out *out,
                 struct ks_err *err)
{
    *pen = (struct ks_pen){.out = out, .err = err};
    ks_buf_init(&pen->pending, PENDING);
    ks_pen_fail(pen, ks_buf_reserve(&pen->pending, PENDING));
}

static void flush(struct ks_pen *pen)
{
    if (pen->rc == KS_OK && pen->pending.len > 0)
        pen->rc = pen->out->write(pen->out->ctx, ks_buf_span(&pen->pending),
                                  pen->err);
    ks_buf_clear(&pen->pending);
}

void ks_pen_bytes(struct ks_pen *pen, struct ks_span bytes)
{
    if (pen->rc != KS_OK)
        return;
    if (bytes.len > PENDING - pen->pending.len)
        flush(pen);
    if (pen->rc == KS_OK && bytes.len > PENDING)
        pen->rc = pen->out->write(pen->out->ctx, bytes, pen->err);
    else if (pen->rc == KS_OK)
        ks_pen_fail(pen, ks_buf_add(&pen->pending, bytes));
}

void ks_pen_str(struct ks_pen *pen, const char *text)
{
    ks_pen_bytes(pen, ks_span_str(text));
}

void ks_pen_byte(struct ks_pen *pen, uint8_t byte)
{
    ks_pen_bytes(pen, (struct ks_span){&byte, 1});
}

void ks_pen_printf(struct ks_pen *pen, const char *format, ...)
{
    char line[LINE];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof(line))
        ks_pen_fail(pen, KS_ELIMIT);
    else
        ks_pen_bytes(pen, ks_span_str(line));
}

void ks_pen_fail(struct ks_pen *pen, enum ks_rc rc)
{
    if (pen->rc != KS_OK || rc == KS_OK)
        return;
    pen->rc = rc == KS_ENOMEM ? ks_fail_memory(pen->err)
                              : ks_fail(pen->err, rc,
                                        "a report line is too "
                                        "long");
}

enum ks_rc ks_pen_finish(struct ks_pen *pen)
{
    flush(pen);
    ks_buf_wipe(&pen->pending);
    return pen->rc;
}
