/* SPDX-License-Identifier: Apache-2.0 */
/* Deltas made by hand, of every form, against what git makes of them. */
#include "base/hash.h"

#include "pack_fixture.h"
#include "pack_maker.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void deltas_of_all_forms(void **state)
{
    const struct {
        struct ks_span delta;
        const char *result; /* NULL: left */
    } cases[] = {
        {DELTA("\x10\x10\x90\x10"), "0123456789abcdef"},
        {DELTA("\x10\x04\x91\x04\x04"), "4567"},
        {DELTA("\x10\x03\x03xyz"), "xyz"},
        {DELTA("\x10\x06\x02xy\x91\x02\x02\x91\x00\x02"), "xy2301"},
        {DELTA("\x10\x00"), ""},
        {DELTA("\x10\x01\x9f\x03\x00\x00\x00\x01"), "3"},
        {DELTA("\x0f\x04\x91\x04\x04"), NULL}, /* another base's size */
        {DELTA("\x10\x05\x91\x04\x04"), NULL}, /* result too short */
        {DELTA("\x10\x03\x91\x04\x04"), NULL}, /* result too long */
        {DELTA("\x10\x04\x91\x0d\x04"), NULL}, /* copy past the base */
        {DELTA("\x10\x04\x91\x11\x00"), NULL}, /* copy behind the base */
        {DELTA("\x10\x04\x9f\xff\xff\xff\xff\x04"), NULL},
        {DELTA("\x10\x04\x91\x04"), NULL}, /* operands cut off */
        {DELTA("\x10\x04\x05xy"), NULL},   /* insert cut off */
        {DELTA("\x10\x01\x00x"), NULL},    /* reserved command */
        {DELTA("\x10"), NULL},             /* sizes cut off */
        {DELTA("\x10\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"), NULL},
        {DELTA("\x10\x04\x80"), NULL}, /* 64 KiB of 16 bytes */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct maker maker;
        struct maker_tally tally = {0};
        struct ks_pack *pack;

        maker_start(&maker);
        (void)maker_blob(&maker, text);
        (void)maker_delta(&maker, 0, cases[i].delta);
        pack = maker_open(*state, &maker);
        maker_walk(&tally, pack, 0);
        if (cases[i].result == NULL) {
            if (tally.visited != 1 || tally.left[KS_LEFT_CORRUPT] != 1)
                fail_msg("case %zu was not left", i);
        } else {
            assert_int_equal(tally.visited, 2);
            assert_int_equal(tally.len, strlen(cases[i].result));
            assert_memory_equal(tally.bytes, cases[i].result, tally.len);
        }
        free(tally.bytes);
        ks_pack_free(pack);
    }
}

/* A base that stands behind its delta is fine; one in no pack is not. */
static void reference_deltas(void **state)
{
    static const uint8_t behind[20] = {0, 2}, nowhere[20] = {9, 9};
    struct maker maker;

    maker_start(&maker);
    (void)maker_reference(&maker, behind, DELTA("\x10\x10\x90\x10"));
    (void)maker_reference(&maker, nowhere, DELTA("\x10\x10\x90\x10"));
    (void)maker_blob(&maker, text);
    (void)maker_delta(&maker, 0, DELTA("\x10\x10\x90\x10"));
    maker_expect(state, &maker, 3, 1, 0);
}

/* A chain whose bases all stand behind: the first is the deepest. */
static void chain_of_references(void **state)
{
    struct maker maker;

    maker_start(&maker);
    for (uint8_t i = 0; i < 20; i++) {
        uint8_t next[20] = {0, (uint8_t)(i + 1)};

        (void)maker_reference(&maker, next, DELTA("\x10\x10\x90\x10"));
    }
    (void)maker_blob(&maker, text);
    maker_expect(state, &maker, 21, 0, 0);
}

/* Who visited a family, and whether the first to do so still is alone. */
struct crowd {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned visits[3];
    bool crowded;
};

/* The bytes of memos are read while their base is on another's path. */
static enum ks_rc visit_crowd(void *ctx, unsigned worker,
                              const struct ks_walk_object *object, void **memo,
                              struct ks_err *err)
{
    struct crowd *crowd = ctx;
    struct timespec until;

