/* SPDX-License-Identifier: Apache-2.0 */
/* entities.c: character references of HTML and XML. */
#include "scanner/decoders/kinds.h"

#include <string.h>

enum { LONGEST = 10 }; /* "&#x10ffff;" */

bool ks_decode_in_entities(struct ks_span text, size_t at)
{
    uint8_t c = text.ptr[at];

    return c != '<' && c != '>' && c != '\n' && c != '\r' && c != '\0';
}

/* "#65" or "#x41" between "&" and ";". */
static bool read_number(uint32_t *value, struct ks_span name)
{
    bool hex = name.len > 2 && (name.ptr[1] | 0x20) == 'x';

    *value = 0;
    for (size_t i = hex ? 2 : 1; i < name.len; i++) {
        int digit = ks_decode_hex_digit(name.ptr[i]);

        if (digit < 0 || (!hex && digit > 9))
            return false;
        *value = *value * (hex ? 16 : 10) + (uint32_t)digit;
    }
    return name.len > 1 && *value > 0 && *value < 0x110000 &&
           (*value < 0xd800 || *value >= 0xe000);
}

static bool read_name(uint32_t *value, struct ks_span name)
{
    static const struct {
        const char *name;
        uint32_t value;
    } names[] = {
        {"quot", '"'}, {"apos", '\''}, {"amp", '&'},    {"lt", '<'},
        {"gt", '>'},   {"nbsp", ' '},  {"colon", ':'},  {"equals", '='},
        {"sol", '/'},  {"plus", '+'},  {"lowbar", '_'}, {"commat", '@'},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (ks_span_equal(name, ks_span_str(names[i].name))) {
            *value = names[i].value;
            return true;
        }
    }
    return false;
}

/* Bytes of the reference at `at`, or 0. */
static unsigned reference_at(uint32_t *value, struct ks_span text, size_t at)
{
    size_t most = text.len - at < LONGEST ? text.len - at : LONGEST;
    const uint8_t *end = memchr(text.ptr + at, ';', most);
    struct ks_span name;

    if (text.ptr[at] != '&' || end == NULL)
        return 0;
    name = ks_span_slice(text, at + 1, (size_t)(end - text.ptr));
    if (name.len == 0)
        return 0;
    if (name.ptr[0] == '#' ? !read_number(value, name)
                           : !read_name(value, name))
        return 0;
    return (unsigned)name.len + 2;
}

static enum ks_rc decode(struct ks_decode_job *job, size_t from, size_t to)
{
    struct ks_span text = {job->text.ptr, to};
    enum ks_rc rc = KS_OK;
    size_t at = from;

    ks_decode_output_clear(job->output);
    while (at < to && rc == KS_OK) {
        const uint8_t *stop = memchr(text.ptr + at, '&', to - at);
        size_t plain = stop == NULL ? to : (size_t)(stop - text.ptr);
        uint32_t c;
        unsigned len;

        rc = ks_decode_output_copy(job->output, at - from,
                                   ks_span_slice(text, at, plain));
        at = plain;
        if (at == to || rc != KS_OK)
            break;
        len = reference_at(&c, text, at);
        if (len > 0)
            rc = ks_decode_output_char(job->output, at - from, len, c);
        else
            rc = ks_decode_output_copy(job->output, at - from,
                                       ks_span_slice(text, at, at + 1));
        at += len == 0 ? 1 : len;
    }
    if (rc != KS_OK)
        return rc;
    return ks_decode_report(job, KS_DECODE_ENTITIES, from, to);
}

enum ks_rc ks_decode_entities(struct ks_decode_job *job, size_t at,
                              size_t *next)
{
    enum { LEAST = 12 }; /* bytes that could hold anything */
    size_t from, to;
    uint32_t c;

    *next = at + 1;
    if (reference_at(&c, job->text, at) == 0)
        return KS_OK;
    if (!ks_decode_around(job, at, ks_decode_in_entities, &from, &to) ||
        to - from < LEAST) {
        *next = to;
        return KS_OK;
    }
    *next = to;
    return decode(job, from, to);
}
