/* SPDX-License-Identifier: Apache-2.0 */
#include "report_support.h"

#include "report/read.h"

static struct ks_report_file *read_back(const struct ks_buf *text)
{
    struct ks_report_file *file = NULL;
    struct ks_err err = {0};

    assert_int_equal(ks_report_read(&file, ks_buf_span(text), "r.json", &err),
                     KS_OK);
    return file;
}

/* What is read back from json or jsonl writes the same json again. */
static void round_trip(void **state)
{
    static const char *const forms[] = {"json", "jsonl"};

    (void)state;
    for (size_t full = 0; full < 2; full++) {
        for (size_t i = 0; i < COUNT(forms); i++) {
            struct ks_report report = sample_report(full == 1);
            struct ks_report_style style = {0};
            struct ks_report_file *file;
            struct ks_buf first, again, want;

            render(&want, "json", &report, style);
            render(&first, forms[i], &report, style);
            file = read_back(&first);
            render(&again, "json", ks_report_file_report(file), style);
            assert_int_equal(ks_buf_add_byte(&want, 0), KS_OK);
            assert_int_equal(ks_buf_add_byte(&again, 0), KS_OK);
            assert_string_equal((const char *)again.ptr,
                                (const char *)want.ptr);
            ks_report_file_free(file);
            ks_buf_release(&first);
            ks_buf_release(&again);
            ks_buf_release(&want);
            sample_free(&report);
        }
    }
}

static void into_other_formats(void **state)
{
    struct ks_report report = sample_report(true);
    struct ks_report_style style = {0};
    struct ks_report_file *file;
    struct ks_buf json, text;

    (void)state;
    render(&json, "json", &report, style);
    file = read_back(&json);
    render(&text, "text", ks_report_file_report(file), style);
    assert_true(holds(&text, "secret    [redacted:40]  proven by checksum"));
    assert_true(holds(&text, "INCOMPLETE"));
    assert_true(holds(&text, "123456789a 2024-05-01"));
    ks_report_file_free(file);
    ks_buf_release(&json);
    ks_buf_release(&text);
    sample_free(&report);
}

static void ids(void **state)
{
    static const char *const forms[] = {"json", "jsonl"};
    struct ks_report report = sample_report(true);

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct ks_report_ids found = {0};
        struct ks_buf text;

        render(&text, forms[i], &report, (struct ks_report_style){0});
        assert_int_equal(
            ks_report_read_ids(&found, ks_buf_span(&text), "b", NULL), KS_OK);
        assert_int_equal(found.len, 3);
        for (size_t j = 0; j < 3; j++)
            assert_string_equal(found.items[j], sample_findings[j].id);
        free(found.items);
        ks_buf_release(&text);
    }
    sample_free(&report);
}

static void refuses(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "not a report"},
        {"x", "not JSON"},
        {"[]", "not JSON"},
        {"{}", "not a report"},
        {"{\"schema\": \"keysweep.report/2\"}", "not a report"},
        {"{\"schema\": \"keysweep.report/1\", \"findings\": [{]}", "malformed"},
        {"{\"schema\": \"keysweep.report/1\", \"findings\": [{\"id\": \"x\"}]}",
         "without an id"},
        {"{\"schema\": \"keysweep.report/1\", \"findings\": [", "malformed"},
        {"{\"schema\": \"keysweep.report/1\" ", "malformed"},
        {"{\"schema\"", "malformed"},
        {"\"", "not JSON"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ks_report_file *file = NULL;
        struct ks_report_ids found = {0};
        struct ks_span text = ks_span_str(cases[i].text);
        struct ks_err err = {0};

        assert_int_equal(ks_report_read(&file, text, "r.json", &err),
                         KS_EFORMAT);
        assert_non_null(strstr(err.text, cases[i].words));
        assert_memory_equal(err.text, "r.json: ", 8);
        assert_int_equal(ks_report_read_ids(&found, text, "r.json", &err),
                         KS_EFORMAT);
    }
}

/* Every beginning of a report is refused or read, never more than that. */
static void truncated(void **state)
{
    struct ks_report report = sample_report(true);
    struct ks_buf text;

    (void)state;
    render(&text, "json", &report, (struct ks_report_style){0});
    for (size_t len = 0; len + 2 < text.len; len++) {
        struct ks_report_file *file = NULL;
        uint8_t *copy = malloc(len + 1);

        memcpy(copy, text.ptr, len);
        assert_int_equal(
            ks_report_read(&file, (struct ks_span){copy, len}, "r", NULL),
            KS_EFORMAT);
        free(copy);
    }
    ks_buf_release(&text);
    sample_free(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip), cmocka_unit_test(into_other_formats),
        cmocka_unit_test(ids),        cmocka_unit_test(refuses),
        cmocka_unit_test(truncated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
