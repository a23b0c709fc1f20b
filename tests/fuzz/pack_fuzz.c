/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack_fuzz.c: a pack and its index of any bytes.
 *
 * The first byte chooses: even, and the input is an index of up to 64 KiB
 * (its length in two bytes) and a pack; odd, and the input is a list of
 * entries (kind, base, length, bytes) that are deflated and indexed, so that
 * mutations reach the deltas.
 */
#include "base/buf.h"
#include "git/family.h"
#include "git/walk.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 18, CAP = 1 << 24, ENTRIES_MAX = 200, TYPES = 0x1e };

/* Memos are copies of the bytes, so that copies can be checked. */
struct copy {
    size_t len;
    uint8_t bytes[];
};

static void check(const struct ks_walk_object *object)
{
    if (object->memos[KS_COPY_BASE] == NULL)
        return;
    for (size_t i = 0; i < object->copy_count; i++) {
        const struct ks_copy *copy = &object->copies[i];
        const struct copy *source = object->memos[copy->source];

        if (copy->to + (size_t)copy->len > object->bytes.len ||
            copy->from + (size_t)copy->len > source->len ||
            memcmp(object->bytes.ptr + copy->to, source->bytes + copy->from,
                   copy->len) != 0)
            abort();
    }
}

static enum ks_rc visit(void *ctx, unsigned worker,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    uint32_t *told = ctx;
    struct copy *copy = malloc(sizeof(*copy) + object->bytes.len);

    (void)worker;
    (void)err;
    (*told)++;
    check(object);
    if (!object->wants_memo || copy == NULL) {
        free(copy);
        return KS_OK;
    }
    copy->len = object->bytes.len;
    if (copy->len > 0)
        memcpy(copy->bytes, object->bytes.ptr, copy->len);
    *memo = copy;
    return KS_OK;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    (void)ctx;
    (void)worker;
    free(memo);
}

static enum ks_rc left(void *ctx, unsigned worker, const struct ks_oid *oid,
                       enum ks_walk_left why, struct ks_err *err)
{
    uint32_t *told = ctx;

    (void)worker;
    (void)oid;
    (void)why;
    (void)err;
    (*told)++;
    return KS_OK;
}

static void walk(struct ks_span index, struct ks_span bytes, size_t memory)
{
    uint32_t told = 0;
    struct ks_pack pack = {.data = bytes};
    struct ks_walk_visitor visitor = {&told, visit, forget, left};
    struct ks_walk_options options = {
        .jobs = 1, .largest = LARGEST, .memory = memory, .siblings = true};
    struct ks_families families;
    struct ks_walk_part part = {.families = &families, .choice.types = TYPES};
    struct ks_err err = {0};

    if (bytes.len < 32 ||
        ks_pack_index_parse(&pack.index, index, 20, &err) != KS_OK)
        return;
    pack.end = bytes.len - 20;
    if (ks_families_build(&families, &pack, 1, &err) != KS_OK)
        return;
    ks_families_choose(&families, &part.choice);
    if (ks_walk(&part, 1, &visitor, &options, &err) == KS_OK &&
        told != families.count)
        abort();
    ks_families_release(&families);
}

static void put32(struct ks_buf *buf, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        (void)ks_buf_add_byte(buf, (uint8_t)(value >> shift));
}

/* Appends an entry made from the input's next bytes. */
static struct ks_span put_entry(struct ks_buf *pack, struct ks_span input,
                                const uint32_t *offsets, uint32_t number,
                                struct libdeflate_compressor *deflater)
{
    unsigned kind = input.ptr[0] & 7;
    uint8_t base = input.ptr[1];
    size_t len = input.ptr[2] | (size_t)(input.ptr[0] >> 7) << 8;
    struct ks_span bytes = ks_span_slice(input, 3, 3 + len);
    uint8_t name[20] = {base};
    uint32_t distance =
        base < number ? (uint32_t)pack->len - offsets[base] : base;

    len = bytes.len ^ (input.ptr[0] >> 3 & 1);
    (void)ks_buf_add_byte(pack, (uint8_t)(0x80 | kind << 4 | (len & 15)));
    (void)ks_buf_add_byte(pack, (uint8_t)(len >> 4 & 0x7f));
    if (kind == 7)
        (void)ks_buf_add(pack, (struct ks_span){name, 20});
    if (kind == 6 && distance >= 0x4080)
        (void)ks_buf_add_byte(pack,
                              (uint8_t)(0x7f + (((distance >> 7) - 1) >> 7)));
    if (kind == 6 && distance >= 0x80)
        (void)ks_buf_add_byte(pack, (uint8_t)(0x80 | ((distance >> 7) - 1)));
    if (kind == 6)
        (void)ks_buf_add_byte(pack, distance & 0x7f);
    if (ks_buf_reserve(pack, 1024) == KS_OK)
        pack->len += libdeflate_zlib_compress(deflater, bytes.ptr, bytes.len,
                                              pack->ptr + pack->len, 1024);
    return ks_span_slice(input, 3 + bytes.len, input.len);
}

static void make_and_walk(struct ks_span input)
{
    static const uint8_t zeros[40] = {0};
    struct libdeflate_compressor *deflater = libdeflate_alloc_compressor(1);
    uint32_t offsets[ENTRIES_MAX];
    uint32_t count = 0;
    struct ks_buf pack;
    struct ks_buf index;

    ks_buf_init(&pack, CAP);
    ks_buf_init(&index, CAP);
    (void)ks_buf_add(&pack, (struct ks_span){zeros, 12});
    while (deflater != NULL && count < ENTRIES_MAX && input.len >= 3) {
        offsets[count] = (uint32_t)pack.len;
        input = put_entry(&pack, input, offsets, count, deflater);
        count++;
    }
    (void)ks_buf_add(&pack, (struct ks_span){zeros, 20});
    (void)ks_buf_add_str(&index, "\377tOc");
    put32(&index, 2);
    for (uint32_t first = 0; first < 256; first++)
        put32(&index, first < count ? first + 1 : count);
    for (uint32_t i = 0; i < count; i++) {
        (void)ks_buf_add_byte(&index, (uint8_t)i);
        (void)ks_buf_add(&index, (struct ks_span){zeros, 19});
    }
    for (uint32_t i = 0; i < count; i++)
        put32(&index, 0);
    for (uint32_t i = 0; i < count; i++)
        put32(&index, offsets[i]);
    (void)ks_buf_add(&index, (struct ks_span){zeros, 40});
    walk(ks_buf_span(&index), ks_buf_span(&pack), 2000);
    ks_buf_release(&pack);
    ks_buf_release(&index);
    libdeflate_free_compressor(deflater);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ks_span input = {data, size};
    size_t len;

    if (size < 4)
        return 0;
    if ((data[0] & 1) != 0) {
        make_and_walk(ks_span_slice(input, 1, size));
        return 0;
    }
    len = 3 + (data[1] | (size_t)data[2] << 8);
    walk(ks_span_slice(input, 3, len), ks_span_slice(input, len, size), 0);
    return 0;
}
