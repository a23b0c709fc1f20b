/* SPDX-License-Identifier: Apache-2.0 */
#include "files_support.h"

enum { SIZE = 10007 };

static uint8_t text[SIZE];

static void make_text(void)
{
    for (size_t i = 0; i < SIZE; i++)
        text[i] = i % 37 == 0 ? '\n' : (uint8_t)('a' + i % 26);
}

/* Every byte is owned once, and every window tells the truth about itself. */
static void check_windows(const struct take *take, size_t size,
                          enum ks_blob_kind kind)
{
    uint8_t *owned = calloc(size, 1);

    for (size_t i = 0; i < take->len; i++) {
        const struct ks_blob *blob = &take->items[i].blob;
        struct ks_span whole = {text, size};
        size_t to;

        if (blob->kind != kind)
            continue;
        to = blob->own_to < blob->bytes.len ? blob->own_to : blob->bytes.len;
        assert_true(blob->window_at + blob->bytes.len <= size);
        assert_memory_equal(take->items[i].bytes, text + blob->window_at,
                            blob->bytes.len);
        assert_int_equal(blob->line_at,
                         ks_span_count_lines(whole, 0, blob->window_at));
        assert_int_equal(blob->column_at, blob->window_at % 37 == 0
                                              ? (blob->window_at > 0 ? 36 : 0)
                                              : blob->window_at % 37 - 1);
        assert_int_equal(blob->more_before, blob->window_at > 0);
        assert_true(blob->more_after ||
                    blob->window_at + blob->bytes.len == size);
        assert_int_equal(blob->window_at % 4, 0);
        for (size_t at = blob->own_from; at < to; at++)
            assert_int_equal(owned[blob->window_at + at]++, 0);
    }
    for (size_t at = 0; at < size; at++)
        assert_int_equal(owned[at], 1);
    free(owned);
}

static void windows_own_each_byte_once(void **state)
{
    static const size_t sizes[] = {SIZE, 1, 255, 256, 257, 384, 512, 10000};
    struct take *take = *state;
    struct ks_files_options options = {.window = 256, .overlap = 61};

    make_text();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        put_file("f", text, sizes[i]);
        assert_int_equal(take_walk(take, options, "f", NULL), KS_OK);
        check_windows(take, sizes[i], KS_BLOB_FILE);
        assert_int_equal(ks_coverage_amounts(take->coverage).bytes, sizes[i]);
        assert_int_equal(ks_coverage_amounts(take->coverage).blobs, 1);
    }
}

static void window_holds_its_overlaps(void **state)
{
    struct take *take = *state;
    struct ks_files_options options = {.window = 64, .overlap = 1000};

    make_text();
    put_file("f", text, SIZE);
    assert_int_equal(take_walk(take, options, "f", NULL), KS_OK);
    check_windows(take, SIZE, KS_BLOB_FILE);
    for (size_t i = 0; i < take->len; i++)
        if (take->items[i].blob.more_after)
            assert_true(take->items[i].blob.bytes.len -
                            take->items[i].blob.own_to >=
                        1000);
}

static void whole_below_the_window(void **state)
{
    struct take *take = *state;
    size_t size = 3 * 1024 * 1024;
    uint8_t *bytes = calloc(size, 1);

    put_file("f", bytes, size);
    free(bytes);
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, "f", NULL),
                     KS_OK);
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 1);
    assert_int_equal(take->items[1].blob.bytes.len, size);
    assert_true(take->items[1].blob.own_to == SIZE_MAX);
    assert_false(take->items[1].blob.more_after);
}

static void stream_in_windows(void **state)
{
    struct take *take = *state;
    struct ks_blob_sink sink = {.ctx = take, .take = keep};
    struct ks_files_options options = {.window = 512, .overlap = 32};
    int ends[2];
    pid_t writer;

    make_text();
    assert_int_equal(pipe(ends), 0);
    writer = fork();
    if (writer == 0) {
        for (size_t at = 0; at < SIZE; at += 7)
            (void)!write(ends[1], text + at, SIZE - at < 7 ? SIZE - at : 7);
        _exit(0);
    }
    (void)close(ends[1]);
    options.coverage = take->coverage;
    assert_int_equal(ks_files_stream(ends[0], &options, &sink, NULL), KS_OK);
    (void)close(ends[0]);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    check_windows(take, SIZE, KS_BLOB_STDIN);
    assert_int_equal(ks_coverage_amounts(take->coverage).bytes, SIZE);
}

static void holes_are_not_read(void **state)
{
    static const char token[] = "\nneedle at the very end";
    struct take *take = *state;
    off_t size = (off_t)4 * 1024 * 1024 * 1024 + 1;
    off_t middle = (off_t)1024 * 1024 * 1024 + 4096;
    uint64_t bytes = 0;
    bool found = false;
    int fd = open("sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "one\ntwo\n", 8, 0), 8);
    assert_int_equal(pwrite(fd, "three\n", 6, middle), 6);
    assert_int_equal(
        pwrite(fd, token, sizeof(token) - 1, size - (off_t)sizeof(token) + 1),
        (ssize_t)sizeof(token) - 1);
    (void)close(fd);
    assert_int_equal(take_walk(take, (struct ks_files_options){.overlap = 64},
                               "sparse", NULL),
                     KS_OK);
    for (size_t i = 0; i < take->len; i++) {
        const struct ks_blob *blob = &take->items[i].blob;
        struct ks_span span = {take->items[i].bytes, blob->bytes.len};
        size_t at = ks_span_find(span, 0, ks_span_str(token));

        bytes += blob->bytes.len;
        if (at == SIZE_MAX)
            continue;
        found = true;
        assert_int_equal(blob->window_at + at + sizeof(token) - 1,
                         (uint64_t)size);
        assert_int_equal(blob->line_at, 3);
        assert_false(blob->more_after);
    }
    assert_true(found);
    assert_true(bytes < 64 * 1024 * 1024);
    assert_true(ks_coverage_complete(take->coverage));
}

int main(void)
{
#define CASE(name)                                                             \
    cmocka_unit_test_setup_teardown(name, take_setup, take_teardown)
    const struct CMUnitTest tests[] = {
        CASE(windows_own_each_byte_once), CASE(window_holds_its_overlaps),
        CASE(whole_below_the_window),     CASE(stream_in_windows),
        CASE(holes_are_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
