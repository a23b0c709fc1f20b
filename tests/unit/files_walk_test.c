/* SPDX-License-Identifier: Apache-2.0 */
#include "files_support.h"

enum { NOBODY = 65534 };

static void hands_over_contents_names_and_links(void **state)
{
    struct take *take = *state;
    const struct kept *kept;

    mkdir("d", 0700);
    put_text("d/a", "alpha");
    put_text("top", "beta");
    assert_int_equal(symlink("/etc", "d/etc"), 0);
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, ".", NULL),
                     KS_OK);
    kept = find(take, KS_BLOB_FILE, "d/a", NULL);
    assert_non_null(kept);
    assert_string_equal(kept->bytes, "alpha");
    assert_true(kept->blob.own_to == SIZE_MAX);
    assert_non_null(find(take, KS_BLOB_FILE, "top", NULL));
    kept = find(take, KS_BLOB_LINK_TARGET, "d/etc", NULL);
    assert_non_null(kept);
    assert_string_equal(kept->bytes, "/etc");
    kept = find(take, KS_BLOB_PATH_NAME, "d/a", NULL);
    assert_non_null(kept);
    assert_string_equal(kept->bytes, "d/a");
    assert_int_equal(kept->blob.own_from, 2);
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 2);
    assert_int_equal(count_kind(take, KS_BLOB_PATH_NAME), 4);
    assert_true(ks_coverage_complete(take->coverage));
    assert_int_equal(ks_coverage_amounts(take->coverage).blobs, 2);
    assert_int_equal(ks_coverage_amounts(take->coverage).bytes, 9);
}

static void root_link_is_followed_on_request(void **state)
{
    struct take *take = *state;
    struct ks_files_options follow = {.follow_root_link = true};

    mkdir("d", 0700);
    put_text("d/a", "alpha");
    assert_int_equal(symlink("d", "link"), 0);
    assert_int_equal(symlink("d/a", "file"), 0);
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, "link", NULL),
                     KS_OK);
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 0);
    assert_non_null(find(take, KS_BLOB_LINK_TARGET, "link", NULL));
    assert_int_equal(take_walk(take, follow, "link", NULL), KS_OK);
    assert_non_null(find(take, KS_BLOB_FILE, "link/a", NULL));
    assert_int_equal(take_walk(take, follow, "file", NULL), KS_OK);
    assert_non_null(find(take, KS_BLOB_FILE, "file", NULL));
}

static void special_files_do_not_block(void **state)
{
    struct take *take = *state;

    mkdir("d", 0700);
    assert_int_equal(mkfifo("d/fifo", 0600), 0);
    put_text("d/a", "alpha");
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, "d", NULL),
                     KS_OK);
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 1);
    assert_true(ks_coverage_complete(take->coverage));
    assert_int_equal(
        take_walk(take, (struct ks_files_options){0}, "d/fifo", NULL), KS_OK);
    assert_int_equal(skips(take, KS_SKIP_SPECIAL), 1);
    assert_int_equal(
        take_walk(take, (struct ks_files_options){0}, "/dev/zero", NULL), KS_OK);
    assert_int_equal(skips(take, KS_SKIP_SPECIAL), 1);
}

static void missing_path_is_an_error(void **state)
{
    struct take *take = *state;
    struct ks_err err = {0};

    assert_int_equal(take_walk(take, (struct ks_files_options){0}, "no", &err),
                     KS_ENOENT);
    assert_non_null(strstr(err.text, "no"));
    put_text("a", "alpha");
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, "a/b", &err),
                     KS_EIO);
}

static void unreadable_is_counted(void **state)
{
    struct take *take = *state;
    struct ks_err err = {0};

    /* Root may read everything: be nobody. */
    bool root = geteuid() == 0;

    if (root && (chown(take->folder, NOBODY, NOBODY) < 0 ||
                 seteuid(NOBODY) < 0))
        skip();
    mkdir("d", 0700);
    mkdir("d/closed", 0000);
    put_text("d/a", "alpha");
    put_text("d/b", "beta");
    chmod("d/a", 0);
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, "d", NULL),
                     KS_OK);
    assert_int_equal(skips(take, KS_SKIP_UNREADABLE), 2);
    assert_non_null(find(take, KS_BLOB_FILE, "d/b", NULL));
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, "d/a", &err),
                     KS_EIO);
    if (root)
        assert_int_equal(seteuid(0), 0);
}

static void odd_names_pass_through(void **state)
{
    struct take *take = *state;

    put_text("new\nline", "1");
    put_text("bad\xff\xfe", "2");
    put_text("\033[31m", "3");
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, ".", NULL),
                     KS_OK);
    assert_non_null(find(take, KS_BLOB_FILE, "new\nline", NULL));
    assert_non_null(find(take, KS_BLOB_FILE, "bad\xff\xfe", NULL));
    assert_non_null(find(take, KS_BLOB_FILE, "\033[31m", NULL));
}