    (void)err;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    if (object->memos[KS_COPY_BASE] != NULL)
        for (size_t i = 0; i < object->copy_count; i++)
            assert_memory_equal(object->bytes.ptr + object->copies[i].to,
                                (const uint8_t *)object->memos[KS_COPY_BASE] +
                                    object->copies[i].from,
                                object->copies[i].len);
    if (object->wants_memo) {
        *memo = malloc(object->bytes.len);
        memcpy(*memo, object->bytes.ptr, object->bytes.len);
    }
    (void)pthread_mutex_lock(&crowd->lock);
    crowd->visits[worker]++;
    if (crowd->visits[worker] == 1)
        for (unsigned i = 0; i < 3; i++)
            crowd->crowded |= i != worker && crowd->visits[i] > 0;
    (void)pthread_cond_broadcast(&crowd->changed);
    /* Time for the others to ask for work; given to them between visits. */
    if (!crowd->crowded && crowd->visits[worker] % 64 == 0)
        (void)pthread_cond_timedwait(&crowd->changed, &crowd->lock, &until);
    (void)pthread_mutex_unlock(&crowd->lock);
    return KS_OK;
}

static void forget_crowd(void *ctx, unsigned worker, void *memo)
{
    (void)ctx;
    (void)worker;
    free(memo);
}

/* One family is shared by all threads. */
static void one_family_for_all(void **state)
{
    static uint8_t base[40000];
    struct crowd crowd = {.crowded = false};
    struct ks_walk_visitor visitor = {&crowd, visit_crowd, forget_crowd,
                                      maker_left};
    struct ks_walk_options options = {.jobs = 3};
    struct ks_families families;
    struct ks_walk_part part = {.families = &families, .choice.types = 0x1e};
    struct maker maker;
    struct ks_pack *pack;
    struct ks_err err = {0};
    uint64_t random = 8;

    for (size_t i = 0; i < sizeof(base); i++)
        base[i] = (uint8_t)fixture_random(&random, 256);
    maker_start(&maker);
    (void)maker_blob(&maker, (struct ks_span){base, sizeof(base)});
    for (uint32_t i = 1; i < 2000; i++) {
        struct ks_buf delta;

        ks_buf_init(&delta, 1000);
        maker_size(&delta, sizeof(base));
        maker_size(&delta, sizeof(base));
        maker_put(&delta, 120);
        for (unsigned n = 0; n < 120; n++)
            maker_put(&delta, fixture_random(&random, 256));
        maker_put(&delta, 0xb1);
        maker_put(&delta, 120);
        maker_put(&delta, sizeof(base) - 120);
        maker_put(&delta, (sizeof(base) - 120) >> 8);
        (void)maker_delta(&maker, i % 50 == 0 ? i - 1 : i / 50 * 50,
                          ks_buf_span(&delta));
        ks_buf_release(&delta);
    }
    pack = maker_open(*state, &maker);
    (void)pthread_mutex_init(&crowd.lock, NULL);
    (void)pthread_cond_init(&crowd.changed, NULL);
    assert_int_equal(ks_families_build(&families, pack, 1, &err), KS_OK);
    ks_families_choose(&families, &part.choice);
    assert_int_equal(ks_walk(&part, 1, &visitor, &options, &err), KS_OK);
    assert_int_equal(crowd.visits[0] + crowd.visits[1] + crowd.visits[2], 2000);
    assert_true(crowd.crowded);
    ks_families_release(&families);
    ks_pack_free(pack);
    (void)pthread_mutex_destroy(&crowd.lock);
    (void)pthread_cond_destroy(&crowd.changed);
}

/*
 * A random valid delta over `base`; `made` gets its result. Git takes none that
 * is shorter than four bytes, so it holds a command at least.
 */
static void random_delta(struct ks_buf *delta, struct ks_buf *made,
                         struct ks_span base, uint64_t *random)
{
    unsigned commands = 1 + fixture_random(random, 40);
    struct ks_buf body;

