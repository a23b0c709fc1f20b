/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the walk hands over against the objects' own names: each wanted object
 * once, its bytes hashing to its name, its copies true of its base's bytes.
 */
#include "base/buf.h"
#include "git/family.h"
#include "git/pack_reader.h"
#include "git/walk.h"

#include "pack_fixture.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ALL_TYPES = 0x1e, WORKERS = 3 };

struct seen {
    const struct ks_pack *pack;
    atomic_uint *times; /* by position in the index */
    atomic_uint memos;  /* given out and not yet forgotten */
    atomic_uint with_base;
    atomic_uint with_sibling;
    atomic_uint left;
    bool check_hash;
};

static bool has_name(const struct ks_walk_object *object)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    char head[64];
    int len = snprintf(head, sizeof(head), "%s %zu",
                       ks_object_type_name(object->type), object->bytes.len);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good =
        EVP_DigestInit_ex(ctx,
                          object->oid.len == 20 ? EVP_sha1() : EVP_sha256(),
                          NULL) == 1 &&
        EVP_DigestUpdate(ctx, head, (size_t)len + 1) == 1 &&
        EVP_DigestUpdate(ctx, object->bytes.ptr, object->bytes.len) == 1 &&
        EVP_DigestFinal_ex(ctx, digest, NULL) == 1;

    EVP_MD_CTX_free(ctx);
    return good && memcmp(digest, object->oid.bytes, object->oid.len) == 0;
}

/* Memos are copies of the bytes, so that copies can be checked. */
static void check_copies(const struct ks_walk_object *object)
{
    uint32_t end = 0;

    for (size_t i = 0; i < object->copy_count; i++) {
        const struct ks_copy *copy = &object->copies[i];
        const struct ks_buf *source = object->memos[copy->source];

        assert_true(copy->to >= end || end - copy->to >= KS_COPY_OVERLAP);
        assert_true(copy->to + copy->len > end);
        end = copy->to + copy->len;
        assert_true(end <= object->bytes.len);
        assert_true(copy->from + copy->len <= source->len);
        assert_memory_equal(object->bytes.ptr + copy->to,
                            source->ptr + copy->from, copy->len);
    }
}

static enum ks_rc visit(void *ctx, unsigned worker,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    struct seen *seen = ctx;
    uint32_t position;

    (void)err;
    assert_true(worker < WORKERS);
    assert_true(
        ks_pack_index_find(&seen->pack->index, object->oid.bytes, &position));
    atomic_fetch_add(&seen->times[position], 1);
    if (seen->check_hash)
        assert_true(has_name(object));
    if (object->memos[KS_COPY_BASE] != NULL) {
        atomic_fetch_add(&seen->with_base, 1);
        atomic_fetch_add(&seen->with_sibling,
                         object->memos[KS_COPY_SIBLING] != NULL);
        check_copies(object);
    }
    if (object->wants_memo) {
        struct ks_buf *kept = malloc(sizeof(*kept));

        ks_buf_init(kept, SIZE_MAX);
        assert_int_equal(ks_buf_add(kept, object->bytes), KS_OK);
        atomic_fetch_add(&seen->memos, 1);
        *memo = kept;
    }
    return KS_OK;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    struct seen *seen = ctx;

    assert_true(worker < WORKERS);
    ks_buf_release(memo);
    free(memo);
    atomic_fetch_sub(&seen->memos, 1);
}

static enum ks_rc left(void *ctx, unsigned worker, const struct ks_oid *oid,
                       enum ks_walk_left why, struct ks_err *err)
{
    struct seen *seen = ctx;

    (void)worker;
    (void)oid;
    (void)why;
    (void)err;
    atomic_fetch_add(&seen->left, 1);
    return KS_OK;
}

static void walk(struct seen *seen, const struct ks_pack *pack,
                 const struct ks_family_choice *choice,
                 const struct ks_walk_options *options)
{
    struct ks_walk_visitor visitor = {seen, visit, forget, left};
    struct ks_families families;
    struct ks_walk_part part = {&families, *choice};
    struct ks_err err = {0};

    seen->pack = pack;
    seen->times = calloc(pack->index.count, sizeof(*seen->times));
    assert_int_equal(ks_families_build(&families, pack, WORKERS, &err), KS_OK);
    ks_families_choose(&families, choice);
    assert_int_equal(ks_walk(&part, 1, &visitor, options, &err), KS_OK);
    assert_int_equal(seen->memos, 0);
    assert_int_equal(seen->left, 0);
    ks_families_release(&families);
}

static void expect_each_once(const struct seen *seen)
{
    for (uint32_t i = 0; i < seen->pack->index.count; i++)
        assert_int_equal(seen->times[i], 1);
}

static void pack_deep(const char *folder, const char *depth, const char *window)
{
    char *repository = NULL;
    char *depth_option = NULL;
    char *window_option = NULL;

    assert_true(asprintf(&repository, "%s/deep.git", folder) > 0);
    assert_true(asprintf(&depth_option, "--depth=%s", depth) > 0);
    assert_true(asprintf(&window_option, "--window=%s", window) > 0);
    fixture_run(repository, NULL, "git", "repack", "-adfq", depth_option,
                window_option, NULL);
    free(repository);
    free(depth_option);
    free(window_option);
}

