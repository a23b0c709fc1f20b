/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor.c: what no history scan can beat by reading: the time that libdeflate
 * takes to inflate every blob entry of the packs once, deltas not applied, on
 * N threads.
 *
 * Usage: bench_floor THREADS INDEX…
 */
#include "git/family.h"
#include "git/inflate.h"

#include "base/pool.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 256 };

struct floor {
    const struct ks_families *families;
    atomic_uint next;
    atomic_ullong packed, inflated, objects;
};

static double now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool inflate_one(struct floor *floor, uint32_t entry,
                        struct libdeflate_decompressor *decoder, uint8_t **out,
                        size_t *room)
{
    const struct ks_families *families = floor->families;
    struct ks_pack_entry header;
    size_t packed;

    if (families->types[entry] != KS_OBJECT_BLOB ||
        !ks_pack_entry_at(&header, families->pack, families->offsets[entry]))
        return true;
    if (header.size > *room) {
        *room = (size_t)header.size * 2;
        free(*out);
        *out = malloc(*room);
        if (*out == NULL)
            return false;
    }
    packed = (size_t)(families->offsets[entry + 1] - header.data_at);
    if (libdeflate_zlib_decompress(
            decoder, families->pack->data.ptr + header.data_at, packed, *out,
            (size_t)header.size, NULL) != LIBDEFLATE_SUCCESS)
        return false;
    atomic_fetch_add_explicit(&floor->packed, packed, memory_order_relaxed);
    atomic_fetch_add_explicit(&floor->inflated, header.size,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&floor->objects, 1, memory_order_relaxed);
    return true;
}

static enum ks_rc work(void *ctx, unsigned worker, struct ks_err *err)
{
    struct floor *floor = ctx;
    struct libdeflate_decompressor *decoder = libdeflate_alloc_decompressor();
    uint8_t *out = NULL;
    size_t room = 0;
    uint32_t from;
    bool good = decoder != NULL;

    (void)worker;
    while (good && (from = atomic_fetch_add(&floor->next, BATCH)) <
                       floor->families->count)
        for (uint32_t i = from;
             good && i < from + BATCH && i < floor->families->count; i++)
            good = inflate_one(floor, i, decoder, &out, &room);
    free(out);
    libdeflate_free_decompressor(decoder);
    return good ? KS_OK : ks_fail(err, KS_EFORMAT, "cannot inflate");
}

static enum ks_rc measure(const char *index, unsigned threads,
                          struct ks_err *err)
{
    struct ks_families families = {0};
    struct floor floor = {.families = &families};
    struct ks_pack *pack = NULL;
    double start = now();
    double built;
    enum ks_rc rc = ks_pack_open(&pack, index, 20, err);

    if (rc == KS_OK)
        rc = ks_families_build(&families, pack, threads, err);
    built = now();
    if (rc == KS_OK)
        rc = ks_pool_run(threads, work, &floor, err);
    if (rc == KS_OK)
        (void)printf("%llu blobs, %.1f MB packed, %.1f MB inflated: index "
                     "%.3f s, inflate %.3f s\n",
                     floor.objects, (double)floor.packed / 1e6,
                     (double)floor.inflated / 1e6, built - start,
                     now() - built);
    ks_families_release(&families);
    ks_pack_free(pack);
    return rc;
}

int main(int argc, char **argv)
{
    struct ks_err err = {0};

    if (argc < 3) {
        (void)fprintf(stderr, "usage: %s THREADS INDEX...\n", argv[0]);
        return 2;
    }
    for (int i = 2; i < argc; i++)
        if (measure(argv[i], (unsigned)strtoul(argv[1], NULL, 10), &err) !=
            KS_OK) {
            (void)fprintf(stderr, "%s\n", err.text);
            return 1;
        }
    return 0;
}
