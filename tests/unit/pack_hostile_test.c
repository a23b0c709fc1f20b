/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs that lie. Whatever they claim, every object is visited or left, none
 * twice, and nothing is read or written out of bounds.
 */
#include "git/map_guard.h"
#include "git/pack_reader.h"

#include "pack_fixture.h"
#include "pack_maker.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void cycles(void **state)
{
    static const uint8_t first[20] = {0, 0}, second[20] = {0, 1},
                         third[20] = {0, 2};
    struct maker maker;

    maker_start(&maker);
    (void)maker_reference(&maker, second, DELTA("\x10\x04\x91\x04\x04"));
    (void)maker_reference(&maker, first, DELTA("\x10\x04\x91\x04\x04"));
    (void)maker_reference(&maker, third,
                          DELTA("\x10\x04\x91\x04\x04")); /* self */
    (void)maker_delta(&maker, 0, DELTA("\x10\x04\x91\x04\x04"));
    (void)maker_blob(&maker, text);
    maker_expect(state, &maker, 1, 4, 0);
}

static void wrong_sizes(void **state)
{
    static const uint64_t sizes[] = {
        0, 15, 17, 300, 1000001, (uint64_t)1 << 32, (uint64_t)1 << 59};
    struct maker maker;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        bool large = sizes[i] > 1000000;

        maker_start(&maker);
        (void)maker_begin(&maker, BLOB, sizes[i]);
        maker_deflate(&maker, text);
        (void)maker_delta(&maker, 0, DELTA("\x10\x10\x90\x10"));
        maker_expect(state, &maker, 0, large ? 0 : 2, large ? 2 : 0);
    }
}

/* A few bytes that become a gigabyte in a dozen steps. */
static void bomb(void **state)
{
    struct maker maker;
    uint64_t size = 16;

    maker_start(&maker);
    (void)maker_blob(&maker, text);
    for (unsigned i = 0; i < 30; i++) {
        struct ks_buf delta;

        ks_buf_init(&delta, 1000);
        maker_size(&delta, size);
        maker_size(&delta, 2 * size);
        for (unsigned twice = 0; twice < 2; twice++) {
            maker_put(&delta, 0xf0);
            maker_put(&delta, size);
            maker_put(&delta, size >> 8);
            maker_put(&delta, size >> 16);
        }
        (void)maker_delta(&maker, i, ks_buf_span(&delta));
        ks_buf_release(&delta);
        size *= 2;
    }
    /* 16 × 2^15 are the last below the million bytes that the walk takes. */
    maker_expect(state, &maker, 16, 0, 15);
}

static void lying_offsets(void **state)
{
    struct maker maker;

    maker_start(&maker);
    for (unsigned i = 0; i < 6; i++)
        (void)maker_blob(&maker, text);
    maker.offsets[0] = 0;          /* the header */
    maker.offsets[1] = 0x7fffffff; /* behind the end */
    maker.offsets[2] = 0xffffffff; /* in a table that is not there */
    maker.offsets[3]++;            /* inside an entry */
    maker.offsets[4] = maker.offsets[5];
    maker_expect(state, &maker, 2, 4, 0);
}

static void broken_index(void **state)
{
    struct maker maker;
    struct ks_pack *pack;
    struct ks_buf index;
    char *path = NULL;
    struct ks_err err = {0};

    maker_start(&maker);
    for (unsigned i = 0; i < 40; i++)
        (void)maker_blob(&maker, text);
    maker_end(&maker);
    maker_index(&index, &maker);
    maker_write(*state, "objects/pack/p.pack", ks_buf_span(&maker.pack));
    assert_true(asprintf(&path, "%s/objects/pack/p.idx", (const char *)*state) >
                0);
    for (size_t len = 0; len < index.len; len += 37) {
        maker_write(*state, "objects/pack/p.idx",
                    ks_span_slice(ks_buf_span(&index), 0, len));
        assert_int_equal(ks_pack_open(&pack, path, 20, &err), KS_EFORMAT);
    }
    index.ptr[8 + 4 * 7] = 0xff; /* the counts fall */
    maker_write(*state, "objects/pack/p.idx", ks_buf_span(&index));
    assert_int_equal(ks_pack_open(&pack, path, 20, &err), KS_EFORMAT);
    ks_buf_release(&index);
    ks_buf_release(&maker.pack);
    free(path);
}

/* A pack that is cut short while it is mapped does not kill the program. */
static void truncated_while_mapped(void **state)
{
    uint8_t noise[200000];
    uint64_t random = 5;
    struct maker maker;
    struct ks_pack *pack;
    struct maker_tally tally = {0};
    char *path = NULL;
    unsigned long before = ks_map_faults();

    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (uint8_t)fixture_random(&random, 256);
    maker_start(&maker);
    for (unsigned i = 0; i < 3; i++)
        (void)maker_blob(&maker, (struct ks_span){noise, sizeof(noise)});
    pack = maker_open(*state, &maker);
    assert_true(
        asprintf(&path, "%s/objects/pack/p.pack", (const char *)*state) > 0);
    assert_int_equal(truncate(path, 250000), 0);
    maker_walk(&tally, pack, 0);
    assert_int_equal(tally.visited, 1);
    assert_int_equal(tally.left[KS_LEFT_CORRUPT], 2);
    assert_true(ks_map_faults() > before);
    free(tally.bytes);
    free(path);
    ks_pack_free(pack);
}

/* Bytes of a good pack and its index turned at random. */
static void mutations(void **state)
{
    uint64_t random = 77;

    for (unsigned round = 0; round < 300; round++) {
        struct maker maker;
        struct ks_buf index;
        struct ks_pack *pack = NULL;
        struct maker_tally tally = {0};
        struct ks_err err = {0};
        char *path = NULL;

        maker_start(&maker);
        (void)maker_blob(&maker, text);
        for (uint32_t i = 0; i < 30; i++)
            (void)maker_delta(&maker, i - i % 3,
                              DELTA("\x10\x10\x91\x04\x0c\x04zzzz"));
        maker_end(&maker);
        maker_index(&index, &maker);
        for (unsigned i = 0; i < 4; i++) {
            struct ks_buf *which =
                fixture_random(&random, 2) == 0 ? &maker.pack : &index;

            which->ptr[fixture_random(&random, (uint32_t)which->len)] =
                (uint8_t)fixture_random(&random, 256);
        }
        maker_write(*state, "objects/pack/p.pack", ks_buf_span(&maker.pack));
        maker_write(*state, "objects/pack/p.idx", ks_buf_span(&index));
        assert_true(
            asprintf(&path, "%s/objects/pack/p.idx", (const char *)*state) > 0);
        if (ks_pack_open(&pack, path, 20, &err) == KS_OK) {
            maker_walk(&tally, pack, 100000);
            assert_int_equal(tally.visited + tally.left[0] + tally.left[1],
                             pack->index.count);
            ks_pack_free(pack);
        }
        (void)maker_read_all(*state);
        free(tally.bytes);
        free(path);
        ks_buf_release(&index);
        ks_buf_release(&maker.pack);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAKER_TEST(cycles),       MAKER_TEST(wrong_sizes),
        MAKER_TEST(bomb),         MAKER_TEST(lying_offsets),
        MAKER_TEST(broken_index), MAKER_TEST(truncated_while_mapped),
        MAKER_TEST(mutations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
