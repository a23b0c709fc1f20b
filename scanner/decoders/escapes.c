/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escapes.c: backslashes in strings: RFC 8259 (JSON), ISO C 6.4.4.4, and the
 * \u{…} of ECMAScript, Rust and their kin.
 */
#include "scanner/decoders/kinds.h"

#include <string.h>

/* A string ends at its line's end, or at a quote without a backslash. */
bool ks_decode_in_escapes(struct ks_span text, size_t at)
{
    uint8_t c = text.ptr[at];

    if (c == '\n' || c == '\r' || c == '\0')
        return false;
    if (c != '"' && c != '\'' && c != '`')
        return true;
    return at > 0 && text.ptr[at - 1] == '\\';
}

/* A visible character of ASCII, a space, or a line end. */
static bool is_text(uint32_t c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r';
}

/* Up to `most` hex digits at `at`; returns how many there are. */
static unsigned read_hex(uint32_t *value, struct ks_span text, size_t at,
                         unsigned most)
{
    unsigned count = 0;

    *value = 0;
    while (count < most && at + count < text.len) {
        int digit = ks_decode_hex_digit(text.ptr[at + count]);

        if (digit < 0)
            break;
        *value = *value << 4 | (uint32_t)digit;
        count++;
    }
    return count;
}

/* "\u{…}": bytes behind the backslash, or 0. */
static unsigned read_braces(uint32_t *value, struct ks_span text, size_t at)
{
    unsigned digits;

    if (at + 1 >= text.len || text.ptr[at + 1] != '{')
        return 0;
    digits = read_hex(value, text, at + 2, 6);
    if (digits == 0 || at + 2 + digits >= text.len ||
        text.ptr[at + 2 + digits] != '}')
        return 0;
    return digits + 3;
}

/* The low half that may follow a high surrogate at `at`. */
static bool read_low_surrogate(uint32_t *value, struct ks_span text, size_t at)
{
    return text.len >= at + 6 && memcmp(text.ptr + at, "\\u", 2) == 0 &&
           read_hex(value, text, at + 2, 4) == 4 && *value >= 0xdc00 &&
           *value < 0xe000;
}

/*
 * Three octal digits for a visible character of ASCII, a space or a line end:
 * bytes, or 0. "\0" and "\1" of C and of patterns have fewer.
 */
static unsigned read_octal(uint32_t *value, struct ks_span text, size_t at)
{
    uint32_t c = 0;

    if (text.len < at + 3)
        return 0;
    for (size_t i = 0; i < 3; i++) {
        uint8_t digit = text.ptr[at + i];

        if (digit < '0' || digit > '7')
            return 0;
        c = c << 3 | (uint32_t)(digit - '0');
    }
    if (!is_text(c))
        return 0;
    *value = c;
    return 3;
}

/*
 * The code point that the character at `at`, behind a backslash, begins;
 * returns the bytes it takes, or 0.
 */
static unsigned read_number(uint32_t *value, struct ks_span text, size_t at)
{
    uint32_t low;
    unsigned len;

    switch (text.ptr[at]) {
    case '0':
    case '1':
        return read_octal(value, text, at);
    case 'x':
        return read_hex(value, text, at + 1, 2) == 2 ? 3 : 0;
    case 'U':
        return read_hex(value, text, at + 1, 8) == 8 ? 9 : 0;
    case 'u':
        len = read_braces(value, text, at);
        if (len > 0)
            return len;
        if (read_hex(value, text, at + 1, 4) != 4)
            return 0;
        if (*value < 0xd800 || *value >= 0xdc00 ||
            !read_low_surrogate(&low, text, at + 5))
            return 5;
        *value = 0x10000 + ((*value - 0xd800) << 10) + (low - 0xdc00);
        return 11;
    default:
        return 0;
    }
}

/* One-letter escapes. */
static bool read_letter(uint32_t *value, uint8_t letter)
{
    static const char letters[] = "nrt\"'\\/";
    static const char meanings[] = "\n\r\t\"'\\/";
    const char *found = memchr(letters, letter, sizeof(letters) - 1);

    if (found == NULL)
        return false;
    *value = (uint8_t)meanings[found - letters];
    return true;
}

/*
 * Appends what begins at `*at` and moves on. Whatever is no escape stands for
 * itself, its backslash too.
 */
