/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_place.h: lines and columns as people count them. A column is a character
 * (a code point), whatever the encoding; a byte order mark is none.
 */
#ifndef KS_BASE_TEXT_PLACE_H
#define KS_BASE_TEXT_PLACE_H

#include "base/span.h"

/*
 * How characters lie in bytes. What is not wide is counted as UTF-8; in what is
 * neither, a byte from 0x80 to 0xbf is no character.
 */
enum ks_text_form {
    KS_TEXT_BYTES,
    KS_TEXT_UTF16LE,
    KS_TEXT_UTF16BE,
    KS_TEXT_UTF32LE,
    KS_TEXT_UTF32BE,
};

/* The form of a text by its first bytes: a mark, or letters beside NULs. */
enum ks_text_form ks_text_form_of(struct ks_span head);

/* A place in a text; a zero one with its form stands at the beginning. */
struct ks_text_place {
    enum ks_text_form form;
    uint64_t at;     /* offset in the text; a multiple of the form's unit */
    uint64_t line;   /* from 0 */
    uint64_t column; /* from 0 */
};

/*
 * Goes over the text's next bytes, which begin at place->at. What is not a
 * whole unit at their end is left for the next call.
 */
void ks_text_place_advance(struct ks_text_place *place, struct ks_span bytes);

/* As many NULs as bring the place to `at` ≥ place->at. */
void ks_text_place_skip(struct ks_text_place *place, uint64_t at);

#endif
