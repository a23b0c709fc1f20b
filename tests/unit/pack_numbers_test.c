/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every object of a repository has a number: one, also where several packs have
 * it; and nothing else has one.
 */
#include "git/numbers.h"

#include "pack_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STRANGERS = 2000 };

struct fixture {
    char *folder;
    struct ks_coverage *coverage;
    struct ks_packs *packs;
    struct ks_numbers *numbers;
};

/* A pack of all, a second one of a part of it again, and loose objects. */
static void make_repository(struct fixture *f)
{
    static const struct fixture_plan plan = {
        .seed = 5, .files = 3, .commits = 60, .lines = 40};
    char *objects = malloc(strlen(f->folder) + 32);
    struct ks_err err = {{0}};

    assert_non_null(objects);
    fixture_history(f->folder, "r", &plan);
    fixture_run(f->folder, NULL, "sh", "-c",
                "cd r && git repack -adq && "
                "git rev-list --objects main~40 | cut -d' ' -f1 | "
                "git pack-objects -q objects/pack/pack >/dev/null && "
                "for i in 1 2 3 4 5; do echo loose $i | "
                "git hash-object -w --stdin >/dev/null; done",
                NULL);
    (void)snprintf(objects, strlen(f->folder) + 32, "%s/r/objects", f->folder);
    assert_int_equal(ks_coverage_new(&f->coverage, &err), KS_OK);
    assert_int_equal(
        ks_packs_open(&f->packs, &objects, 1, 20, f->coverage, &err), KS_OK);
    assert_int_equal(ks_numbers_new(&f->numbers, f->packs, f->coverage, &err),
                     KS_OK);
    free(objects);
}

static void packed_objects_have_the_first_packs_number(void **state)
{
    const struct fixture *f = *state;
    size_t again = 0;

    assert_int_equal(f->packs->all.len, 2);
    for (uint32_t p = 0; p < 2; p++) {
        const struct ks_pack_index *index = &f->packs->all.items[p]->index;

        assert_int_equal(f->numbers->first[p] % 8, 0);
        for (uint32_t i = 0; i < index->count; i++) {
            const uint8_t *name = ks_pack_index_name(index, i);
            struct ks_packed_at first;

            assert_true(ks_packs_find(&first, f->packs, name, NULL));
            assert_int_equal(
                ks_numbers_find(f->numbers, name),
                ks_numbers_packed(f->numbers, first.pack, first.position));
            again += first.pack != p;
        }
    }
    assert_true(again > 0);
}

static void loose_objects_come_last(void **state)
{
    const struct fixture *f = *state;

    assert_int_equal(f->numbers->loose.count, 5);
    for (size_t i = 0; i < 5; i++) {
        struct ks_oid oid = ks_loose_name(&f->numbers->loose, i);

        assert_int_equal(ks_numbers_find(f->numbers, oid.bytes),
                         ks_numbers_loose(f->numbers, i));
        assert_true(ks_numbers_loose(f->numbers, i) < f->numbers->count);
    }
}

/* Strangers begin as known objects do, so that they share their buckets. */
static void strangers_have_none(void **state)
{
    const struct fixture *f = *state;
    const struct ks_pack_index *index = &f->packs->all.items[0]->index;
    uint64_t seed = 3;

    for (int i = 0; i < STRANGERS; i++) {
        uint8_t name[20];

        memcpy(name,
               ks_pack_index_name(index, fixture_random(&seed, index->count)),
               sizeof(name));
        name[fixture_random(&seed, 19) + 1] ^= 0x40;
        assert_int_equal(ks_numbers_find(f->numbers, name), KS_NUMBER_MISSING);
    }
}

static int set_up(void **state)
{
    static struct fixture f;

    f.folder = fixture_folder();
    make_repository(&f);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ks_numbers_free(f->numbers);
    ks_packs_free(f->packs);
    ks_coverage_free(f->coverage);
    fixture_remove(f->folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_objects_have_the_first_packs_number),
        cmocka_unit_test(loose_objects_come_last),
        cmocka_unit_test(strangers_have_none),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
