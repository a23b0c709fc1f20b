/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text_place.h"

#include <string.h>

enum { LOOK = 4 /* characters, to see that a text is wide without a mark */ };

static const struct form {
    unsigned size;   /* bytes of a unit */
    unsigned letter; /* where in it the byte of ASCII stands */
    const char *mark;
    size_t mark_len;
} forms[] = {
    [KS_TEXT_BYTES] = {1, 0, "\357\273\277", 3},
    [KS_TEXT_UTF16LE] = {2, 0, "\377\376", 2},
    [KS_TEXT_UTF16BE] = {2, 1, "\376\377", 2},
    [KS_TEXT_UTF32LE] = {4, 0, "\377\376\0\0", 4},
    [KS_TEXT_UTF32BE] = {4, 3, "\0\0\376\377", 4},
};

static bool begins_with_mark(const struct form *form, struct ks_span text)
{
    return text.len >= form->mark_len &&
           memcmp(text.ptr, form->mark, form->mark_len) == 0;
}

static bool is_ascii_unit(const struct form *form, const uint8_t *unit)
{
    for (unsigned i = 0; i < form->size; i++)
        if (i != form->letter && unit[i] != 0)
            return false;
    return unit[form->letter] != 0 && unit[form->letter] < 0x80;
}

static bool begins_wide(const struct form *form, struct ks_span text)
{
    if (begins_with_mark(form, text))
        return true;
    if (text.len < (size_t)LOOK * form->size)
        return false;
    for (size_t i = 0; i < LOOK; i++)
        if (!is_ascii_unit(form, text.ptr + i * form->size))
            return false;
    return true;
}

enum ks_text_form ks_text_form_of(struct ks_span head)
{
    /* The mark of UTF-32LE begins with that of UTF-16LE. */
    for (unsigned i = KS_TEXT_UTF32BE; i > KS_TEXT_BYTES; i--)
        if (begins_wide(&forms[i], head))
            return (enum ks_text_form)i;
    return KS_TEXT_BYTES;
}

static uint64_t count_characters(struct ks_span bytes)
{
    uint64_t count = 0;

    for (size_t i = 0; i < bytes.len; i++)
        count += (bytes.ptr[i] & 0xc0) != 0x80;
    return count;
}

static void advance_bytes(struct ks_text_place *place, struct ks_span bytes)
{
    const uint8_t *last =
        bytes.len == 0 ? NULL : memrchr(bytes.ptr, '\n', bytes.len);
    size_t from = last == NULL ? 0 : (size_t)(last - bytes.ptr) + 1;

    if (last != NULL) {
        place->line += ks_span_count_lines(bytes, 0, from);
        place->column = 0;
    }
    place->column += count_characters(ks_span_slice(bytes, from, bytes.len));
}

static bool is_line_end(const struct form *form, const uint8_t *unit)
{
    return unit[form->letter] == '\n' && is_ascii_unit(form, unit);
}

/* The second half of a character that takes two units. */
static bool is_low_surrogate(const struct form *form, const uint8_t *unit)
{
    return form->size == 2 && (unit[1 - form->letter] & 0xfc) == 0xdc;
}

static void advance_wide(struct ks_text_place *place, const struct form *form,
                         struct ks_span bytes)
{
    for (size_t i = 0; i < bytes.len; i += form->size) {
        const uint8_t *unit = bytes.ptr + i;

        if (is_line_end(form, unit)) {
            place->line++;
            place->column = 0;
        } else if (!is_low_surrogate(form, unit)) {
            place->column++;
        }
    }
}

void ks_text_place_advance(struct ks_text_place *place, struct ks_span bytes)
{
    const struct form *form = &forms[place->form];
    struct ks_span whole =
        ks_span_slice(bytes, 0, bytes.len - bytes.len % form->size);
    struct ks_span rest = whole;

    if (place->at == 0 && begins_with_mark(form, whole))
        rest = ks_span_slice(whole, form->mark_len, whole.len);
    if (form->size == 1)
        advance_bytes(place, rest);
    else
        advance_wide(place, form, rest);
    place->at += whole.len;
}

void ks_text_place_skip(struct ks_text_place *place, uint64_t at)
{
    unsigned size = forms[place->form].size;
    uint64_t units = (at - place->at) / size;

    place->column += units;
    place->at += units * size;
}