static enum ks_rc add_next(struct ks_decode_job *job, size_t from, size_t to,
                           size_t *at)
{
    struct ks_span text = {job->text.ptr, to};
    const uint8_t *stop = memchr(text.ptr + *at, '\\', to - *at);
    size_t plain = stop == NULL ? to : (size_t)(stop - text.ptr);
    uint32_t c = 0;
    unsigned len = 0;
    size_t start = *at;

    if (plain > start) {
        *at = plain;
        return ks_decode_output_copy(job->output, start - from,
                                     ks_span_slice(text, start, plain));
    }
    if (start + 1 < to) {
        len = read_number(&c, text, start + 1);
        if (len == 0 && read_letter(&c, text.ptr[start + 1]))
            len = 1;
    }
    if (len == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
        *at = start + 1;
        return ks_decode_output_copy(job->output, start - from,
                                     ks_span_slice(text, start, start + 1));
    }
    *at = start + 1 + len;
    return ks_decode_output_char(job->output, start - from, 1 + len, c);
}

static enum ks_rc decode(struct ks_decode_job *job, size_t from, size_t to)
{
    enum ks_rc rc = KS_OK;
    size_t at = from;

    ks_decode_output_clear(job->output);
    while (at < to && rc == KS_OK)
        rc = add_next(job, from, to, &at);
    if (rc != KS_OK)
        return rc;
    return ks_decode_report(job, KS_DECODE_ESCAPES, from, to);
}

/* A string as above, but no further than an escaped line end. */
static bool in_escaped_line(struct ks_span text, size_t at)
{
    if (!ks_decode_in_escapes(text, at))
        return false;
    if (text.ptr[at] == '\\')
        return at + 1 >= text.len || text.ptr[at + 1] != 'n';
    return text.ptr[at] != 'n' || at == 0 || text.ptr[at - 1] != '\\';
}

/* A token or URL, and the backslashes in it. */
static bool in_escaped_token(struct ks_span text, size_t at)
{
    return (text.ptr[at] == '\\' || ks_decode_in_percent(text, at)) &&
           in_escaped_line(text, at);
}

/* A quoted name inside a string: JSON in JSON. */
static bool is_inner_name(struct ks_span text, size_t at)
{
    if (text.len - at < 4 || text.ptr[at + 1] != '"')
        return false;
    return text.ptr[at + 2] == ':' ||
           (text.ptr[at + 2] == ' ' && text.ptr[at + 3] == ':');
}

/* "\/" between letters: what an encoder made of "/" in a token. */
static bool is_inner_slash(struct ks_span text, size_t at)
{
    return at > 0 && text.len - at >= 3 && text.ptr[at + 1] == '/' &&
           ks_decode_in_percent(text, at - 1) &&
           ks_decode_in_percent(text, at + 2);
}

/* A number that stands for text; in octal two, for one may be chance. */
static bool is_inner_number(struct ks_span text, size_t at)
{
    uint32_t c;

    if (text.len - at < 4 || read_number(&c, text, at + 1) == 0 || !is_text(c))
        return false;
    return (text.ptr[at + 1] != '0' && text.ptr[at + 1] != '1') ||
           (text.len - at >= 8 && text.ptr[at + 4] == '\\' &&
            read_octal(&c, text, at + 5) > 0);
}

/* The span around the mark, if it could hold anything. */
static enum ks_rc decode_around(struct ks_decode_job *job, size_t at,
                                bool (*inside)(struct ks_span, size_t),
                                size_t *next)
{
    enum { LEAST = 16 }; /* bytes */
    size_t from, to;
    bool found = ks_decode_around(job, at, inside, &from, &to);

    *next = to > at ? to : at + 1;
    if (!found || to - from < LEAST)
        return KS_OK;
    return decode(job, from, to);
}

enum ks_rc ks_decode_escapes(struct ks_decode_job *job, size_t at, size_t *next)
{
    *next = at + 1;
    if (is_inner_slash(job->text, at))
        return decode_around(job, at, in_escaped_token, next);
    if (is_inner_number(job->text, at) || is_inner_name(job->text, at))
        return decode_around(job, at, in_escaped_line, next);
    return KS_OK;
}

/* "\n" behind a PEM mark: the key stands on one line. */
enum ks_rc ks_decode_folded_pem(struct ks_decode_job *job, size_t at,
                                size_t *next)
{
    *next = at + 1;
    if (at < 4 || job->text.len - at < 3 ||
        memcmp(job->text.ptr + at - 4, "-----\\n", 7) != 0)
        return KS_OK;
    return decode_around(job, at, ks_decode_in_escapes, next);
}
