/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and columns of text in every form, read at once or bit by bit. */
#include "base/text_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

/* Bytes, NULs among them, and their number. */
#define TEXT(literal) (literal), sizeof(literal) - 1

static struct ks_span span_of(const char *text, size_t len)
{
    return (struct ks_span){(const uint8_t *)text, len};
}

static void tells_forms_apart(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        enum ks_text_form form;
    } cases[] = {
        {TEXT(""), KS_TEXT_BYTES},
        {TEXT("plain text"), KS_TEXT_BYTES},
        {TEXT("\xef\xbb\xbfplain"), KS_TEXT_BYTES},
        {TEXT("\xff\xfe"), KS_TEXT_UTF16LE},
        {TEXT("\xfe\xff\x4e\x0a"), KS_TEXT_UTF16BE},
        {TEXT("\xff\xfe\0\0a\0\0\0"), KS_TEXT_UTF32LE},
        {TEXT("\0\0\xfe\xff"), KS_TEXT_UTF32BE},
        {TEXT("a\0b\0c\0\n\0"), KS_TEXT_UTF16LE},
        {TEXT("\0a\0b\0c\0d"), KS_TEXT_UTF16BE},
        {TEXT("a\0b\0c\0"), KS_TEXT_BYTES},
        {TEXT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), KS_TEXT_BYTES},
        {TEXT("MZ\x90\0\3\0\0\0\4\0\0\0"), KS_TEXT_BYTES},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(ks_text_form_of(span_of(cases[i].text, cases[i].len)),
                         cases[i].form);
}

/* In steps of any size the end is the same. */
static void counts(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        unsigned line, column;
    } cases[] = {
        {TEXT(""), 0, 0},
        {TEXT("ab"), 0, 2},
        {TEXT("ab\n"), 1, 0},
        {TEXT("\xef\xbb\xbf"
              "ab"),
         0, 2},
        {TEXT("a\r\n\xc3\xa9t\xc3\xa9 \xf0\x9f\x98\x80"), 1, 5},
        {TEXT("\xff\xfe"
              "a\0\n\0b\0c\0"),
         1, 2},
        /* U+010A, U+0A05 and U+4E0A are no line ends */
        {TEXT("\xff\xfe\x0a\x01\x05\x0a\x0a\x4e"), 0, 3},
        {TEXT("\xfe\xff\x01\x0a\x0a\x05\x4e\x0a\0\n\0a"), 1, 1},
        /* a pair of surrogates is one character */
        {TEXT("\xff\xfe\x3d\xd8\0\xde"
              "a\0"),
         0, 2},
        {TEXT("\xfe\xff\xd8\x3d\xde\0\0a"), 0, 2},
        {TEXT("\xff\xfe\0\0\0\xf6\1\0\n\0\0\0a\0\0\0"), 1, 1},
        {TEXT("\0\0\xfe\xff\0\1\xf6\0\0\0\0a"), 0, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ks_span text = span_of(cases[i].text, cases[i].len);

        for (size_t step = 4; step <= text.len + 4; step += 4) {
            struct ks_text_place place = {.form = ks_text_form_of(text)};

            for (size_t to = step; place.at < text.len; to += step)
                ks_text_place_advance(
                    &place, ks_span_slice(text, (size_t)place.at, to));
            assert_int_equal(place.line, cases[i].line);
            assert_int_equal(place.column, cases[i].column);
        }
    }
}

/* An offset inside a unit belongs to the unit. */
static void stays_aligned(void **state)
{
    struct ks_span text = span_of(TEXT("\xff\xfe"
                                       "a\0b\0\n\0c\0"));
    struct ks_text_place place = {.form = KS_TEXT_UTF16LE};

    (void)state;
    ks_text_place_advance(&place, ks_span_slice(text, 0, 5));
    assert_int_equal(place.at, 4);
    assert_int_equal(place.column, 1);
    ks_text_place_advance(&place, ks_span_slice(text, 4, text.len));
    assert_int_equal(place.line, 1);
    assert_int_equal(place.column, 1);
}

static void skips_holes(void **state)
{
    struct ks_text_place place = {.form = KS_TEXT_BYTES};

    (void)state;
    ks_text_place_advance(&place, span_of(TEXT("a\nbc")));
    ks_text_place_skip(&place, 1000);
    assert_int_equal(place.at, 1000);
    assert_int_equal(place.line, 1);
    assert_int_equal(place.column, 998);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_forms_apart),
        cmocka_unit_test(counts),
        cmocka_unit_test(stays_aligned),
        cmocka_unit_test(skips_holes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
