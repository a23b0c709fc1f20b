/* SPDX-License-Identifier: Apache-2.0 */
#include "files_support.h"

#include "files/archive.h"

#include <archive.h>
#include <archive_entry.h>

enum { LARGEST = 4 * 1024 * 1024 };

/* An archive in memory that is being written. */
struct maker {
    struct archive *archive;
    uint8_t *bytes;
    size_t len;
};

enum form { ZIP, ZIP_LOCKED, TAR, TAR_GZ, TAR_XZ, TAR_ZST, SEVEN_ZIP, GZ };

static void begin(struct maker *maker, enum form form)
{
    struct archive *archive = archive_write_new();

    *maker = (struct maker){archive, malloc(LARGEST), 0};
    if (form == ZIP || form == ZIP_LOCKED)
        archive_write_set_format_zip(archive);
    else if (form == SEVEN_ZIP)
        archive_write_set_format_7zip(archive);
    else if (form == GZ)
        archive_write_set_format_raw(archive);
    else
        archive_write_set_format_pax_restricted(archive);
    if (form == TAR_GZ || form == GZ)
        archive_write_add_filter_gzip(archive);
    if (form == TAR_XZ)
        archive_write_add_filter_xz(archive);
    if (form == TAR_ZST)
        archive_write_add_filter_zstd(archive);
    if (form == ZIP_LOCKED) {
        assert_int_equal(
            archive_write_set_options(archive, "zip:encryption=zipcrypt"), 0);
        archive_write_set_passphrase(archive, "a");
    }
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(
        archive_write_open_memory(archive, maker->bytes, LARGEST, &maker->len),
        ARCHIVE_OK);
}

static void add(struct maker *maker, const char *name, const void *bytes,
                size_t len)
{
    struct archive_entry *entry = archive_entry_new();

    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)len);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    assert_int_equal(archive_write_header(maker->archive, entry), ARCHIVE_OK);
    assert_int_equal(archive_write_data(maker->archive, bytes, len),
                     (la_ssize_t)len);
    archive_entry_free(entry);
}

static void add_text(struct maker *maker, const char *name, const char *text)
{
    add(maker, name, text, strlen(text));
}

static void finish(struct maker *maker)
{
    assert_int_equal(archive_write_close(maker->archive), ARCHIVE_OK);
    archive_write_free(maker->archive);
}

static void drop(struct maker *maker)
{
    free(maker->bytes);
}

/* Finishes it and writes it to a file. */
static void store(struct maker *maker, const char *path)
{
    finish(maker);
    put_file(path, maker->bytes, maker->len);
    drop(maker);
}

/* Bytes that do not compress. The caller frees them. */
static uint8_t *noise_new(size_t len)
{
    uint8_t *noise = malloc(len);
    uint64_t word = 1;

    for (size_t i = 0; i < len; i++) {
        word = word * 6364136223846793005U + 1442695040888963407U;
        noise[i] = (uint8_t)(word >> 56);
    }
    return noise;
}

static void walk(struct take *take, const char *path)
{
    assert_int_equal(
        take_walk(take, (struct ks_files_options){.jobs = 1}, path, NULL),
        KS_OK);
}

static void members_of_every_form(void **state)
{
    static const enum form forms[] = {ZIP,    TAR,     TAR_GZ,
                                      TAR_XZ, TAR_ZST, SEVEN_ZIP};
    struct take *take = *state;

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        const struct kept *kept;
        struct maker maker;

        begin(&maker, forms[i]);
        add_text(&maker, "in/a.txt", "alpha");
        add_text(&maker, "b", "beta");
        store(&maker, "any-name");
        walk(take, "any-name");
        kept = find(take, KS_BLOB_FILE, "any-name", "in/a.txt");
        assert_non_null(kept);
        assert_string_equal(kept->bytes, "alpha");
        assert_non_null(find(take, KS_BLOB_FILE, "any-name", "b"));
        assert_non_null(find(take, KS_BLOB_PATH_NAME, "any-name", "in/a.txt"));
        assert_int_equal(count_kind(take, KS_BLOB_FILE), 2);
        assert_true(ks_coverage_complete(take->coverage));
        assert_int_equal(ks_coverage_amounts(take->coverage).blobs, 3);
    }
}

static void a_compressed_file_has_its_own_name(void **state)
{
    struct take *take = *state;
    struct maker maker;

    begin(&maker, GZ);
    add_text(&maker, "x", "alpha");
    store(&maker, "app.log.gz");
    walk(take, "app.log.gz");
    assert_non_null(find(take, KS_BLOB_FILE, "app.log.gz", "app.log"));
}

