/* SPDX-License-Identifier: Apache-2.0 */
#include "pack_maker.h"

#include "git/pack_reader.h"

#include "pack_fixture.h"

#include <libdeflate.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void maker_start(struct maker *maker)
{
    static const uint8_t head[12] = {'P', 'A', 'C', 'K', 0, 0, 0, 2};

    *maker = (struct maker){0};
    ks_buf_init(&maker->pack, PACK_CAP);
    maker->deflater = libdeflate_alloc_compressor(1);
    assert_int_equal(ks_buf_add(&maker->pack, (struct ks_span){head, 12}),
                     KS_OK);
}

void maker_put(struct ks_buf *buf, uint64_t byte)
{
    assert_int_equal(ks_buf_add_byte(buf, (uint8_t)byte), KS_OK);
}

void maker_put32(struct ks_buf *buf, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        maker_put(buf, value >> shift);
}

void maker_sha1(uint8_t out[20], const char *head, struct ks_span bytes)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    assert_int_equal(EVP_DigestInit_ex(ctx, EVP_sha1(), NULL), 1);
    if (head != NULL)
        (void)EVP_DigestUpdate(ctx, head, strlen(head) + 1);
    (void)EVP_DigestUpdate(ctx, bytes.ptr, bytes.len);
    (void)EVP_DigestFinal_ex(ctx, out, NULL);
    EVP_MD_CTX_free(ctx);
}

void maker_deflate(struct maker *maker, struct ks_span bytes)
{
    size_t room = libdeflate_zlib_compress_bound(maker->deflater, bytes.len);

    assert_int_equal(ks_buf_reserve(&maker->pack, room), KS_OK);
    maker->pack.len +=
        libdeflate_zlib_compress(maker->deflater, bytes.ptr, bytes.len,
                                 maker->pack.ptr + maker->pack.len, room);
}

uint32_t maker_begin(struct maker *maker, unsigned kind, uint64_t size)
{
    uint32_t number = maker->count++;
    uint64_t rest = size >> 4;

    assert_true(number < ENTRIES_MAX);
    maker->offsets[number] = maker->pack.len;
    maker->names[number][0] = (uint8_t)(number >> 8);
    maker->names[number][1] = (uint8_t)number;
    maker_put(&maker->pack, (rest != 0 ? 0x80 : 0) | kind << 4 | (size & 15));
    while (rest != 0) {
        maker_put(&maker->pack, (rest >> 7 != 0 ? 0x80 : 0) | (rest & 0x7f));
        rest >>= 7;
    }
    return number;
}

uint32_t maker_blob(struct maker *maker, struct ks_span bytes)
{
    uint32_t number = maker_begin(maker, BLOB, bytes.len);

    maker_deflate(maker, bytes);
    return number;
}

void maker_distance(struct ks_buf *buf, uint64_t distance)
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

void maker_size(struct ks_buf *buf, uint64_t size)
{
    for (; size > 0x7f; size >>= 7)
        maker_put(buf, 0x80 | (size & 0x7f));
    maker_put(buf, size);
}

uint32_t maker_delta(struct maker *maker, uint32_t base, struct ks_span delta)
{
    uint32_t number = maker_begin(maker, OFFSET_DELTA, delta.len);

    maker_distance(&maker->pack, maker->offsets[number] - maker->offsets[base]);
    maker_deflate(maker, delta);
    return number;
}

uint32_t maker_reference(struct maker *maker, const uint8_t *base,
                         struct ks_span delta)
{
    uint32_t number = maker_begin(maker, REFERENCE_DELTA, delta.len);

    (void)ks_buf_add(&maker->pack, (struct ks_span){base, 20});
    maker_deflate(maker, delta);
    return number;
}

void maker_write(const char *folder, const char *name, struct ks_span bytes)
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

void maker_end(struct maker *maker)
{
    uint8_t digest[20];

    for (int i = 0; i < 4; i++)
        maker->pack.ptr[8 + i] = (uint8_t)(maker->count >> (24 - 8 * i));
    maker_sha1(digest, NULL, ks_buf_span(&maker->pack));
    (void)ks_buf_add(&maker->pack, (struct ks_span){digest, 20});
    libdeflate_free_compressor(maker->deflater);
}

void maker_index(struct ks_buf *index, const struct maker *maker)
{
    static const uint8_t zeros[40] = {0};
    uint32_t running = 0;

    ks_buf_init(index, PACK_CAP);
    (void)ks_buf_add_str(index, "\377tOc");
    maker_put32(index, 2);
    for (unsigned first = 0; first < 256; first++) {
        while (running < maker->count && maker->names[running][0] <= first)
            running++;
        maker_put32(index, running);
    }
    for (uint32_t i = 0; i < maker->count; i++)
        (void)ks_buf_add(index, (struct ks_span){maker->names[i], 20});
    for (uint32_t i = 0; i < maker->count; i++)
        maker_put32(index, 0);
    for (uint32_t i = 0; i < maker->count; i++)
        maker_put32(index, (uint32_t)maker->offsets[i]);
    (void)ks_buf_add(index, (struct ks_span){zeros, 40});
}

static enum ks_rc visit(void *ctx, unsigned worker,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    struct maker_tally *tally = ctx;
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
    maker_sha1(digest, head, object->bytes);
    assert_memory_equal(digest, object->oid.bytes, 20);
    return KS_OK;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    (void)worker;
    assert_true(ctx == memo);
}

enum ks_rc maker_left(void *ctx, unsigned worker, const struct ks_oid *oid,
                      enum ks_walk_left why, struct ks_err *err)
{
    struct maker_tally *tally = ctx;

    (void)worker;
    (void)oid;
    (void)err;
    tally->left[why]++;
    return KS_OK;
}

void maker_walk(struct maker_tally *tally, const struct ks_pack *pack,
                size_t largest)
{
    struct ks_walk_visitor visitor = {tally, visit, forget, maker_left};
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

unsigned maker_read_all(const char *folder)
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

struct ks_pack *maker_open(const char *folder, struct maker *maker)
{
    struct ks_pack *pack = NULL;
    struct ks_buf index;
    struct ks_err err = {0};
    char *path = NULL;

    maker_end(maker);
    maker_index(&index, maker);
    maker_write(folder, "objects/pack/p.pack", ks_buf_span(&maker->pack));
    maker_write(folder, "objects/pack/p.idx", ks_buf_span(&index));
    assert_true(asprintf(&path, "%s/objects/pack/p.idx", folder) > 0);
    if (ks_pack_open(&pack, path, 20, &err) != KS_OK)
        fail_msg("%s", err.text);
    ks_buf_release(&index);
    ks_buf_release(&maker->pack);
    free(path);
    return pack;
}

void maker_expect(void **state, struct maker *maker, unsigned visited,
                  unsigned corrupt, unsigned large)
{
    struct ks_pack *pack = maker_open(*state, maker);
    struct maker_tally tally = {0};

    maker_walk(&tally, pack, 1000000);
    assert_int_equal(tally.visited, visited);
    assert_int_equal(tally.left[KS_LEFT_CORRUPT], corrupt);
    assert_int_equal(tally.left[KS_LEFT_LARGE], large);
    free(tally.bytes);
    ks_pack_free(pack);
    if (large == 0)
        assert_int_equal(maker_read_all(*state), visited);
}

int maker_set_up(void **state)
{
    char *folder = fixture_folder();

    fixture_run(folder, NULL, "mkdir", "-p", "objects/pack", NULL);
    *state = folder;
    return 0;
}

int maker_tear_down(void **state)
{
    fixture_remove(*state);
    return 0;
}
