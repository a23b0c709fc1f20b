/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs made by hand: random deltas against what git makes of them, and packs
 * that lie. Whatever they claim, every object is visited or left, none twice,
 * and nothing is read or written out of bounds.
 */
#include "base/buf.h"
#include "base/hash.h"
#include "git/family.h"
#include "git/map_guard.h"
#include "git/pack_reader.h"
#include "git/walk.h"

#include "pack_fixture.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    COMMIT = 1,
    BLOB = 3,
    OFFSET_DELTA = 6,
    REFERENCE_DELTA = 7,
    ENTRIES_MAX = 4096,
    PACK_CAP = 64 * 1024 * 1024,
};

/* A pack in the making; entry i is called by the name of i unless told. */
struct maker {
    struct ks_buf pack;
    uint8_t names[ENTRIES_MAX][20];
    uint64_t offsets[ENTRIES_MAX];
    uint32_t count;
    struct libdeflate_compressor *deflater;
};

static void start(struct maker *maker)
{
    static const uint8_t head[12] = {'P', 'A', 'C', 'K', 0, 0, 0, 2};

    *maker = (struct maker){0};
    ks_buf_init(&maker->pack, PACK_CAP);
    maker->deflater = libdeflate_alloc_compressor(1);
    assert_int_equal(ks_buf_add(&maker->pack, (struct ks_span){head, 12}),
                     KS_OK);
}

static void put(struct ks_buf *buf, uint64_t byte)
{
    assert_int_equal(ks_buf_add_byte(buf, (uint8_t)byte), KS_OK);
}

static void put32(struct ks_buf *buf, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        put(buf, value >> shift);
}

static void sha1(uint8_t out[20], const char *head, struct ks_span bytes)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    assert_int_equal(EVP_DigestInit_ex(ctx, EVP_sha1(), NULL), 1);
    if (head != NULL)
        (void)EVP_DigestUpdate(ctx, head, strlen(head) + 1);
    (void)EVP_DigestUpdate(ctx, bytes.ptr, bytes.len);
    (void)EVP_DigestFinal_ex(ctx, out, NULL);
    EVP_MD_CTX_free(ctx);
}

static void deflate_to(struct maker *maker, struct ks_span bytes)
{
    size_t room = libdeflate_zlib_compress_bound(maker->deflater, bytes.len);

    assert_int_equal(ks_buf_reserve(&maker->pack, room), KS_OK);
    maker->pack.len +=
        libdeflate_zlib_compress(maker->deflater, bytes.ptr, bytes.len,
                                 maker->pack.ptr + maker->pack.len, room);
}

/* Begins an entry that claims a size; returns its number. */
static uint32_t begin(struct maker *maker, unsigned kind, uint64_t size)
{
    uint32_t number = maker->count++;
    uint64_t rest = size >> 4;

    assert_true(number < ENTRIES_MAX);
    maker->offsets[number] = maker->pack.len;
    maker->names[number][0] = (uint8_t)(number >> 8);
    maker->names[number][1] = (uint8_t)number;
    put(&maker->pack, (rest != 0 ? 0x80 : 0) | kind << 4 | (size & 15));
    while (rest != 0) {
        put(&maker->pack, (rest >> 7 != 0 ? 0x80 : 0) | (rest & 0x7f));
        rest >>= 7;
    }
    return number;
}

static uint32_t add_blob(struct maker *maker, struct ks_span bytes)
{
    uint32_t number = begin(maker, BLOB, bytes.len);

    deflate_to(maker, bytes);
    return number;
}

static void put_distance(struct ks_buf *buf, uint64_t distance)
{
    uint8_t bytes[10];
    size_t at = sizeof(bytes) - 1;

    bytes[at] = distance & 0x7f;
    while (distance >>= 7)
        bytes[--at] = (uint8_t)(0x80 | (--distance & 0x7f));
    assert_int_equal(
        ks_buf_add(buf, (struct ks_span){bytes + at, sizeof(bytes) - at}),
        KS_OK);
}

/* A size in front of a delta. */
static void put_size(struct ks_buf *buf, uint64_t size)
{
    for (; size > 0x7f; size >>= 7)
        put(buf, 0x80 | (size & 0x7f));
    put(buf, size);
}

static uint32_t add_delta(struct maker *maker, uint32_t base,
                          struct ks_span delta)
{
    uint32_t number = begin(maker, OFFSET_DELTA, delta.len);

    put_distance(&maker->pack, maker->offsets[number] - maker->offsets[base]);
    deflate_to(maker, delta);
    return number;
}

