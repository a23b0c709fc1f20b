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

/*
 * The run of such characters that holds the NUL at `at`; it begins with one of
 * ASCII, since half of a byte order mark looks like one that is not.
 */
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
    while (*from < *to && text.ptr[*from + form->letter] >= 0x80)
        *from += form->size;
    return true;
}

/*
 * Every text in one byte order is, but for its ends, one in the other: the
 * longer run is right. `*seen` is how far runs of any form reach.
 */
static const struct form *best_form(struct ks_span text, size_t at,
                                    size_t *from, size_t *to, size_t *seen)
{
    const struct form *best = NULL;

    *seen = at + 1;
    *from = *to = at;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        size_t start, end;

        if (!run_of(&forms[i], text, at, &start, &end))
            continue;
        if (end > *seen)
            *seen = end;
        if (end - start <= *to - *from ||
            end - start < (size_t)LEAST * forms[i].size)
            continue;
        best = &forms[i];
        *from = start;
        *to = end;
    }
    return best;
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
    struct ks_span text = job->text;
    size_t from, to, seen;
    const struct form *form = best_form(text, at, &from, &to, &seen);

    *next = seen;
    if (form == NULL) {
        /* Of many NULs only the last may begin or end a character. */
        while (*next + 1 < text.len && text.ptr[*next] == 0 &&
               text.ptr[*next + 1] == 0)
            ++*next;
        return KS_OK;
    }
    if (to - from > KS_DECODE_LONGEST) {
        ks_decode_limit(job);
        return KS_OK;
    }
    return decode(job, form, from, to);
}
