/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled rules in a cache: used when they are good, and done without when
 * they are anything else, with the same hits.
 */
#include "base/file.h"
#include "scanner/hs_cache.h"
#include "scanner_support.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char yaml[] =
    "rules:\n" RULE_HEAD("one") "    pattern: 'wo[0-9]{4}rd'\n"
    "    prefilter: 'wo[0-9]{2}'\n";
static const char text[] = "a wo1234rd here, wo99 there";

enum { TEXT_LEN = sizeof(text) - 1, PATH = 512 };

struct fixture {
    struct own_rules own;
    char folder[64];
    char file[PATH]; /* the database in the cache */
};

static const char *origin_after(struct fixture *f, struct ks_prefilter_cache c)
{
    struct ks_matcher *matcher = matcher_of(f->own.set, c);
    const struct ks_prefilter *prefilter = ks_matcher_prefilter(matcher);
    const char *origin = ks_prefilter_origin(prefilter);
    struct ks_prefilter_scratch *scratch = NULL;
    struct ks_hits hits = {0};

    assert_int_equal(ks_prefilter_scratch_new(&scratch, prefilter, NULL),
                     KS_OK);
    assert_int_equal(
        ks_prefilter_scan(&hits, prefilter, scratch, KS_PREFILTER_ALL,
                          (struct ks_span){(const uint8_t *)text, TEXT_LEN}, 0,
                          NULL),
        KS_OK);
    ks_prefilter_order(&hits, 0);
    assert_int_equal(hits.len, 2);
    assert_int_equal(hits.items[0].end, 6);
    assert_int_equal(hits.items[1].end, 21);
    KS_VEC_RELEASE(&hits);
    ks_prefilter_scratch_free(scratch);
    ks_matcher_free(matcher);
    return origin;
}

static const char *origin_now(struct fixture *f)
{
    return origin_after(f, (struct ks_prefilter_cache){.user = f->folder});
}

static size_t count_files(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    (void)closedir(dir);
    return count;
}