static uint32_t add_reference(struct maker *maker, const uint8_t *base,
                              struct ks_span delta)
{
    uint32_t number = begin(maker, REFERENCE_DELTA, delta.len);

    (void)ks_buf_add(&maker->pack, (struct ks_span){base, 20});
    deflate_to(maker, delta);
    return number;
}

static void write_file(const char *folder, const char *name,
                       struct ks_span bytes)
{
    char *path = NULL;
    FILE *file;

    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static void end_pack(struct maker *maker)
{
    uint8_t digest[20];

    for (int i = 0; i < 4; i++)
        maker->pack.ptr[8 + i] = (uint8_t)(maker->count >> (24 - 8 * i));
    sha1(digest, NULL, ks_buf_span(&maker->pack));
    (void)ks_buf_add(&maker->pack, (struct ks_span){digest, 20});
    libdeflate_free_compressor(maker->deflater);
}

/* An index of version 2; names rise with numbers. */
static void make_index(struct ks_buf *index, const struct maker *maker)
{
    static const uint8_t zeros[40] = {0};
    uint32_t running = 0;

    ks_buf_init(index, PACK_CAP);
    (void)ks_buf_add_str(index, "\377tOc");
    put32(index, 2);
    for (unsigned first = 0; first < 256; first++) {
        while (running < maker->count && maker->names[running][0] <= first)
            running++;
        put32(index, running);
    }
    for (uint32_t i = 0; i < maker->count; i++)
        (void)ks_buf_add(index, (struct ks_span){maker->names[i], 20});
    for (uint32_t i = 0; i < maker->count; i++)
        put32(index, 0);
    for (uint32_t i = 0; i < maker->count; i++)
        put32(index, (uint32_t)maker->offsets[i]);
    (void)ks_buf_add(index, (struct ks_span){zeros, 40});
}

/* What a walk came to. */
struct tally {
    unsigned visited;
    unsigned left[2];
    uint8_t *bytes; /* of the last object visited */
    size_t len;
    bool check_names;
};

static enum ks_rc visit(void *ctx, unsigned worker,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    struct tally *tally = ctx;
    uint8_t digest[20];
    char head[64];

    (void)worker;
    (void)err;
    tally->visited++;
    free(tally->bytes);
    tally->bytes = malloc(object->bytes.len + 1);
    memcpy(tally->bytes, object->bytes.ptr, object->bytes.len);
    tally->len = object->bytes.len;
    *memo = object->wants_memo ? tally : NULL;
    if (!tally->check_names)
        return KS_OK;
    (void)snprintf(head, sizeof(head), "%s %zu",
                   ks_object_type_name(object->type), object->bytes.len);
    sha1(digest, head, object->bytes);
    assert_memory_equal(digest, object->oid.bytes, 20);
    return KS_OK;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    (void)worker;
    assert_true(ctx == memo);
}

static enum ks_rc left(void *ctx, unsigned worker, const struct ks_oid *oid,
                       enum ks_walk_left why, struct ks_err *err)
{
    struct tally *tally = ctx;

    (void)worker;
    (void)oid;
    (void)err;
    tally->left[why]++;
    return KS_OK;
}

static void walk(struct tally *tally, const struct ks_pack *pack,
                 size_t largest)
{
    struct ks_walk_visitor visitor = {tally, visit, forget, left};
    struct ks_walk_options options = {
        .jobs = 1, .largest = largest, .memory = 100000};
    struct ks_families families;
    struct ks_walk_part part = {.families = &families, .choice.types = 0x1e};
    struct ks_err err = {0};

    assert_int_equal(ks_families_build(&families, pack, 1, &err), KS_OK);
    ks_families_choose(&families, &part.choice);
    assert_int_equal(ks_walk(&part, 1, &visitor, &options, &err), KS_OK);
    ks_families_release(&families);
}

/* Reads every name through the reader; returns how many could be had. */
static unsigned read_all(const char *folder)
{
    struct ks_packs *packs = NULL;
    struct ks_coverage *coverage = NULL;
    struct ks_pack_reader *reader = NULL;
    struct ks_err err = {0};
    char *objects = NULL;
    unsigned good = 0;

    assert_true(asprintf(&objects, "%s/objects", folder) > 0);
    assert_int_equal(ks_coverage_new(&coverage, &err), KS_OK);
    assert_int_equal(ks_packs_open(&packs, &objects, 1, 20, coverage, &err),
                     KS_OK);
    assert_int_equal(ks_pack_reader_new(&reader, packs, 1000, &err), KS_OK);
    for (size_t p = 0; p < packs->all.len; p++)
        for (uint32_t i = 0; i < packs->all.items[p]->index.count; i++) {
            struct ks_packed packed;

            if (ks_pack_reader_read(
                    &packed, reader,
                    ks_pack_index_name(&packs->all.items[p]->index, i),
                    &err) != KS_OK)
                continue;
            good++;
            ks_packed_release(&packed);
        }
    ks_pack_reader_free(reader);
    ks_packs_free(packs);
    ks_coverage_free(coverage);
    free(objects);
    return good;
}

/* Writes the pack with an index of ours and opens it. */
static struct ks_pack *open_made(const char *folder, struct maker *maker)
{
    struct ks_pack *pack = NULL;
    struct ks_buf index;
    struct ks_err err = {0};
    char *path = NULL;