    ks_buf_init(&body, PACK_CAP);
    while (commands-- > 0 && made->len < 100000) {
        uint32_t from = fixture_random(random, (uint32_t)base.len + 1);
        uint32_t len = fixture_random(random, (uint32_t)base.len - from + 1);
        uint8_t command = 0x80;
        uint8_t operands[7];
        size_t count = 0;

        if (fixture_random(random, 2) == 0)
            len = len > 40 ? 40 : len;
        if (len == 0 || fixture_random(random, 3) == 0) {
            len = 1 + fixture_random(random, 127);
            maker_put(&body, len);
            for (uint32_t i = 0; i < len; i++) {
                maker_put(&body, 'a' + i % 26);
                maker_put(made, 'a' + i % 26);
            }
            continue;
        }
        for (unsigned i = 0; i < 4; i++)
            if ((from >> 8 * i & 0xff) != 0 || fixture_random(random, 9) == 0) {
                command |= (uint8_t)(1U << i);
                operands[count++] = (uint8_t)(from >> 8 * i);
            }
        for (unsigned i = 0; i < 3; i++)
            if (len != 0x10000 && (len >> 8 * i & 0xff) != 0) {
                command |= (uint8_t)(0x10U << i);
                operands[count++] = (uint8_t)(len >> 8 * i);
            }
        maker_put(&body, command);
        (void)ks_buf_add(&body, (struct ks_span){operands, count});
        (void)ks_buf_add(made, ks_span_slice(base, from, from + len));
    }
    maker_size(delta, base.len);
    maker_size(delta, made->len);
    (void)ks_buf_add(delta, ks_buf_span(&body));
    ks_buf_release(&body);
}

/*
 * Random deltas of random deltas; git index-pack applies them too and names
 * the results.
 */
static void random_deltas_as_git(void **state)
{
    enum { COUNT = 600 };
    struct ks_buf *objects = calloc(COUNT, sizeof(*objects));
    struct maker_tally tally = {.check_names = true};
    struct maker maker;
    struct ks_pack *pack = NULL;
    struct ks_err err = {0};
    uint64_t random = 42;
    char *path = NULL;

    maker_start(&maker);
    ks_buf_init(&objects[0], PACK_CAP);
    for (unsigned i = 0; i < 70000; i++)
        maker_put(&objects[0], fixture_random(&random, 256));
    (void)maker_blob(&maker, ks_buf_span(&objects[0]));
    for (uint32_t i = 1; i < COUNT; i++) {
        /* Near ones for depth, far ones for width. */
        uint32_t base = fixture_random(&random, 4) == 0
                            ? fixture_random(&random, i)
                            : i - 1;
        struct ks_buf delta;

        ks_buf_init(&delta, PACK_CAP);
        ks_buf_init(&objects[i], PACK_CAP);
        random_delta(&delta, &objects[i], ks_buf_span(&objects[base]), &random);
        (void)maker_delta(&maker, base, ks_buf_span(&delta));
        ks_buf_release(&delta);
    }
    maker_end(&maker);
    maker_write(*state, "objects/pack/p.pack", ks_buf_span(&maker.pack));
    fixture_run(*state, NULL, "rm", "-f", "objects/pack/p.idx", NULL);
    fixture_run(*state, NULL, "sh", "-c",
                "git index-pack objects/pack/p.pack >/dev/null", NULL);
    assert_true(asprintf(&path, "%s/objects/pack/p.idx", (const char *)*state) >
                0);
    assert_int_equal(ks_pack_open(&pack, path, 20, &err), KS_OK);
    maker_walk(&tally, pack, 0);
    assert_int_equal(tally.visited, COUNT);
    assert_int_equal(tally.left[0] + tally.left[1], 0);
    for (size_t i = 0; i < COUNT; i++)
        ks_buf_release(&objects[i]);
    free(objects);
    free(tally.bytes);
    free(path);
    ks_pack_free(pack);
    ks_buf_release(&maker.pack);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MAKER_TEST(deltas_of_all_forms),  MAKER_TEST(reference_deltas),
        MAKER_TEST(chain_of_references),  MAKER_TEST(one_family_for_all),
        MAKER_TEST(random_deltas_as_git),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
