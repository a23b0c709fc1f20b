/* SPDX-License-Identifier: Apache-2.0 */
/* pen.h: buffered writing that remembers its first failure. */
#ifndef KS_REPORT_PEN_H
#define KS_REPORT_PEN_H

#include "report/report.h"

/*
 * Writes run by run to `out`. After a failure every further call does nothing,
 * so that writers need not look at each result; ks_pen_finish tells it.
 */
struct ks_pen {
    const struct ks_report_out *out;
    struct ks_buf pending;
    enum ks_rc rc;
    struct ks_err *err;
};

/* `out` and `err` are borrowed until ks_pen_finish. */
void ks_pen_init(struct ks_pen *pen, const struct ks_report_out *out,
                 struct ks_err *err);

void ks_pen_bytes(struct ks_pen *pen, struct ks_span bytes);
void ks_pen_str(struct ks_pen *pen, const char *text);
void ks_pen_byte(struct ks_pen *pen, uint8_t byte);
void ks_pen_printf(struct ks_pen *pen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Remembers a failure from elsewhere, unless there was one before. */
void ks_pen_fail(struct ks_pen *pen, enum ks_rc rc);

/* Writes what is pending, frees the buffer, returns the first failure. */
enum ks_rc ks_pen_finish(struct ks_pen *pen);

#endif