static void names_are_utf_8_in_any_locale(void **state)
{
    /* A zip with one stored, empty member whose name is flagged as UTF-8. */
    static const uint8_t zip[] = {
        'P',  'K',  3,   4,    20,   0,   0,   8, 0,  0, 0, 0, 33, 0, 0,
        0,    0,    0,   0,    0,    0,   0,   0, 0,  0, 0, 2, 0,  0, 0,
        0xc3, 0xbc, 'P', 'K',  1,    2,   20,  0, 20, 0, 0, 8, 0,  0, 0,
        0,    33,   0,   0,    0,    0,   0,   0, 0,  0, 0, 0, 0,  0, 0,
        2,    0,    0,   0,    0,    0,   0,   0, 0,  0, 0, 0, 0,  0, 0,
        0,    0,    0,   0xc3, 0xbc, 'P', 'K', 5, 6,  0, 0, 0, 0,  1, 0,
        1,    0,    48,  0,    0,    0,   32,  0, 0,  0, 0, 0};
    struct take *take = *state;

    put_file("z", zip, sizeof(zip));
    walk(take, "z");
    assert_non_null(find(take, KS_BLOB_PATH_NAME, "z", "\xc3\xbc"));
    assert_true(ks_coverage_complete(take->coverage));
}

static void plain_if_asked(void **state)
{
    struct take *take = *state;
    struct maker maker;

    begin(&maker, ZIP);
    add_text(&maker, "a", "alpha");
    store(&maker, "z");
    assert_int_equal(take_walk(take,
                               (struct ks_files_options){.no_archives = true},
                               "z", NULL),
                     KS_OK);
    assert_non_null(find(take, KS_BLOB_FILE, "z", NULL));
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 1);
}

/* Puts `levels` zips around the text "alpha" in "leaf". */
static void store_nested(unsigned levels, const char *path)
{
    uint8_t *inner = (uint8_t *)strdup("alpha");
    size_t len = strlen("alpha");

    for (unsigned i = 0; i < levels; i++) {
        struct maker maker;

        begin(&maker, ZIP);
        add(&maker, i == 0 ? "leaf" : "z", inner, len);
        finish(&maker);
        free(inner);
        inner = maker.bytes;
        len = maker.len;
    }
    put_file(path, inner, len);
    free(inner);
}

static void nested_down_to_a_depth(void **state)
{
    struct take *take = *state;
    const struct kept *kept;

    store_nested(KS_ARCHIVE_DEPTH, "deep");
    walk(take, "deep");
    kept = find(take, KS_BLOB_FILE, "deep", "z!z!leaf");
    assert_non_null(kept);
    assert_string_equal(kept->bytes, "alpha");
    assert_true(ks_coverage_complete(take->coverage));
    store_nested(KS_ARCHIVE_DEPTH + 1, "deeper");
    walk(take, "deeper");
    assert_null(find(take, KS_BLOB_FILE, "deeper", "z!z!z!leaf"));
    assert_int_equal(skips(take, KS_SKIP_LIMIT), 1);
    /* What was not opened is at least looked at as it stands. */
    assert_non_null(find(take, KS_BLOB_FILE, "deeper", "z!z!z"));
}

static void encrypted_is_counted(void **state)
{
    struct take *take = *state;
    struct maker maker;

    begin(&maker, ZIP_LOCKED);
    add_text(&maker, "a", "alpha");
    store(&maker, "z");
    walk(take, "z");
    assert_int_equal(skips(take, KS_SKIP_ENCRYPTED), 1);
    assert_string_equal(
        ks_coverage_skipped(take->coverage, KS_SKIP_ENCRYPTED)->examples[0],
        "z!a");
}

static void damaged_is_counted_and_read_as_it_stands(void **state)
{
    enum { NOISE = 300 * 1024 };
    uint8_t head[600];
    struct take *take = *state;
    struct maker maker;
    uint8_t *noise = noise_new(NOISE);

    begin(&maker, TAR_GZ);
    add_text(&maker, "a", "alpha");
    add(&maker, "b", noise, NOISE);
    finish(&maker);
    put_file("t", maker.bytes, maker.len / 2);
    drop(&maker);
    free(noise);
    walk(take, "t");
    assert_true(skips(take, KS_SKIP_ARCHIVE) >= 1);
    assert_non_null(find(take, KS_BLOB_FILE, "t", NULL));
    assert_non_null(find(take, KS_BLOB_FILE, "t", "a"));
    memset(head, 0, sizeof(head));
    memcpy(head + 257, "ustar", 5);
    put_file("no-tar", head, sizeof(head));
    walk(take, "no-tar");
    assert_int_equal(skips(take, KS_SKIP_ARCHIVE), 1);
    put_text("no-zip", "PK\003\004 but not at all a zip");
    walk(take, "no-zip");
    assert_int_equal(skips(take, KS_SKIP_ARCHIVE), 1);
    assert_non_null(find(take, KS_BLOB_FILE, "no-zip", NULL));
}