static void each_file_once(void **state)
{
    struct take *take = *state;
    struct ks_blob_sink sink = {.ctx = take, .take = keep};
    const char *paths[] = {"d/e/f", "./d//e/", "d-x", "d", "d/e"};
    struct ks_files_options options = {0};

    mkdir("d", 0700);
    mkdir("d/e", 0700);
    put_text("d/e/f", "alpha");
    put_text("d-x", "beta");
    options.coverage = take->coverage;
    assert_int_equal(ks_files_walk(paths, 5, &options, &sink, NULL), KS_OK);
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 2);
    paths[3] = "d/none";
    assert_int_equal(ks_files_walk(paths, 5, &options, &sink, NULL), KS_ENOENT);
}

static void many_files_many_workers(void **state)
{
    enum { FILES = 3000 };
    struct take *take = *state;
    bool seen[FILES] = {false};
    char path[64];

    mkdir("d", 0700);
    for (unsigned i = 0; i < FILES; i++) {
        (void)snprintf(path, sizeof(path), "d/file-with-a-long-name-%u", i);
        put_file(path, &i, sizeof(i));
    }
    assert_int_equal(
        take_walk(take, (struct ks_files_options){.jobs = 4}, "d", NULL), KS_OK);
    for (size_t i = 0; i < take->len; i++) {
        unsigned number;

        if (take->items[i].blob.kind != KS_BLOB_FILE)
            continue;
        memcpy(&number, take->items[i].bytes, sizeof(number));
        assert_true(number < FILES && !seen[number]);
        seen[number] = true;
    }
    assert_int_equal(count_kind(take, KS_BLOB_FILE), FILES);
}

static void deeper_than_a_path_may_be(void **state)
{
    enum { LEVELS = 40, NAME = 200 };
    struct take *take = *state;
    char name[NAME + 1];
    size_t longest = 0;

    memset(name, 'n', NAME);
    name[NAME] = '\0';
    for (int i = 0; i < LEVELS; i++)
        assert_true(mkdir(name, 0700) == 0 && chdir(name) == 0);
    put_text("leaf", "alpha");
    assert_int_equal(chdir(take->folder), 0);
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, ".", NULL),
                     KS_OK);
    assert_true(ks_coverage_complete(take->coverage));
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 1);
    for (size_t i = 0; i < take->len; i++)
        if (strlen(take->items[i].path) > longest)
            longest = strlen(take->items[i].path);
    assert_int_equal(longest, LEVELS * (NAME + 1) + strlen("leaf"));
}

static void git_objects_are_left_out(void **state)
{
    struct take *take = *state;

    assert_int_equal(mkdir(".git", 0700) | mkdir(".git/refs", 0700) |
                         mkdir(".git/objects", 0700) | mkdir("objects", 0700),
                     0);
    put_text(".git/HEAD", "ref: refs/heads/main\n");
    put_text(".git/config", "url = https://host/");
    put_text(".git/objects/pack", "x");
    put_text("objects/mine", "y");
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, ".", NULL),
                     KS_OK);
    assert_non_null(find(take, KS_BLOB_FILE, ".git/config", NULL));
    assert_non_null(find(take, KS_BLOB_FILE, "objects/mine", NULL));
    assert_null(find(take, KS_BLOB_FILE, ".git/objects/pack", NULL));
}

static bool is_vendor(void *ctx, const char *path)
{
    (void)ctx;
    return strcmp(path, "vendor") == 0 || strcmp(path, "top") == 0;
}

static void excluded_is_left_out(void **state)
{
    struct take *take = *state;
    struct ks_files_options options = {.excluded = is_vendor};

    mkdir("vendor", 0700);
    put_text("vendor/a", "alpha");
    put_text("top", "beta");
    put_text("kept", "gamma");
    assert_int_equal(take_walk(take, options, ".", NULL), KS_OK);
    assert_int_equal(take->len, 2);
    assert_non_null(find(take, KS_BLOB_FILE, "kept", NULL));
}

static void sink_ends_the_walk(void **state)
{
    struct take *take = *state;
    struct ks_err err = {0};

    put_text("a", "alpha");
    put_text("b", "beta");
    take->fail_at = 1;
    assert_int_equal(
        take_walk(take, (struct ks_files_options){.jobs = 2}, ".", &err),
        KS_EFORMAT);
    assert_string_equal(err.text, "refused");
    take->fail_at = 0;
}

static void stop_ends_the_walk(void **state)
{
    struct take *take = *state;
    struct ks_stop stop = {0};
    struct ks_files_options options = {.jobs = 1, .stop = &stop};

    put_text("a", "alpha");
    put_text("b", "beta");
    take->stop_at_first = &stop;
    assert_int_equal(take_walk(take, options, ".", NULL), KS_OK);
    assert_true(count_kind(take, KS_BLOB_FILE) < 2);
    take->stop_at_first = NULL;
}

int main(void)
{
#define CASE(name)                                                             \
    cmocka_unit_test_setup_teardown(name, take_setup, take_teardown)
    const struct CMUnitTest tests[] = {
        CASE(hands_over_contents_names_and_links),
        CASE(root_link_is_followed_on_request),
        CASE(special_files_do_not_block),
        CASE(missing_path_is_an_error),
        CASE(unreadable_is_counted),
        CASE(odd_names_pass_through),
        CASE(each_file_once),
        CASE(many_files_many_workers),
        CASE(deeper_than_a_path_may_be),
        CASE(git_objects_are_left_out),
        CASE(excluded_is_left_out),
        CASE(sink_ends_the_walk),
        CASE(stop_ends_the_walk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
