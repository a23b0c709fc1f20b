/* SPDX-License-Identifier: Apache-2.0 */
/* percent.c: percent-encoding of URLs and forms, RFC 3986. */
#include "scanner/decoders/kinds.h"

/* What may stand in a URL or form unencoded. */
bool ks_decode_in_percent(struct ks_span text, size_t at)
{
    static const bool inside[128] = {
        ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true,
        ['*'] = true, ['+'] = true, [','] = true, ['-'] = true, ['.'] = true,
        ['/'] = true, ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true,
        ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true,
        ['9'] = true, [':'] = true, [';'] = true, ['='] = true, ['?'] = true,
        ['@'] = true, ['_'] = true, ['|'] = true, ['~'] = true,
    };
    uint8_t c = text.ptr[at];

    return c < 128 &&
           (inside[c] || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

/* The byte that "%XX" at `at` stands for, or −1. */
static int escape_at(struct ks_span text, size_t at)
{
    int high, low;

    if (text.len - at < 3 || text.ptr[at] != '%')
        return -1;
    high = ks_decode_hex_digit(text.ptr[at + 1]);
    low = ks_decode_hex_digit(text.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/*
 * Three characters in a row that are written as escapes, as where all of a
 * value is; not "%4d%4d%4d" of a format string, which are the same.
 */
static bool begins_run(struct ks_span text, size_t at)
{
    enum { RUN = 3 };
    int first = escape_at(text, at);
    bool differ = false;

    for (size_t i = 0; i < RUN; i++) {
        int c = at + 3 * i < text.len ? escape_at(text, at + 3 * i) : -1;

        if (c < 0x20 || c >= 0x7f)
            return false;
        differ |= c != first;
    }
    return differ;
}

/*
 * Most encoders touch what is neither letter nor digit only: "%2d" and "%20s"
 * of a format string stand for nothing that was encoded.
 */
static bool is_telling(struct ks_span text, size_t at)
{
    int c = escape_at(text, at);

    return c == '\n' || c == ' ' || c == '"' || c == '\'' || c == '=' ||
           c == ':' || c == '/' || c == '+' || c == '@' || c == '&' ||
           c == '{' || c == '%' || c == ';' || c == ',' || begins_run(text, at);
}

static enum ks_rc decode(struct ks_decode_job *job, size_t from, size_t to)
{
    enum ks_rc rc = KS_OK;
    size_t at = from;

    ks_decode_output_clear(job->output);
    while (at < to && rc == KS_OK) {
        int c = escape_at(job->text, at);
        uint8_t byte = c < 0 ? job->text.ptr[at] : (uint8_t)c;
        unsigned in = c < 0 ? 1 : 3;

        rc = ks_decode_output_piece(job->output, at - from, in, 1);
        if (rc == KS_OK)
            rc = ks_buf_add_byte(&job->output->bytes, byte);
        at += in;
    }
    if (rc != KS_OK)
        return rc;
    return ks_decode_report(job, KS_DECODE_PERCENT, from, to);
}

enum ks_rc ks_decode_percent(struct ks_decode_job *job, size_t at, size_t *next)
{
    enum { LEAST = 12 }; /* bytes that could hold anything */
    size_t from, to;

    *next = at + 1;
    if (!is_telling(job->text, at))
        return KS_OK;
    if (!ks_decode_around(job, at, ks_decode_in_percent, &from, &to) ||
        to - from < LEAST) {
        *next = to;
        return KS_OK;
    }
    *next = to;
    return decode(job, from, to);
}