static void a_bomb_is_bounded(void **state)
{
    enum { ZEROS = 1024 * 1024, MEMBERS = 600 };
    struct take *take = *state;
    struct maker maker;
    uint8_t *zeros = calloc(1, ZEROS);

    begin(&maker, ZIP);
    for (unsigned i = 0; i < MEMBERS; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "%u", i);
        add(&maker, name, zeros, ZEROS);
    }
    free(zeros);
    store(&maker, "bomb");
    walk(take, "bomb");
    assert_true(skips(take, KS_SKIP_LIMIT) >= 1);
    assert_true(ks_coverage_amounts(take->coverage).bytes <
                (uint64_t)500 * 1024 * 1024);
}

/* One member alone must not end quietly at the bound. */
static void a_bomb_of_one_member_is_bounded(void **state)
{
    enum { STEP = 1024 * 1024, STEPS = 270 };
    struct take *take = *state;
    struct archive_entry *entry = archive_entry_new();
    struct maker maker;
    uint8_t *zeros = calloc(1, STEP);

    begin(&maker, TAR_ZST);
    archive_entry_set_pathname(entry, "zeros");
    archive_entry_set_size(entry, (la_int64_t)STEP * STEPS);
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_header(maker.archive, entry), ARCHIVE_OK);
    for (unsigned i = 0; i < STEPS; i++)
        assert_int_equal(archive_write_data(maker.archive, zeros, STEP), STEP);
    archive_entry_free(entry);
    free(zeros);
    store(&maker, "bomb");
    walk(take, "bomb");
    assert_int_equal(skips(take, KS_SKIP_LIMIT), 1);
    assert_string_equal(
        ks_coverage_skipped(take->coverage, KS_SKIP_LIMIT)->examples[0],
        "bomb!zeros");
}

static void large_ones_are_streamed(void **state)
{
    enum { NOISE = 1024 * 1024 };
    struct take *take = *state;
    struct maker maker;
    uint8_t *noise = noise_new(NOISE);

    begin(&maker, TAR_GZ);
    add(&maker, "noise", noise, NOISE);
    add_text(&maker, "a", "alpha");
    store(&maker, "t");
    walk(take, "t");
    assert_non_null(find(take, KS_BLOB_FILE, "t", "a"));
    assert_non_null(find(take, KS_BLOB_FILE, "t", "noise"));
    assert_memory_equal(find(take, KS_BLOB_FILE, "t", "noise")->bytes, noise,
                        NOISE);
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 2);
    free(noise);
}

static void what_stands_behind_is_read(void **state)
{
    static const enum form forms[] = {ZIP, TAR, TAR_GZ, SEVEN_ZIP};
    struct take *take = *state;

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct maker maker;

        begin(&maker, forms[i]);
        add_text(&maker, "a", "alpha");
        finish(&maker);
        memcpy(maker.bytes + maker.len, "behind", 6);
        put_file("more", maker.bytes, maker.len + 6);
        walk(take, "more");
        assert_non_null(find(take, KS_BLOB_FILE, "more", "a"));
        assert_non_null(find(take, KS_BLOB_FILE, "more", NULL));
        drop(&maker);
    }
}

static void a_stream_may_be_an_archive(void **state)
{
    struct take *take = *state;
    struct ks_blob_sink sink = {.ctx = take, .take = keep};
    struct ks_files_options options = {.coverage = take->coverage};
    struct maker maker;
    int fd;

    begin(&maker, TAR_GZ);
    add_text(&maker, "a", "alpha");
    store(&maker, "t");
    fd = open("t", O_RDONLY | O_CLOEXEC);
    assert_int_equal(ks_files_stream(fd, &options, &sink, NULL), KS_OK);
    (void)close(fd);
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 1);
    for (size_t i = 0; i < take->len; i++)
        assert_string_equal(take->items[i].archive, "a");
}

int main(void)
{
#define CASE(name)                                                             \
    cmocka_unit_test_setup_teardown(name, take_setup, take_teardown)
    const struct CMUnitTest tests[] = {
        CASE(members_of_every_form),
        CASE(a_compressed_file_has_its_own_name),
        CASE(names_are_utf_8_in_any_locale),
        CASE(plain_if_asked),
        CASE(nested_down_to_a_depth),
        CASE(encrypted_is_counted),
        CASE(damaged_is_counted_and_read_as_it_stands),
        CASE(a_bomb_is_bounded),
        CASE(a_bomb_of_one_member_is_bounded),
        CASE(large_ones_are_streamed),
        CASE(what_stands_behind_is_read),
        CASE(a_stream_may_be_an_archive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
