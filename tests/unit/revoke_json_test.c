/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/json.h"
#include "revoke/wire/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

static void canonical_is(const char *input, const char *expected)
{
    struct cJSON *value = NULL;
    struct ks_err err = {0};
    struct ks_buf out;

    ks_buf_init(&out, 64 * 1024);
    assert_int_equal(ks_json_parse(&value, ks_span_str(input), &err), KS_OK);
    assert_int_equal(ks_json_canonical(&out, value, &err), KS_OK);
    assert_string_equal(ks_buf_text(&out), expected);
    ks_buf_release(&out);
    cJSON_Delete(value);
}

/* The samples of RFC 8785, 3.2.2 and 3.2.3. */
static void rfc_samples(void **state)
{
    (void)state;
    canonical_is(
        "{\"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, "
        "0.000000000000000000000000001],\n"
        " \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c"
        "\\\\\\\"\\/\",\n"
        " \"literals\": [null, true, false]}",
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333"
        ",1e+30,4.5,0.002,1e-27],\"string\":\"\xe2\x82\xac$\\u000f\\n"
        "A'B\\\"\\\\\\\\\\\"/\"}");
    canonical_is("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\","
                 "\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\","
                 "\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\","
                 "\"\\u0080\":\"Control\",\"\\u00f6\":"
                 "\"Latin Small Letter O With Diaeresis\"}",
                 "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":"
                 "\"Control\",\"\xc3\xb6\":\"Latin Small Letter O With "
                 "Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
                 "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
                 "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

static void numbers(void **state)
{
    (void)state;
    canonical_is(
        "[0,-0,1,-1,100,1e20,1e21,123456789012345680000,1e-6,1e-7,"
        "0.1,1.5,-12.25,9007199254740991,5e-324,1.7976931348623157e308,"
        "295147905179352830000]",
        "[0,0,1,-1,100,100000000000000000000,1e+21,"
        "123456789012345680000,0.000001,1e-7,0.1,1.5,-12.25,"
        "9007199254740991,5e-324,1.7976931348623157e+308,"
        "295147905179352830000]");
}

static void refuses(void **state)
{
    static const char *const texts[] = {
        "", " ", "{", "{} x", "[1,]", "\"\\u0000\"", "nul", "{\"a\":1}{",
    };
    struct cJSON *value = NULL;
    struct ks_buf deep, out;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(ks_json_parse(&value, ks_span_str(texts[i]), NULL),
                         KS_EFORMAT);
    ks_buf_init(&deep, 1024);
    for (int i = 0; i <= KS_JSON_DEPTH; i++)
        assert_int_equal(ks_buf_add_byte(&deep, '['), KS_OK);
    assert_int_equal(ks_json_parse(&value, ks_buf_span(&deep), NULL),
                     KS_EFORMAT);
    ks_buf_release(&deep);
    ks_buf_init(&out, 1024);
    assert_int_equal(
        ks_json_parse(&value, ks_span_str("{\"a\":1,\"b\":2,\"a\":3}"), NULL),
        KS_OK);
    assert_int_equal(ks_json_canonical(&out, value, NULL), KS_EFORMAT);
    cJSON_Delete(value);
    ks_buf_release(&out);
}

static void strings(void **state)
{
    struct ks_buf out;

    (void)state;
    ks_buf_init(&out, 1024);
    assert_int_equal(
        ks_json_add_string(&out, ks_span_str("a\x80\"\n\x1b/\xff")), KS_OK);
    assert_string_equal(ks_buf_text(&out),
                        "\"a\xef\xbf\xbd\\\"\\n\\u001b/\xef\xbf\xbd\"");
    assert_true(out.len <= ks_json_string_room(7));
    ks_buf_release(&out);
}

static void problems(void **state)
{
    struct ks_buf body, words;

    (void)state;
    ks_buf_init(&body, 1024);
    ks_buf_init(&words, 1024);
    assert_int_equal(ks_problem_write(&body, 422, "Wrong", "no \x1b[31m such"),
                     KS_OK);
    assert_int_equal(ks_problem_read(&words, ks_buf_span(&body)), KS_OK);
    assert_string_equal(ks_buf_text(&words), "Wrong: no ?[31m such");
    ks_buf_clear(&words);
    assert_int_equal(ks_problem_read(&words, ks_span_str("<html>")), KS_OK);
    assert_int_equal(words.len, 0);
    ks_buf_release(&body);
    ks_buf_release(&words);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_samples), cmocka_unit_test(numbers),
        cmocka_unit_test(refuses),     cmocka_unit_test(strings),
        cmocka_unit_test(problems),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