static struct ks_pack *open_pack(const char *folder)
{
    char *index = fixture_index(folder, "deep.git");
    struct ks_pack *pack = NULL;
    struct ks_err err = {0};

    if (ks_pack_open(&pack, index, 20, &err) != KS_OK)
        fail_msg("%s", err.text);
    free(index);
    return pack;
}

/* One repository, packed in several ways. */
static int set_up(void **state)
{
    static const struct fixture_plan plan = {
        .seed = 7, .files = 5, .commits = 2500, .lines = 60};
    char *folder = fixture_folder();

    fixture_history(folder, "deep.git", &plan);
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    fixture_remove(*state);
    return 0;
}

static void whole_pack_once(void **state)
{
    static const char *const ways[][2] = {
        {"0", "10"}, {"50", "10"}, {"4095", "250"}};
    static const struct ks_family_choice all = {.types = ALL_TYPES};

    for (size_t i = 0; i < 3; i++) {
        struct ks_walk_options options = {.jobs = WORKERS, .siblings = true};
        struct seen seen = {.check_hash = true};
        struct ks_pack *pack;

        pack_deep(*state, ways[i][0], ways[i][1]);
        pack = open_pack(*state);
        walk(&seen, pack, &all, &options);
        expect_each_once(&seen);
        assert_true((seen.with_base > 1000) == (i > 0));
        assert_true((seen.with_sibling > 100) == (i > 0));
        free(seen.times);
        ks_pack_free(pack);
    }
}

/* Bases that were dropped for want of memory are made again. */
static void little_memory(void **state)
{
    static const struct ks_family_choice all = {.types = ALL_TYPES};

    for (unsigned jobs = 1; jobs <= WORKERS; jobs += 2) {
        struct ks_walk_options options = {
            .jobs = jobs, .memory = 1, .siblings = true};
        struct seen seen = {.check_hash = true};
        struct ks_pack *pack = open_pack(*state);

        walk(&seen, pack, &all, &options);
        expect_each_once(&seen);
        free(seen.times);
        ks_pack_free(pack);
    }
}

static void only_wanted(void **state)
{
    struct ks_walk_options options = {.jobs = WORKERS, .siblings = true};
    struct seen seen = {.check_hash = true};
    struct ks_pack *pack = open_pack(*state);
    uint8_t *wanted = calloc(1, pack->index.count / 8 + 1);
    struct ks_family_choice choice = {.types = ALL_TYPES, .wanted = wanted};
    uint64_t random = 3;

    for (uint32_t i = 0; i < pack->index.count / 4; i++) {
        uint32_t at = fixture_random(&random, pack->index.count);

        wanted[at / 8] |= (uint8_t)(1U << at % 8);
    }
    walk(&seen, pack, &choice, &options);
    for (uint32_t i = 0; i < pack->index.count; i++)
        assert_int_equal(seen.times[i], wanted[i / 8] >> i % 8 & 1);
    free(wanted);
    free(seen.times);
    ks_pack_free(pack);
}

static void only_blobs(void **state)
{
    static const struct ks_family_choice blobs = {.types = 1U
                                                           << KS_OBJECT_BLOB};
    struct ks_walk_options options = {.jobs = 1};
    struct seen seen = {0};
    struct ks_pack *pack = open_pack(*state);
    unsigned count = 0;

    walk(&seen, pack, &blobs, &options);
    for (uint32_t i = 0; i < pack->index.count; i++)
        count += seen.times[i];
    /* A commit, its tree and its folder's tree for each change of a file. */
    assert_true(count > 2400 && count <= 2500);
    free(seen.times);
    ks_pack_free(pack);
}

/* The reader of single objects gives what the walk gives. */
static void reader_reads_all(void **state)
{
    struct ks_packs *packs = NULL;
    struct ks_coverage *coverage = NULL;
    struct ks_pack_reader *reader = NULL;
    struct ks_err err = {0};
    char *objects = NULL;

    assert_true(
        asprintf(&objects, "%s/deep.git/objects", (const char *)*state) > 0);
    assert_int_equal(ks_coverage_new(&coverage, &err), KS_OK);
    assert_int_equal(ks_packs_open(&packs, &objects, 1, 20, coverage, &err),
                     KS_OK);
    assert_int_equal(packs->all.len, 1);
    /* A cache that holds next to nothing, so that it must give way. */
    assert_int_equal(ks_pack_reader_new(&reader, packs, 20000, &err), KS_OK);
    for (uint32_t i = 0; i < packs->all.items[0]->index.count; i++) {
        const uint8_t *name =
            ks_pack_index_name(&packs->all.items[0]->index, i);
        struct ks_walk_object object = {.oid = ks_oid_from(name, 20)};
        struct ks_packed packed;

        assert_int_equal(ks_pack_reader_read(&packed, reader, name, &err),
                         KS_OK);
        object.bytes = packed.bytes;
        object.type = packed.type;
        assert_true(has_name(&object));
        ks_packed_release(&packed);
    }
    assert_true(ks_coverage_complete(coverage));
    assert_false(ks_packs_changed(packs));
    ks_pack_reader_free(reader);
    ks_packs_free(packs);
    ks_coverage_free(coverage);
    free(objects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_pack_once),  cmocka_unit_test(little_memory),
        cmocka_unit_test(only_wanted),      cmocka_unit_test(only_blobs),
        cmocka_unit_test(reader_reads_all),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
