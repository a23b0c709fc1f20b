/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wide.c: UTF-16 and UTF-32, found by the NULs beside each character of ASCII,
 * in whole files as well as in binaries.
 */
#include "scanner/decoders/kinds.h"

enum { LEAST = 12 }; /* characters */

static const struct form {
    enum ks_decode_kind kind;
    unsigned size;   /* bytes a character */
    unsigned letter; /* where among them the character stands */
} forms[] = {
    {KS_DECODE_UTF32LE, 4, 0},
    {KS_DECODE_UTF32BE, 4, 3},
    {KS_DECODE_UTF16LE, 2, 0},
    {KS_DECODE_UTF16BE, 2, 1},
};

/* Whether a character of the form stands at `at`, up to U+00FF. */
static bool is_unit(const struct form *form, struct ks_span text, size_t at)
{
    uint8_t c;

    if (at > text.len || text.len - at < form->size)
        return false;
    for (unsigned i = 0; i < form->size; i++) {
        if (i != form->letter && text.ptr[at + i] != 0)
            return false;
    }
    c = text.ptr[at + form->letter];
    return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n' || c == '\r' ||
           c >= 0xa0;
}

/* The run of such characters that holds the NUL at `at`. */
static bool run_of(const struct form *form, struct ks_span text, size_t at,
                   size_t *from, size_t *to)
{
    size_t start = SIZE_MAX;

    for (unsigned i = 0; i < form->size && i <= at; i++) {
        if (i != form->letter && is_unit(form, text, at - i))
            start = at - i;
    }
    if (start == SIZE_MAX)
        return false;
    *from = *to = start;
    while (*from >= form->size && is_unit(form, text, *from - form->size))
        *from -= form->size;
    while (is_unit(form, text, *to))
        *to += form->size;
    return (*to - *from) / form->size >= LEAST;
}

static enum ks_rc decode(struct ks_decode_job *job, const struct form *form,
                         size_t from, size_t to)
{
    enum ks_rc rc;

    ks_decode_output_clear(job->output);
    rc = ks_decode_output_piece(job->output, 0, form->size, 1);
    for (size_t at = from; at < to && rc == KS_OK; at += form->size) {
        uint8_t c = job->text.ptr[at + form->letter];

        if (c < 0x80) {
            rc = ks_buf_add_byte(&job->output->bytes, c);
            continue;
        }
        rc = ks_decode_output_char(job->output, at - from, form->size, c);
        if (rc == KS_OK)
            rc = ks_decode_output_piece(job->output, at + form->size - from,
                                        form->size, 1);
    }
    if (rc != KS_OK)
        return rc;
    return ks_decode_report(job, form->kind, from, to);
}

enum ks_rc ks_decode_wide(struct ks_decode_job *job, size_t at, size_t *next)
{
    size_t from, to;

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!run_of(&forms[i], job->text, at, &from, &to))
            continue;
        *next = to > at ? to : at + 1;
        if (to - from > KS_DECODE_LONGEST) {
            ks_decode_limit(job);
            return KS_OK;
        }
        return decode(job, &forms[i], from, to);
    }
    *next = at + 1;
    while (*next < job->text.len && job->text.ptr[*next] == 0)
        ++*next;
    if (*next > at + 1 && *next < job->text.len)
        --*next;
    return KS_OK;
}