    end_pack(maker);
    make_index(&index, maker);
    write_file(folder, "objects/pack/p.pack", ks_buf_span(&maker->pack));
    write_file(folder, "objects/pack/p.idx", ks_buf_span(&index));
    assert_true(asprintf(&path, "%s/objects/pack/p.idx", folder) > 0);
    if (ks_pack_open(&pack, path, 20, &err) != KS_OK)
        fail_msg("%s", err.text);
    ks_buf_release(&index);
    ks_buf_release(&maker->pack);
    free(path);
    return pack;
}

/* Makes, walks and reads a pack, and checks what came of it. */
static void expect(void **state, struct maker *maker, unsigned visited,
                   unsigned corrupt, unsigned large)
{
    struct ks_pack *pack = open_made(*state, maker);
    struct tally tally = {0};

    walk(&tally, pack, 1000000);
    assert_int_equal(tally.visited, visited);
    assert_int_equal(tally.left[KS_LEFT_CORRUPT], corrupt);
    assert_int_equal(tally.left[KS_LEFT_LARGE], large);
    free(tally.bytes);
    ks_pack_free(pack);
    if (large == 0)
        assert_int_equal(read_all(*state), visited);
}

static const struct ks_span text = {(const uint8_t *)"0123456789abcdef", 16};

/* Deltas over `text`; as a string literal with its length. */
#define DELTA(literal)                                                         \
    (struct ks_span)                                                           \
    {                                                                          \
        (const uint8_t *)(literal), sizeof(literal) - 1                        \
    }

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
        struct tally tally = {0};
        struct ks_pack *pack;

