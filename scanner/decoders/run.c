/* SPDX-License-Identifier: Apache-2.0 */
/* run.c: runs of letters and digits that are base64 or hex of text. */
#include "scanner/decoders/kinds.h"

#include <string.h>

enum {
    PROBE = KS_DECODE_RUN, /* digits that must decode to text before all do */
    WRAPPED = 40,          /* the shortest line of base64 that goes on */
    WIDEST = 128,          /* the longest */
    INDENT = 32,           /* bytes before the next line */
    HEX_LEAST = 32,        /* digits */
    STARTS = 8,            /* places in a run at which base64 may begin */
    SEPARATOR = 63, /* the least of `values` that is no letter or digit */
};

/* One more than the value of each digit of both alphabets; 0: no digit. */
static const uint8_t values[256] = {
    ['A'] = 1, 2,          3,          4,          5,          6,
    7,         8,          9,          10,         11,         12,
    13,        ['N'] = 14, 15,         16,         17,         18,
    19,        20,         21,         22,         23,         24,
    25,        26,         ['a'] = 27, 28,         29,         30,
    31,        32,         33,         34,         35,         36,
    37,        38,         39,         ['n'] = 40, 41,         42,
    43,        44,         45,         46,         47,         48,
    49,        50,         51,         52,         ['0'] = 53, 54,
    55,        56,         57,         58,         59,         60,
    61,        62,         ['+'] = 63, ['/'] = 64, ['-'] = 63, ['_'] = 64,
};

/* Digits without padding. */
struct run {
    size_t from, to;
};

static bool is_digit(struct ks_span text, size_t at)
{
    return at < text.len && values[text.ptr[at]] != 0;
}

/*
 * Base64 of any text has upper-case letters (or "_"); paths and most names
 * have none. What has none may still be hex, behind "0x" or an escape's "n".
 */
bool ks_decode_may_be_encoded(struct ks_span run)
{
    const uint64_t bit = 0x2020202020202020U;
    uint64_t all = bit;
    uint64_t word;

    for (size_t i = 0; i + sizeof(word) < run.len; i += sizeof(word)) {
        memcpy(&word, run.ptr + i, sizeof(word));
        all &= word;
    }
    memcpy(&word, run.ptr + run.len - sizeof(word), sizeof(word));
    if ((all & word) != bit)
        return true;
    for (size_t i = 2; i < run.len; i++) {
        if (ks_decode_hex_digit(run.ptr[i]) < 0)
            return false;
    }
    return true;
}

/* The digits of `run`, and those before and behind it. */
static struct run run_around(struct ks_span text, struct run run)
{
    while (run.from > 0 && is_digit(text, run.from - 1))
        run.from--;
    while (is_digit(text, run.to))
        run.to++;
    return run;
}

/* The offset behind a line end at `at`, real or as "\n"; `at` if there is none.
 */
static size_t behind_line_end(struct ks_span text, size_t at)
{
    static const char *const ends[] = {"\r\n", "\n", "\\r\\n", "\\n"};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t len = strlen(ends[i]);

        if (text.len - at >= len && memcmp(text.ptr + at, ends[i], len) == 0)
            return at + len;
    }
    return at;
}

