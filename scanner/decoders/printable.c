/* SPDX-License-Identifier: Apache-2.0 */
/* printable.c: quoted-printable, RFC 2045, section 6.7. */
#include "scanner/decoders/kinds.h"

enum {
    SOFT_LEAST = 70, /* a line that was broken is about this long … */
    SOFT_MOST = 78,  /* … and no longer than the standard says */
};

/* Where the line end behind "=" at `at` is over; `at` if there is none. */
static size_t behind_soft_end(struct ks_span text, size_t at)
{
    if (text.len - at >= 2 && text.ptr[at + 1] == '\n')
        return at + 2;
    if (text.len - at >= 3 && text.ptr[at + 1] == '\r' &&
        text.ptr[at + 2] == '\n')
        return at + 3;
    return at;
}

/* A line end is inside if "=" stands before it. */
bool ks_decode_in_quoted_printable(struct ks_span text, size_t at)
{
    if (text.ptr[at] == '\0')
        return false;
    if (text.ptr[at] == '\n')
        return at >= 1 && (text.ptr[at - 1] == '=' ||
                           (at >= 2 && text.ptr[at - 1] == '\r' &&
                            text.ptr[at - 2] == '='));
    if (text.ptr[at] == '\r')
        return at >= 1 && text.ptr[at - 1] == '=';
    return true;
}

/* Upper-case hex, as the standard demands; −1 if there is none. */
static int escape_at(struct ks_span text, size_t at)
{
    int high, low;

    if (text.len - at < 3 || text.ptr[at] != '=')
        return -1;
    high = ks_decode_hex_digit(text.ptr[at + 1]);
    low = ks_decode_hex_digit(text.ptr[at + 2]);
    if (high < 0 || low < 0 || text.ptr[at + 1] >= 'a' ||
        text.ptr[at + 2] >= 'a')
        return -1;
    return high * 16 + low;
}

/* "=3D", or a line that was broken where the standard would break it. */
static bool is_telling(struct ks_span text, size_t at)
{
    size_t line = 0;

    if (escape_at(text, at) == '=')
        return true;
    if (behind_soft_end(text, at) == at)
        return false;
    while (line <= SOFT_MOST && line < at && text.ptr[at - line - 1] != '\n')
        line++;
    return line >= SOFT_LEAST && line < SOFT_MOST;
}

static enum ks_rc decode(struct ks_decode_job *job, size_t from, size_t to)
{
    struct ks_span text = {job->text.ptr, to};
    enum ks_rc rc = KS_OK;
    size_t at = from;

    ks_decode_output_clear(job->output);
    while (at < to && rc == KS_OK) {
        int c = escape_at(text, at);
        size_t end = text.ptr[at] == '=' ? behind_soft_end(text, at) : at;
        unsigned in = c < 0 ? 1 : 3;

        if (end > at) {
            at = end;
            continue;
        }
        rc = ks_decode_output_piece(job->output, at - from, in, 1);
        if (rc == KS_OK)
            rc = ks_buf_add_byte(&job->output->bytes,
                                 c < 0 ? text.ptr[at] : (uint8_t)c);
        at += in;
    }
    if (rc != KS_OK)
        return rc;
    return ks_decode_report(job, KS_DECODE_QUOTED_PRINTABLE, from, to);
}

/* Lines that are longer than the standard allows are something else. */
static bool has_short_lines(struct ks_span text, size_t from, size_t to)
{
    size_t line = 0;

    for (size_t i = from; i < to; i++) {
        line = text.ptr[i] == '\n' ? 0 : line + 1;
        if (line > KS_DECODE_PRINTABLE_LINE)
            return false;
    }
    return true;
}

enum ks_rc ks_decode_quoted_printable(struct ks_decode_job *job, size_t at,
                                      size_t *next)
{
    size_t from, to;

    *next = at + 1;
    if (job->text.ptr[at] != '=' || !is_telling(job->text, at))
        return KS_OK;
    if (!ks_decode_around(job, at, ks_decode_in_quoted_printable, &from, &to)) {
        *next = to;
        return KS_OK;
    }
    *next = to > at ? to : at + 1;
    if (!has_short_lines(job->text, from, to))
        return KS_OK;
    return decode(job, from, to);
}
