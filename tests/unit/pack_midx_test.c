/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With a multi-pack-index every object is found as without one: also what is
 * in packs that it does not list, and when it is stale, damaged or a lie.
 */
#include "base/file.h"
#include "git/packs.h"

#include "pack_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *midx_path(const char *folder)
{
    static char path[4096];

    (void)snprintf(path, sizeof(path), "%s/repo/objects/pack/multi-pack-index",
                   folder);
    return path;
}

/* Opens the packs and finds every object; returns how many midxs were taken. */
static size_t find_all(const char *folder)
{
    struct ks_coverage *coverage = NULL;
    struct ks_packs *packs = NULL;
    struct ks_err err = {0};
    char *objects = NULL;
    size_t taken;

    assert_true(asprintf(&objects, "%s/repo/objects", folder) > 0);
    assert_int_equal(ks_coverage_new(&coverage, &err), KS_OK);
    assert_int_equal(ks_packs_open(&packs, &objects, 1, 20, coverage, &err),
                     KS_OK);
    assert_true(packs->all.len >= 4);
    for (uint32_t p = 0; p < packs->all.len; p++) {
        const struct ks_pack_index *index = &packs->all.items[p]->index;

        for (uint32_t i = 0; i < index->count; i++) {
            const uint8_t *name = ks_pack_index_name(index, i);
            struct ks_packed_at at, again;

            assert_true(ks_packs_find(&at, packs, name, NULL));
            assert_memory_equal(
                ks_pack_index_name(&packs->all.items[at.pack]->index,
                                   at.position),
                name, 20);
            assert_true(ks_packs_find(&again, packs, name, NULL));
            assert_int_equal(again.pack, at.pack);
            if (p == 0)
                assert_int_equal(at.pack, 0);
        }
    }
    assert_true(ks_coverage_complete(coverage));
    taken = packs->midxs.len;
    ks_packs_free(packs);
    ks_coverage_free(coverage);
    free(objects);
    return taken;
}

static void finds_all(void **state)
{
    struct ks_midx midx;
    struct ks_err err = {0};
    uint8_t absent[20] = {0xff, 1, 2};

    assert_int_equal(find_all(*state), 1);
    assert_int_equal(ks_midx_open(&midx, midx_path(*state), 20, &err), KS_OK);
    assert_true(midx.pack_count >= 3);
    assert_non_null(ks_midx_title(&midx, midx.pack_count - 1));
    assert_null(ks_midx_title(&midx, midx.pack_count));
    for (uint32_t i = 0; i < midx.pack_count; i++)
        midx.packs[i] = i;
    for (uint32_t i = 0; i < midx.count; i++)
        assert_true(ks_midx_find(&midx, midx.names + (size_t)i * 20) <
                    midx.pack_count);
    assert_int_equal(ks_midx_find(&midx, absent), KS_MIDX_NONE);
    ks_midx_release(&midx);
    assert_int_equal(ks_midx_open(&midx, midx_path(*state), 32, &err),
                     KS_EFORMAT);
    assert_int_equal(ks_midx_open(&midx, "/nowhere", 20, &err), KS_ENOENT);
}

/* Each byte of the head is turned, and some of the rest. */
static void damaged(void **state)
{
    const char *path = midx_path(*state);
    struct ks_err err = {0};
    uint64_t random = 4;
    struct ks_buf bytes;

    ks_buf_init(&bytes, 1 << 24);
    assert_int_equal(ks_file_read(&bytes, path, &err), KS_OK);
    for (size_t i = 0; i < 220; i++) {
        size_t at = i < 120 ? i : fixture_random(&random, (uint32_t)bytes.len);
        uint8_t was = bytes.ptr[at];

        bytes.ptr[at] = (uint8_t)fixture_random(&random, 256);
        assert_int_equal(ks_file_replace(path, ks_buf_span(&bytes), 0600, &err),
                         KS_OK);
        (void)find_all(*state);
        bytes.ptr[at] = was;
    }
    for (size_t len = 0; len < bytes.len; len += 1 + bytes.len / 40) {
        assert_int_equal(
            ks_file_replace(path, ks_span_slice(ks_buf_span(&bytes), 0, len),
                            0600, &err),
            KS_OK);
        (void)find_all(*state);
    }
    assert_int_equal(ks_file_replace(path, ks_buf_span(&bytes), 0600, &err),
                     KS_OK);
    ks_buf_release(&bytes);
}

/* A pack that it lists is gone, and others came. */
static void stale(void **state)
{
    fixture_run(*state, NULL, "sh", "-c",
                "set -e; cd repo; p=$(ls -S objects/pack/*.pack | tail -n 1); "
                "git show-index <${p%.pack}.idx | cut -d' ' -f2 | git "
                "pack-objects -q objects/pack/pack >/dev/null; git rev-list "
                "--objects main~3..main | git pack-objects -q "
                "objects/pack/pack >/dev/null; rm -f $p ${p%.pack}.idx; git "
                "rev-list --objects main~8..main | git -c pack.depth=1 "
                "pack-objects -q objects/pack/pack >/dev/null || :",
                NULL);
    (void)find_all(*state);
}

static int set_up(void **state)
{
    static const struct fixture_plan plan = {
        .seed = 5, .files = 3, .commits = 60, .lines = 30};
    char *folder = fixture_packed("random.git", &plan);

    fixture_run(folder, NULL, "sh", "-c",
                "set -e; git clone -q --no-local --bare random.git repo; cd "
                "repo; for n in 40 20 10; do git rev-list --objects "
                "main~$n..main | git pack-objects -q objects/pack/pack "
                ">/dev/null; done; git multi-pack-index write; git rev-list "
                "--objects main~5..main | git pack-objects -q "
                "objects/pack/pack >/dev/null",
                NULL);
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    fixture_remove(*state);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(finds_all), TEST(damaged),
                                       TEST(stale)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
