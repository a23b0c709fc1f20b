/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.c: the walk over delta families with a visitor that does nothing, and
 * its phases.
 *
 * Usage: bench_walk THREADS TYPES INDEX…
 * TYPES: letters of c(ommit) t(ree) b(lob) g (tag); a + behind them times the
 * phases.
 */
#include "git/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORKERS_MAX = 256 };

struct tally {
    struct {
        uint64_t objects, bytes, copied, copies, left;
        char pad[64];
    } of[WORKERS_MAX];
};

static double now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static enum ks_rc visit(void *ctx, unsigned worker,
                        const struct ks_walk_object *object, void **memo,
                        struct ks_err *err)
{
    struct tally *tally = ctx;

    (void)err;
    *memo = NULL;
    tally->of[worker].objects++;
    tally->of[worker].bytes += object->bytes.len;
    tally->of[worker].copies += object->copy_count;
    for (size_t i = 0; i < object->copy_count; i++)
        tally->of[worker].copied += object->copies[i].len;
    return KS_OK;
}

static enum ks_rc left(void *ctx, unsigned worker, const struct ks_oid *oid,
                       enum ks_walk_left why, struct ks_err *err)
{
    struct tally *tally = ctx;

    (void)oid;
    (void)why;
    (void)err;
    tally->of[worker].left++;
    return KS_OK;
}

static unsigned parse_types(const char *letters)
{
    static const char order[] = ".ctbg";
    unsigned types = 0;

    for (unsigned i = 1; order[i] != '\0'; i++)
        if (strchr(letters, order[i]) != NULL)
            types |= 1U << i;
    return types;
}

static void print_tally(const struct tally *tally, unsigned threads)
{
    uint64_t objects = 0, bytes = 0, copied = 0, copies = 0, lost = 0;

    for (unsigned i = 0; i < threads; i++) {
        objects += tally->of[i].objects;
        bytes += tally->of[i].bytes;
        copied += tally->of[i].copied;
        copies += tally->of[i].copies;
        lost += tally->of[i].left;
    }
    (void)printf("%llu objects, %.1f MB, %.1f MB in %llu copies, %llu left",
                 (unsigned long long)objects, (double)bytes / 1e6,
                 (double)copied / 1e6, (unsigned long long)copies,
                 (unsigned long long)lost);
}

static enum ks_rc measure(const char *index, unsigned threads,
                          const char *letters, struct ks_err *err)
{
    struct tally tally = {0};
    struct ks_walk_visitor visitor = {
        .ctx = &tally, .visit = visit, .left = left};
    struct ks_walk_times times = {0};
    struct ks_walk_options options = {
        .jobs = threads,
        .times = strchr(letters, '+') == NULL ? NULL : &times,
    };
    struct ks_families families = {0};
    struct ks_walk_part part = {.families = &families,
                                .choice.types = parse_types(letters)};
    struct ks_pack *pack = NULL;
    double start = now();
    double built;
    enum ks_rc rc = ks_pack_open(&pack, index, 20, err);

    if (rc == KS_OK)
        rc = ks_families_build(&families, pack, threads, err);
    if (rc == KS_OK)
        ks_families_choose(&families, &part.choice);
    built = now();
    if (rc == KS_OK)
        rc = ks_walk(&part, 1, &visitor, &options, err);
    if (rc == KS_OK) {
        print_tally(&tally, threads);
        (void)printf(": index %.3f s, walk %.3f s", built - start,
                     now() - built);
        if (options.times != NULL)
            (void)printf(" (inflate %.3f, apply %.3f, visit %.3f of %u "
                         "threads)",
                         (double)times.inflate / 1e9, (double)times.apply / 1e9,
                         (double)times.visit / 1e9, threads);
        (void)printf("\n");
    }
    ks_families_release(&families);
    ks_pack_free(pack);
    return rc;
}

int main(int argc, char **argv)
{
    struct ks_err err = {0};

    if (argc < 4) {
        (void)fprintf(stderr, "usage: %s THREADS TYPES INDEX...\n", argv[0]);
        return 2;
    }
    for (int i = 3; i < argc; i++)
        if (measure(argv[i], (unsigned)strtoul(argv[1], NULL, 10) % WORKERS_MAX,
                    argv[2], &err) != KS_OK) {
            (void)fprintf(stderr, "%s\n", err.text);
            return 1;
        }
    return 0;
}