static size_t padding_at(struct ks_span text, size_t at)
{
    size_t count = 0;

    while (count < 2 && at + count < text.len && text.ptr[at + count] == '=')
        count++;
    return count;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* The line that goes on with what `run` holds. */
static bool line_after(struct run *out, struct ks_span text, struct run run)
{
    size_t len = run.to - run.from;
    size_t indent = 0;
    struct run next;
    size_t at;

    if (len < WRAPPED || len > WIDEST || len % 4 != 0)
        return false;
    at = behind_line_end(text, run.to);
    if (at == run.to)
        return false;
    while (indent < INDENT && at + indent < text.len &&
           is_blank(text.ptr[at + indent]))
        indent++;
    next.from = next.to = at + indent;
    while (next.to - next.from <= len && is_digit(text, next.to))
        next.to++;
    *out = next;
    if (next.to - next.from == len)
        return true;
    return next.to > next.from && next.to - next.from < len &&
           (next.to - next.from + padding_at(text, next.to)) % 4 == 0;
}

/* Where a run begins once the "n" of an escaped line end is left out. */
static size_t behind_escape(struct ks_span text, struct run run)
{
    if (run.from > 0 && text.ptr[run.from - 1] == '\\' &&
        memchr("nrt", text.ptr[run.from], 3) != NULL)
        return run.from + 1;
    return run.from;
}

/* The line that `run` goes on from. */
static bool line_before(struct run *out, struct ks_span text, struct run run)
{
    size_t at = run.from;
    struct run last, next;

    while (at > 0 && run.from - at < INDENT && is_blank(text.ptr[at - 1]))
        at--;
    if (at >= 2 && at == run.from && text.ptr[at - 1] == 'n' &&
        text.ptr[at - 2] == '\\') {
        at -= 2;
        if (at >= 2 && text.ptr[at - 1] == 'r' && text.ptr[at - 2] == '\\')
            at -= 2;
    } else if (at >= 1 && text.ptr[at - 1] == '\n') {
        at--;
        if (at >= 1 && text.ptr[at - 1] == '\r')
            at--;
    } else {
        return false;
    }
    if (at < WRAPPED || !is_digit(text, at - 1) ||
        !is_digit(text, at - WRAPPED + 2))
        return false;
    last = (struct run){at, at};
    while (last.from > 0 && last.to - last.from <= WIDEST + 1 &&
           is_digit(text, last.from - 1))
        last.from--;
    last.from = behind_escape(text, last);
    *out = last;
    return line_after(&next, text, last) && next.from == run.from;
}

static bool is_text_byte(unsigned c)
{
    return (c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n' || c == '\r';
}

/* Four digits to three bytes. */
static void unpack(uint8_t out[3], const uint8_t *digits)
{
    uint32_t held = 0;

    for (size_t i = 0; i < 4; i++)
        held = held << 6 | (uint32_t)(values[digits[i]] - 1);
    out[0] = (uint8_t)(held >> 16);
    out[1] = (uint8_t)(held >> 8);
    out[2] = (uint8_t)held;
}

static bool is_compressed(const uint8_t *bytes)
{
    return (bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8) ||
           (bytes[0] == 0x78 && ((unsigned)bytes[0] << 8 | bytes[1]) % 31 == 0);
}

/* Whether the first byte could be one of text, of gzip or of zlib. */
static bool probe_first(uint8_t digit)
{
    unsigned value = values[digit] - 1U;

    return (value >= 7 && value < 32) || value == 0 || value == 2 ||
           value == 3 || value >= 48;
}

/* Whether the first digits could be those of text, or of gzip or zlib. */
static bool probe(const uint8_t *digits)
{
    uint8_t bytes[PROBE / 4 * 3];
    bool text = true;

    if (!probe_first(digits[0]))
        return false;

    for (size_t i = 0; i < PROBE / 4; i++) {
        uint8_t *three = bytes + 3 * i;

        unpack(three, digits + 4 * i);
        text = text && is_text_byte(three[0]) && is_text_byte(three[1]) &&
               is_text_byte(three[2]);
        if (!text && i == 1)
            break;
    }
    if (text)
        return ks_decode_plausible((struct ks_span){bytes, sizeof(bytes)});
    if (is_compressed(bytes))
        return true;
    if ((bytes[0] == 0) == (bytes[1] == 0))
        return false;
    for (size_t i = 0; i < PROBE / 4; i++)
        unpack(bytes + 3 * i, digits + 4 * i);
    return ks_decode_plausible((struct ks_span){bytes, sizeof(bytes)});
}

/* Appends the bytes of one line; a digit that is over is dropped. */
static enum ks_rc add_line(struct ks_decode_job *job, size_t span,
                           struct run run)
{
    struct ks_decode_output *output = job->output;
    const uint8_t *digits = job->text.ptr + run.from;
    size_t len = run.to - run.from;
    uint8_t *out;
    enum ks_rc rc = ks_decode_output_piece(output, run.from - span, 4, 3);

    if (rc == KS_OK)
        rc = ks_buf_reserve(&output->bytes, len / 4 * 3 + 3);
    if (rc != KS_OK)
        return rc;
    out = output->bytes.ptr + output->bytes.len;
    for (; len >= 4; len -= 4, digits += 4, out += 3)
        unpack(out, digits);
    if (len >= 2) {
        uint8_t last[4] = {'A', 'A', 'A', 'A'};

        memcpy(last, digits, len);
        unpack(out, last);
        out += len - 1;
    }
    output->bytes.len = (size_t)(out - output->bytes.ptr);
    return KS_OK;
}

static bool is_too_long(struct ks_decode_job *job, size_t from, size_t to)
{
    if (to - from <= KS_DECODE_LONGEST)
        return false;
    ks_decode_limit(job);
    return true;
}

/* Reports the output if it is text, or what it is compressed of. */
static enum ks_rc finish(struct ks_decode_job *job, size_t from, size_t to)
{
    struct ks_span bytes = ks_buf_span(&job->output->bytes);
    enum ks_rc rc;

    if (bytes.len >= 3 && is_compressed(bytes.ptr)) {
        rc = ks_decode_inflate(job);
        if (rc == KS_OK)
            return ks_decode_report(job, KS_DECODE_BASE64_GZIP, from, to);
        if (rc != KS_EFORMAT)
            return rc == KS_ELIMIT ? KS_OK : rc;
        bytes = ks_buf_span(&job->output->bytes);
    }
    if (!ks_decode_plausible(bytes))
        return KS_OK;
    return ks_decode_report(job, KS_DECODE_BASE64, from, to);
}

/* Decodes the lines from `run` to the end of their chain at `to`. */
static enum ks_rc decode_lines(struct ks_decode_job *job, struct run run,
                               size_t to)
{
    size_t from = run.from;
    enum ks_rc rc;

    if (is_too_long(job, from, to))
        return KS_OK;
    ks_decode_output_clear(job->output);
    rc = add_line(job, from, run);
    while (rc == KS_OK && run.to < to && line_after(&run, job->text, run))
        rc = add_line(job, from, run);
    if (rc != KS_OK)
        return rc;
    return finish(job, from, to + padding_at(job->text, to));
}

/* Where in a run base64 may begin: at its head, or behind a separator. */
static bool find_start(size_t *out, struct ks_span text, struct run run)
{
    size_t starts = 0;

    run.from = behind_escape(text, run);
    for (size_t at = run.from; run.to - at >= PROBE; at++) {
        if (at != run.from && values[text.ptr[at - 1]] < SEPARATOR)
            continue;
        *out = at;
        if (probe(text.ptr + at))
            return true;
        if (++starts == STARTS)
            return false;
    }
    return false;
}

/* Digits of hex only, and the first of them those of text. */
static bool is_hex(struct ks_span text, struct run run)
{
    if ((run.to - run.from) % 2 != 0 || run.to - run.from < HEX_LEAST)
        return false;
    for (size_t i = run.from; i < run.from + HEX_LEAST; i += 2) {
        int high = ks_decode_hex_digit(text.ptr[i]);
        int low = ks_decode_hex_digit(text.ptr[i + 1]);

        if (high < 0 || low < 0 || !is_text_byte((unsigned)(high * 16 + low)))
            return false;
    }
    for (size_t i = run.from; i < run.to; i++) {
        if (ks_decode_hex_digit(text.ptr[i]) < 0)
            return false;
    }
    return true;
}

static enum ks_rc decode_hex(struct ks_decode_job *job, struct run run)
{
    struct ks_buf *bytes = &job->output->bytes;
    enum ks_rc rc;

    if (is_too_long(job, run.from, run.to))
        return KS_OK;
    ks_decode_output_clear(job->output);
    rc = ks_decode_output_piece(job->output, 0, 2, 1);
    if (rc == KS_OK)
        rc = ks_buf_reserve(bytes, (run.to - run.from) / 2);
    if (rc != KS_OK)
        return rc;
    for (size_t i = run.from; i < run.to; i += 2) {
        const uint8_t *digits = job->text.ptr + i;

        bytes->ptr[bytes->len++] =
            (uint8_t)(ks_decode_hex_digit(digits[0]) * 16 +
                      ks_decode_hex_digit(digits[1]));
    }
    if (!ks_decode_plausible(ks_buf_span(bytes)))
        return KS_OK;
    return ks_decode_report(job, KS_DECODE_HEX, run.from, run.to);
}

static enum ks_rc decode_single(struct ks_decode_job *job, struct run run)
{
    const uint8_t *head = job->text.ptr + run.from;
    size_t start;

    if (head[0] == '0' && (head[1] == 'x' || head[1] == 'X'))
        run.from += 2;
    if (is_hex(job->text, run))
        return decode_hex(job, run);
    if (!find_start(&start, job->text, run))
        return KS_OK;
    return decode_lines(job, (struct run){start, run.to}, run.to);
}

enum ks_rc ks_decode_run(struct ks_decode_job *job, size_t from, size_t to,
                         size_t *next)
{
    struct run first = run_around(job->text, (struct run){from, to});
    struct run last = first;
    struct run line;

    first.from = behind_escape(job->text, first);
    while (line_before(&line, job->text, first))
        first = line;
    last = first;
    while (line_after(&line, job->text, last))
        last = line;
    *next = last.to > to ? last.to : to;
    if (!ks_decode_wanted(job, first.from, last.to + 2))
        return KS_OK;
    if (first.to == last.to)
        return decode_single(job, first);
    if (!probe(job->text.ptr + first.from))
        return KS_OK;
    return decode_lines(job, first, last.to);
}
