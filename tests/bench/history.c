/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history.c: an engine with a receiver that does nothing.
 *
 * Usage: bench_history THREADS delta|whole REPOSITORY…
 */
#include "git/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct tally {
    atomic_ullong blobs, bytes, copied, others;
};

static double now(clockid_t clock)
{
    struct timespec time;

    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static enum ks_rc take(void *ctx, unsigned worker, const struct ks_blob *blob,
                       void **memo, struct ks_err *err)
{
    struct tally *tally = ctx;
    unsigned long long copied = 0;

    (void)worker;
    (void)err;
    *memo = blob->wants_memo ? tally : NULL;
    if (blob->kind != KS_BLOB_GIT_BLOB) {
        atomic_fetch_add(&tally->others, 1);
        return KS_OK;
    }
    for (size_t i = 0; blob->memos[KS_COPY_BASE] != NULL && i < blob->copy_count; i++)
        copied += blob->copies[i].len;
    atomic_fetch_add(&tally->blobs, 1);
    atomic_fetch_add(&tally->bytes, blob->bytes.len);
    atomic_fetch_add(&tally->copied, copied);
    return KS_OK;
}

static void forget(void *ctx, unsigned worker, void *memo)
{
    (void)ctx;
    (void)worker;
    (void)memo;
}

static enum ks_rc measure(const char *path, unsigned jobs,
                          enum ks_git_engine engine, struct ks_err *err)
{
    struct tally tally = {0};
    struct ks_blob_sink sink = {&tally, take, forget};
    struct ks_coverage *coverage = NULL;
    struct ks_git_options options = {
        .engine = engine, .jobs = jobs, .allow_foreign_owner = true};
    struct ks_git *git = NULL;
    struct rusage usage;
    double start = now(CLOCK_MONOTONIC);
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    enum ks_rc rc = ks_coverage_new(&coverage, err);

    options.coverage = coverage;
    if (rc == KS_OK)
        rc = ks_git_open(&git, path, &options, err);
    if (rc == KS_OK)
        rc = ks_git_scan(git, &sink, err);
    (void)getrusage(RUSAGE_SELF, &usage);
    if (rc == KS_OK)
        (void)printf(
            "%s: %llu blobs, %.1f MB (%.1f MB copied), %llu texts: "
            "%.3f s, %.3f s of processors, %ld MB, %s\n",
            path, tally.blobs, (double)tally.bytes / 1e6,
            (double)tally.copied / 1e6, tally.others,
            now(CLOCK_MONOTONIC) - start, now(CLOCK_PROCESS_CPUTIME_ID) - cpu,
            usage.ru_maxrss / 1024,
            ks_coverage_complete(coverage) ? "complete" : "incomplete");
    ks_git_free(git);
    ks_coverage_free(coverage);
    return rc;
}

int main(int argc, char **argv)
{
    struct ks_err err = {0};

    if (argc < 4) {
        (void)fprintf(stderr, "usage: %s THREADS ENGINE REPOSITORY...\n",
                      argv[0]);
        return 2;
    }
    for (int i = 3; i < argc; i++)
        if (measure(argv[i], (unsigned)strtoul(argv[1], NULL, 10),
                    strcmp(argv[2], "whole") == 0 ? KS_ENGINE_WHOLE
                                                  : KS_ENGINE_DELTA,
                    &err) != KS_OK) {
            (void)fprintf(stderr, "%s\n", err.text);
            return 1;
        }
    return 0;
}
