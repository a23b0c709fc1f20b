/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports as they stand in tests/fixtures/report, where @VERSION@ stands for
 * the program's version. KS_UPDATE_GOLDEN=1 writes them anew.
 */
#include "report_support.h"

static void version_out(struct ks_buf *out, const struct ks_buf *in)
{
    struct ks_span text = ks_buf_span(in);
    struct ks_span version = ks_span_str("\"" KS_VERSION "\"");
    size_t from = 0;

    ks_buf_init(out, in->cap);
    for (;;) {
        size_t at = ks_span_find(text, from, version);

        assert_int_equal(ks_buf_add(out, ks_span_slice(text, from, at)), KS_OK);
        if (at == SIZE_MAX)
            return;
        assert_int_equal(ks_buf_add_str(out, "\"@VERSION@\""), KS_OK);
        from = at + version.len;
    }
}

static void check(const char *format, const char *name, bool full,
                  struct ks_report_style style)
{
    struct ks_report report = sample_report(full);
    struct ks_buf raw, got, want;
    struct ks_err err = {0};
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/tests/fixtures/report/%s",
                   KS_SOURCE_DIR, name);
    render(&raw, format, &report, style);
    version_out(&got, &raw);
    if (getenv("KS_UPDATE_GOLDEN") != NULL)
        assert_int_equal(ks_file_replace(path, ks_buf_span(&got), 0644, &err),
                         KS_OK);
    ks_buf_init(&want, 1 << 20);
    assert_int_equal(ks_file_read(&want, path, &err), KS_OK);
    assert_int_equal(ks_buf_add_byte(&want, 0), KS_OK);
    assert_int_equal(ks_buf_add_byte(&got, 0), KS_OK);
    assert_string_equal((const char *)got.ptr, (const char *)want.ptr);
    ks_buf_release(&raw);
    ks_buf_release(&got);
    ks_buf_release(&want);
    sample_free(&report);
}

static void golden(void **state)
{
    size_t count;
    const struct ks_report_format *formats = ks_report_formats(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        char name[64];

        (void)snprintf(name, sizeof(name), "full.%s%s", formats[i].name,
                       formats[i].suffix);
        check(formats[i].name, name, true, (struct ks_report_style){0});
        (void)snprintf(name, sizeof(name), "empty.%s%s", formats[i].name,
                       formats[i].suffix);
        check(formats[i].name, name, false, (struct ks_report_style){0});
    }
}

static void golden_explained(void **state)
{
    (void)state;
    check("text", "explained.text.txt", true,
          (struct ks_report_style){.explain = true});
}

static void no_secret_in_any_format(void **state)
{
    struct ks_report report = sample_report(true);
    size_t count;
    const struct ks_report_format *formats = ks_report_formats(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct ks_buf out;

        render(&out, formats[i].name, &report, (struct ks_report_style){0});
        for (size_t j = 0; j < COUNT(sample_secrets); j++)
            assert_false(holds(&out, sample_secrets[j]));
        ks_buf_release(&out);
    }
    sample_free(&report);
}

static void shown_on_request(void **state)
{
    struct ks_report report = sample_report(true);
    struct ks_buf out;

    (void)state;
    render(&out, "json", &report,
           (struct ks_report_style){.redaction = {.show = true}});
    for (size_t j = 0; j < COUNT(sample_secrets); j++)
        assert_true(holds(&out, sample_secrets[j]));
    ks_buf_release(&out);
    render(&out, "json", &report,
           (struct ks_report_style){.redaction = {.percent = 80}});
    assert_true(holds(&out, "\"secret\": \"plain-se"));
    assert_false(holds(&out, "plain-sec"));
    ks_buf_release(&out);
    sample_free(&report);
}

/* Nothing that a terminal obeys, but for line ends and our own colours. */
static void harmless_for_terminals(void **state)
{
    struct ks_report report = sample_report(true);
    size_t count;
    const struct ks_report_format *formats = ks_report_formats(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct ks_buf out;

        render(&out, formats[i].name, &report, (struct ks_report_style){0});
        for (size_t at = 0; at < out.len; at++)
            assert_true(out.ptr[at] >= 0x20 || out.ptr[at] == '\n' ||
                        out.ptr[at] == '\r');
        ks_buf_release(&out);
    }
    sample_free(&report);
}

static void color_only_if_asked(void **state)
{
    struct ks_report report = sample_report(true);
    struct ks_buf out;

    (void)state;
    render(&out, "text", &report, (struct ks_report_style){0});
    assert_false(holds(&out, "\033"));
    ks_buf_release(&out);
    render(&out, "text", &report, (struct ks_report_style){.color = true});
    assert_true(holds(&out, "\033[1;31mcritical\033[0m"));
    assert_false(holds(&out, "\033[2J"));
    ks_buf_release(&out);
    sample_free(&report);
}

static enum ks_rc refuse(void *ctx, struct ks_span bytes, struct ks_err *err)
{
    size_t *left = ctx;

    if (bytes.len > *left)
        return ks_fail(err, KS_EIO, "disk full");
    *left -= bytes.len;
    return KS_OK;
}

static void a_failed_write_is_told(void **state)
{
    struct ks_report report = sample_report(true);
    size_t count;
    const struct ks_report_format *formats = ks_report_formats(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t left = 100;
        struct ks_report_out out = {refuse, &left};
        struct ks_report_style style = {0};
        struct ks_err err = {0};

        assert_int_equal(formats[i].write(&report, &style, &out, &err), KS_EIO);
        assert_string_equal(err.text, "disk full");
    }
    sample_free(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden),
        cmocka_unit_test(golden_explained),
        cmocka_unit_test(no_secret_in_any_format),
        cmocka_unit_test(shown_on_request),
        cmocka_unit_test(harmless_for_terminals),
        cmocka_unit_test(color_only_if_asked),
        cmocka_unit_test(a_failed_write_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
