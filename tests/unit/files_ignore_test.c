/* SPDX-License-Identifier: Apache-2.0 */
#include "files_support.h"

#include "files/glob.h"

static void globs(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool fits;
    } cases[] = {
        {"*.o", "a.o", true},
        {"*.o", "d/a.o", false},
        {"a?c", "abc", true},
        {"a?c", "a/c", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"[]]x", "]x", true},
        {"[a", "[a", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"d/*", "d/a", true},
        {"d/*", "d/e/a", false},
        {"**/a", "a", true},
        {"**/a", "x/y/a", true},
        {"d/**", "d/x/y", true},
        {"d/**", "d", false},
        {"d/**/a", "d/a", true},
        {"d/**/a", "d/x/y/a", true},
        {"d/**/a", "e/x/y/a", false},
        {"**/x/**/y", "a/x/b/x/c/y", true},
        {"**/x/**/y", "a/x/b", false},
        {"", "", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(ks_glob_path(ks_span_str(cases[i].pattern),
                                      ks_span_str(cases[i].path)),
                         cases[i].fits);
}

/* Patterns are a stranger's: no number of stars takes long. */
static void stars_take_no_time(void **state)
{
    char pattern[4001], name[4001];

    (void)state;
    for (size_t i = 0; i < 4000; i++) {
        pattern[i] = i % 2 == 0 ? '*' : 'a';
        name[i] = 'a';
    }
    pattern[3999] = 'b';
    pattern[4000] = name[4000] = '\0';
    assert_false(ks_glob_name(ks_span_str(pattern), ks_span_str(name)));
}

static const struct ks_files_options honor = {.honor_gitignore = true};

static void make_tree(void)
{
    static const char *const dirs[] = {".git", "src", "src/gen", "out"};
    static const char *const files[] = {
        "a.log",       "keep.log",   "src/b.log", "src/build",
        "src/gen/x.c", "src/main.c", "out/o",     "build"};

    for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
        assert_int_equal(mkdir(dirs[i], 0700), 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        put_text(files[i], "x");
    put_text(".gitignore", "# logs\n*.log  \n!keep.log\nout/\n/build\n");
    put_text("src/.gitignore", "gen\n!b.log\n");
}

static void read_by_default(void **state)
{
    struct take *take = *state;

    make_tree();
    assert_int_equal(take_walk(take, (struct ks_files_options){0}, ".", NULL),
                     KS_OK);
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 10);
}

static void left_out_on_request(void **state)
{
    struct take *take = *state;

    make_tree();
    assert_int_equal(take_walk(take, honor, ".", NULL), KS_OK);
    assert_non_null(find(take, KS_BLOB_FILE, "keep.log", NULL));
    assert_non_null(find(take, KS_BLOB_FILE, "src/b.log", NULL));
    assert_non_null(find(take, KS_BLOB_FILE, "src/build", NULL));
    assert_non_null(find(take, KS_BLOB_FILE, "src/main.c", NULL));
    /* And the two .gitignore files themselves. */
    assert_int_equal(count_kind(take, KS_BLOB_FILE), 6);
}

static void files_above_count(void **state)
{
    struct take *take = *state;

    make_tree();
    put_text("src/c.log", "x");
    assert_int_equal(take_walk(take, honor, "src", NULL), KS_OK);
    assert_null(find(take, KS_BLOB_FILE, "src/c.log", NULL));
    assert_non_null(find(take, KS_BLOB_FILE, "src/b.log", NULL));
    /* What the user names is read. */
    assert_int_equal(take_walk(take, honor, "src/c.log", NULL), KS_OK);
    assert_non_null(find(take, KS_BLOB_FILE, "src/c.log", NULL));
}

int main(void)
{
#define CASE(name)                                                             \
    cmocka_unit_test_setup_teardown(name, take_setup, take_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs), cmocka_unit_test(stars_take_no_time),
        CASE(read_by_default),   CASE(left_out_on_request),
        CASE(files_above_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