static void key_of(struct fixture *f, char key[KS_HS_KEY])
{
    struct ks_matcher *matcher =
        matcher_of(f->own.set, (struct ks_prefilter_cache){NULL, NULL});

    assert_int_equal(ks_hs_cache_key(key, ks_matcher_triggers(matcher), NULL),
                     KS_OK);
    ks_matcher_free(matcher);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    char key[KS_HS_KEY];

    f->own = own_rules(yaml);
    (void)snprintf(f->folder, sizeof(f->folder), "/tmp/keysweep-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    key_of(f, key);
    (void)snprintf(f->file, sizeof(f->file), "%s/%s.hsdb", f->folder, key);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    DIR *dir = opendir(f->folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir != NULL)
        (void)closedir(dir);
    (void)rmdir(f->folder);
    ks_rules_free(f->own.rules);
    free(f);
    return 0;
}

static void kept_and_used(void **state)
{
    struct fixture *f = *state;
    struct stat info;

    assert_string_equal(origin_now(f), "compiled");
    assert_int_equal(stat(f->file, &info), 0);
    assert_int_equal(count_files(f->folder), 1);
    assert_string_equal(origin_now(f), "cached");
    assert_string_equal(
        origin_after(f, (struct ks_prefilter_cache){.shipped = f->folder}),
        "shipped");
    assert_string_equal(origin_after(f, (struct ks_prefilter_cache){0}),
                        "compiled");
}

static void makes_its_folder(void **state)
{
    struct fixture *f = *state;
    char deep[PATH], above[PATH], file[PATH];
    struct stat info;

    (void)snprintf(above, sizeof(above), "%s/a", f->folder);
    (void)snprintf(deep, sizeof(deep), "%s/a/b", f->folder);
    (void)origin_after(f, (struct ks_prefilter_cache){.user = deep});
    assert_int_equal(stat(deep, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    assert_string_equal(
        origin_after(f, (struct ks_prefilter_cache){.user = deep}), "cached");
    (void)snprintf(file, sizeof(file), "%s/%s", deep, strrchr(f->file, '/'));
    assert_int_equal(unlink(file) | rmdir(deep) | rmdir(above), 0);
}

static struct ks_buf read_file(const char *path)
{
    struct ks_buf bytes;

    ks_buf_init(&bytes, 1 << 26);
    assert_int_equal(ks_file_read(&bytes, path, NULL), KS_OK);
    return bytes;
}

static void write_file(const char *path, struct ks_span bytes)
{
    assert_int_equal(ks_file_replace(path, bytes, 0600, NULL), KS_OK);
}

/* A damaged file is compiled over, and good the next time. */
static void damaged_at_any_place(void **state)
{
    struct fixture *f = *state;
    struct ks_buf good;

    (void)origin_now(f);
    good = read_file(f->file);
    for (size_t at = 0; at < good.len; at += 1 + good.len / 24) {
        good.ptr[at] ^= 0x10;
        write_file(f->file, ks_buf_span(&good));
        good.ptr[at] ^= 0x10;
        assert_string_equal(origin_now(f), "compiled");
        assert_string_equal(origin_now(f), "cached");
    }
    ks_buf_release(&good);
}

static void cut_at_any_length(void **state)
{
    struct fixture *f = *state;
    struct ks_buf good;

    (void)origin_now(f);
    good = read_file(f->file);
    for (size_t len = 0; len < good.len; len += 1 + good.len / 12) {
        write_file(f->file, (struct ks_span){good.ptr, len});
        assert_string_equal(origin_now(f), "compiled");
        assert_string_equal(origin_now(f), "cached");
    }
    ks_buf_release(&good);
}

/* What others could have written there might harm whoever loads it. */
static void open_to_others(void **state)
{
    struct fixture *f = *state;

    (void)origin_now(f);
    assert_int_equal(chmod(f->file, 0666), 0);
    assert_string_equal(origin_now(f), "compiled");
    assert_string_equal(origin_now(f), "cached"); /* its own file again */
    assert_int_equal(chmod(f->file, 0620), 0);
    assert_int_equal(chmod(f->folder, 0777), 0);
    assert_string_equal(origin_now(f), "compiled");
    assert_string_equal(origin_now(f), "compiled");
    assert_int_equal(chmod(f->folder, 0700), 0);
    assert_string_equal(origin_now(f), "compiled");
    assert_string_equal(origin_now(f), "cached");
}

static void owned_by_others(void **state)
{
    struct fixture *f = *state;

    if (geteuid() != 0)
        skip();
    (void)origin_now(f);
    assert_int_equal(chown(f->file, 65534, 65534), 0);
    assert_string_equal(origin_now(f), "compiled");
    assert_int_equal(chown(f->folder, 65534, 65534), 0);
    assert_string_equal(origin_now(f), "compiled");
    assert_string_equal(origin_now(f), "compiled");
}

static void symbolic_link(void **state)
{
    struct fixture *f = *state;
    char other[PATH];
    struct stat info;

    (void)origin_now(f);
    (void)snprintf(other, sizeof(other), "%s/other", f->folder);
    assert_int_equal(rename(f->file, other), 0);
    assert_int_equal(symlink(other, f->file), 0);
    assert_string_equal(origin_now(f), "compiled");
    assert_int_equal(lstat(f->file, &info), 0);
    assert_true(S_ISREG(info.st_mode)); /* replaced, not written through */
    assert_string_equal(origin_now(f), "cached");
}

static void no_place_to_write(void **state)
{
    struct fixture *f = *state;
    char odd[PATH];

    write_file(f->file, ks_span_str("not a folder"));
    (void)snprintf(odd, sizeof(odd), "%s/below", f->file);
    assert_string_equal(
        origin_after(f, (struct ks_prefilter_cache){odd, odd}), "compiled");
    assert_string_equal(
        origin_after(f, (struct ks_prefilter_cache){"/nowhere", "/proc/self"}),
        "compiled");
    assert_string_equal(
        origin_after(f, (struct ks_prefilter_cache){"", ""}), "compiled");
}

static void a_pipe_does_not_block(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(mkfifo(f->file, 0600), 0);
    assert_string_equal(origin_now(f), "compiled");
    assert_string_equal(origin_now(f), "cached");
}

/* Only so many databases stay, the newest. */
static void pruned(void **state)
{
    struct fixture *f = *state;
    struct timespec times[2];
    char path[PATH];

    for (int i = 0; i < 12; i++) {
        (void)snprintf(path, sizeof(path), "%s/%064d.hsdb", f->folder, i);
        write_file(path, ks_span_str("an old one"));
        times[0] = times[1] = (struct timespec){1000 + i, 0};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    }
    (void)snprintf(path, sizeof(path), "%s/notes.txt", f->folder);
    write_file(path, ks_span_str("not a database"));
    assert_string_equal(origin_now(f), "compiled");
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(count_files(f->folder), 8 + 1);
    assert_string_equal(origin_now(f), "cached");
    (void)snprintf(path, sizeof(path), "%s/%064d.hsdb", f->folder, 11);
    assert_int_equal(access(path, F_OK), 0);
    (void)snprintf(path, sizeof(path), "%s/%064d.hsdb", f->folder, 0);
    assert_int_equal(access(path, F_OK), -1);
}

/* Other rules, another key. */
static void keys_tell_rules_apart(void **state)
{
    static const char *const others[] = {
        "    pattern: 'wo[0-9]{4}rd'\n    prefilter: 'wo[0-9]{3}'\n",
        "    pattern: 'wo[0-9]{4}rd'\n    prefilter: 'wo[0-9]{2}r?'\n",
    };
    struct fixture *f = *state;
    char key[KS_HS_KEY], other[KS_HS_KEY], rules[PATH];

    key_of(f, key);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        struct own_rules own;
        struct ks_matcher *matcher;

        (void)snprintf(rules, sizeof(rules), "rules:\n%s%s", RULE_HEAD("one"),
                       others[i]);
        own = own_rules(rules);
        matcher = matcher_of(own.set, (struct ks_prefilter_cache){0});
        assert_int_equal(
            ks_hs_cache_key(other, ks_matcher_triggers(matcher), NULL), KS_OK);
        assert_string_not_equal(key, other);
        ks_matcher_free(matcher);
        ks_rules_free(own.rules);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(kept_and_used),     CASE(makes_its_folder),
        CASE(damaged_at_any_place), CASE(cut_at_any_length),
        CASE(open_to_others),    CASE(owned_by_others),
        CASE(symbolic_link),     CASE(no_place_to_write),
        CASE(a_pipe_does_not_block), CASE(pruned),
        CASE(keys_tell_rules_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
