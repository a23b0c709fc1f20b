/* SPDX-License-Identifier: Apache-2.0 */
#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void line_at(void **state)
{
    struct ks_span text = ks_span_str("one\r\ntwo\n\nfour");

    (void)state;
    assert_true(ks_span_equal(ks_span_line_at(text, 0), ks_span_str("one")));
    assert_true(ks_span_equal(ks_span_line_at(text, 4), ks_span_str("one")));
    assert_true(ks_span_equal(ks_span_line_at(text, 5), ks_span_str("two")));
    assert_int_equal(ks_span_line_at(text, 9).len, 0);
    assert_true(ks_span_equal(ks_span_line_at(text, text.len),
                              ks_span_str("four")));
}

static void slice_clips(void **state)
{
    struct ks_span text = ks_span_str("abc");

    (void)state;
    assert_int_equal(ks_span_slice(text, 1, 99).len, 2);
    assert_int_equal(ks_span_slice(text, 7, 9).len, 0);
}

static void finds(void **state)
{
    struct ks_span text = ks_span_str("abcabc");

    (void)state;
    assert_int_equal(ks_span_find(text, 0, ks_span_str("bc")), 1);
    assert_int_equal(ks_span_find(text, 2, ks_span_str("bc")), 4);
    assert_true(ks_span_find(text, 5, ks_span_str("bc")) == SIZE_MAX);
    assert_int_equal(ks_span_count_lines(ks_span_str("a\nb\nc"), 0, 4), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_at),
        cmocka_unit_test(slice_clips),
        cmocka_unit_test(finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