        start(&maker);
        (void)add_blob(&maker, text);
        (void)add_delta(&maker, 0, cases[i].delta);
        pack = open_made(*state, &maker);
        walk(&tally, pack, 0);
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

static void cycles(void **state)
{
    static const uint8_t first[20] = {0, 0}, second[20] = {0, 1},
                         third[20] = {0, 2};
    struct maker maker;

    start(&maker);
    (void)add_reference(&maker, second, DELTA("\x10\x04\x91\x04\x04"));
    (void)add_reference(&maker, first, DELTA("\x10\x04\x91\x04\x04"));
    (void)add_reference(&maker, third,
                        DELTA("\x10\x04\x91\x04\x04")); /* self */
    (void)add_delta(&maker, 0, DELTA("\x10\x04\x91\x04\x04"));
    (void)add_blob(&maker, text);
    expect(state, &maker, 1, 4, 0);
}

/* A base that stands behind its delta is fine; one in no pack is not. */
static void reference_deltas(void **state)
{
    static const uint8_t behind[20] = {0, 2}, nowhere[20] = {9, 9};
    struct maker maker;

    start(&maker);
    (void)add_reference(&maker, behind, DELTA("\x10\x10\x90\x10"));
    (void)add_reference(&maker, nowhere, DELTA("\x10\x10\x90\x10"));
    (void)add_blob(&maker, text);
    (void)add_delta(&maker, 0, DELTA("\x10\x10\x90\x10"));
    expect(state, &maker, 3, 1, 0);
}

/* A chain whose bases all stand behind: the first is the deepest. */
static void chain_of_references(void **state)
{
    struct maker maker;

    start(&maker);
    for (uint8_t i = 0; i < 20; i++) {
        uint8_t next[20] = {0, (uint8_t)(i + 1)};

        (void)add_reference(&maker, next, DELTA("\x10\x10\x90\x10"));
    }
    (void)add_blob(&maker, text);
    expect(state, &maker, 21, 0, 0);
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
    if (object->base_memo != NULL)
        for (size_t i = 0; i < object->copy_count; i++)
            assert_memory_equal(object->bytes.ptr + object->copies[i].to,
                                (const uint8_t *)object->base_memo +
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
    struct ks_walk_visitor visitor = {&crowd, visit_crowd, forget_crowd, left};
    struct ks_walk_options options = {.jobs = 3};
    struct ks_families families;
    struct ks_walk_part part = {.families = &families, .choice.types = 0x1e};
    struct maker maker;
    struct ks_pack *pack;
    struct ks_err err = {0};
    uint64_t random = 8;

    for (size_t i = 0; i < sizeof(base); i++)
        base[i] = (uint8_t)fixture_random(&random, 256);
    start(&maker);
    (void)add_blob(&maker, (struct ks_span){base, sizeof(base)});
    for (uint32_t i = 1; i < 2000; i++) {
        struct ks_buf delta;

        ks_buf_init(&delta, 1000);
        put_size(&delta, sizeof(base));
        put_size(&delta, sizeof(base));
        put(&delta, 120);
        for (unsigned n = 0; n < 120; n++)
            put(&delta, fixture_random(&random, 256));
        put(&delta, 0xb1);
        put(&delta, 120);
        put(&delta, sizeof(base) - 120);
        put(&delta, (sizeof(base) - 120) >> 8);
        (void)add_delta(&maker, i % 50 == 0 ? i - 1 : i / 50 * 50,
                        ks_buf_span(&delta));
        ks_buf_release(&delta);
    }
    pack = open_made(*state, &maker);
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

static void wrong_sizes(void **state)
{
    static const uint64_t sizes[] = {
        0, 15, 17, 300, 1000001, (uint64_t)1 << 32, (uint64_t)1 << 59};
    struct maker maker;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        bool large = sizes[i] > 1000000;

        start(&maker);
        (void)begin(&maker, BLOB, sizes[i]);
        deflate_to(&maker, text);
        (void)add_delta(&maker, 0, DELTA("\x10\x10\x90\x10"));
        expect(state, &maker, 0, large ? 0 : 2, large ? 2 : 0);
    }
}

/* A few bytes that become a gigabyte in a dozen steps. */
static void bomb(void **state)
{
    struct maker maker;
    uint64_t size = 16;

    start(&maker);
    (void)add_blob(&maker, text);
    for (unsigned i = 0; i < 30; i++) {
        struct ks_buf delta;

        ks_buf_init(&delta, 1000);
        put_size(&delta, size);
        put_size(&delta, 2 * size);
        for (unsigned twice = 0; twice < 2; twice++) {
            put(&delta, 0xf0);
            put(&delta, size);
            put(&delta, size >> 8);
            put(&delta, size >> 16);
        }
        (void)add_delta(&maker, i, ks_buf_span(&delta));
        ks_buf_release(&delta);
        size *= 2;
    }
    /* 16 × 2^15 are the last below the million bytes that the walk takes. */
    expect(state, &maker, 16, 0, 15);
}

static void lying_offsets(void **state)
{
    struct maker maker;

    start(&maker);
    for (unsigned i = 0; i < 6; i++)
        (void)add_blob(&maker, text);
    maker.offsets[0] = 0;          /* the header */
    maker.offsets[1] = 0x7fffffff; /* behind the end */
    maker.offsets[2] = 0xffffffff; /* in a table that is not there */
    maker.offsets[3]++;            /* inside an entry */
    maker.offsets[4] = maker.offsets[5];
    expect(state, &maker, 2, 4, 0);
}

static void broken_index(void **state)
{
    struct maker maker;
    struct ks_pack *pack;
    struct ks_buf index;
    char *path = NULL;
    struct ks_err err = {0};

    start(&maker);
    for (unsigned i = 0; i < 40; i++)
        (void)add_blob(&maker, text);
    end_pack(&maker);
    make_index(&index, &maker);
    write_file(*state, "objects/pack/p.pack", ks_buf_span(&maker.pack));
    assert_true(asprintf(&path, "%s/objects/pack/p.idx", (const char *)*state) >
                0);
    for (size_t len = 0; len < index.len; len += 37) {
        write_file(*state, "objects/pack/p.idx",
                   ks_span_slice(ks_buf_span(&index), 0, len));
        assert_int_equal(ks_pack_open(&pack, path, 20, &err), KS_EFORMAT);
    }
    index.ptr[8 + 4 * 7] = 0xff; /* the counts fall */
    write_file(*state, "objects/pack/p.idx", ks_buf_span(&index));
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
    struct tally tally = {0};
    char *path = NULL;
    unsigned long before = ks_map_faults();

    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (uint8_t)fixture_random(&random, 256);
    start(&maker);
    for (unsigned i = 0; i < 3; i++)
        (void)add_blob(&maker, (struct ks_span){noise, sizeof(noise)});
    pack = open_made(*state, &maker);
    assert_true(
        asprintf(&path, "%s/objects/pack/p.pack", (const char *)*state) > 0);
    assert_int_equal(truncate(path, 250000), 0);
    walk(&tally, pack, 0);
    assert_int_equal(tally.visited, 1);
    assert_int_equal(tally.left[KS_LEFT_CORRUPT], 2);
    assert_true(ks_map_faults() > before);
    free(tally.bytes);
    free(path);
    ks_pack_free(pack);
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
            put(&body, len);
            for (uint32_t i = 0; i < len; i++) {
                put(&body, 'a' + i % 26);
                put(made, 'a' + i % 26);
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
        put(&body, command);
        (void)ks_buf_add(&body, (struct ks_span){operands, count});
        (void)ks_buf_add(made, ks_span_slice(base, from, from + len));
    }
    put_size(delta, base.len);
    put_size(delta, made->len);
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
    struct tally tally = {.check_names = true};
    struct maker maker;
    struct ks_pack *pack = NULL;
    struct ks_err err = {0};
    uint64_t random = 42;
    char *path = NULL;

    start(&maker);
    ks_buf_init(&objects[0], PACK_CAP);
    for (unsigned i = 0; i < 70000; i++)
        put(&objects[0], fixture_random(&random, 256));
    (void)add_blob(&maker, ks_buf_span(&objects[0]));
    for (uint32_t i = 1; i < COUNT; i++) {
        /* Near ones for depth, far ones for width. */
        uint32_t base = fixture_random(&random, 4) == 0
                            ? fixture_random(&random, i)
                            : i - 1;
        struct ks_buf delta;

        ks_buf_init(&delta, PACK_CAP);
        ks_buf_init(&objects[i], PACK_CAP);
        random_delta(&delta, &objects[i], ks_buf_span(&objects[base]), &random);
        (void)add_delta(&maker, base, ks_buf_span(&delta));
        ks_buf_release(&delta);
    }
    end_pack(&maker);
    write_file(*state, "objects/pack/p.pack", ks_buf_span(&maker.pack));
    fixture_run(*state, NULL, "rm", "-f", "objects/pack/p.idx", NULL);
    fixture_run(*state, NULL, "sh", "-c",
                "git index-pack objects/pack/p.pack >/dev/null", NULL);
    assert_true(asprintf(&path, "%s/objects/pack/p.idx", (const char *)*state) >
                0);
    assert_int_equal(ks_pack_open(&pack, path, 20, &err), KS_OK);
    walk(&tally, pack, 0);
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

/* Bytes of a good pack and its index turned at random. */
static void mutations(void **state)
{
    uint64_t random = 77;

    for (unsigned round = 0; round < 300; round++) {
        struct maker maker;
        struct ks_buf index;
        struct ks_pack *pack = NULL;
        struct tally tally = {0};
        struct ks_err err = {0};
        char *path = NULL;

        start(&maker);
        (void)add_blob(&maker, text);
        for (uint32_t i = 0; i < 30; i++)
            (void)add_delta(&maker, i - i % 3,
                            DELTA("\x10\x10\x91\x04\x0c\x04zzzz"));
        end_pack(&maker);
        make_index(&index, &maker);
        for (unsigned i = 0; i < 4; i++) {
            struct ks_buf *which =
                fixture_random(&random, 2) == 0 ? &maker.pack : &index;

            which->ptr[fixture_random(&random, (uint32_t)which->len)] =
                (uint8_t)fixture_random(&random, 256);
        }
        write_file(*state, "objects/pack/p.pack", ks_buf_span(&maker.pack));
        write_file(*state, "objects/pack/p.idx", ks_buf_span(&index));
        assert_true(
            asprintf(&path, "%s/objects/pack/p.idx", (const char *)*state) > 0);
        if (ks_pack_open(&pack, path, 20, &err) == KS_OK) {
            walk(&tally, pack, 100000);
            assert_int_equal(tally.visited + tally.left[0] + tally.left[1],
                             pack->index.count);
            ks_pack_free(pack);
        }
        (void)read_all(*state);
        free(tally.bytes);
        free(path);
        ks_buf_release(&index);
        ks_buf_release(&maker.pack);
    }
}

static int set_up(void **state)
{
    char *folder = fixture_folder();

    fixture_run(folder, NULL, "mkdir", "-p", "objects/pack", NULL);
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
    const struct CMUnitTest tests[] = {
        TEST(deltas_of_all_forms),
        TEST(cycles),
        TEST(reference_deltas),
        TEST(chain_of_references),
        TEST(one_family_for_all),
        TEST(wrong_sizes),
        TEST(bomb),
        TEST(lying_offsets),
        TEST(broken_index),
        TEST(truncated_while_mapped),
        TEST(random_deltas_as_git),
        TEST(mutations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
