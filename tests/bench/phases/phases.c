/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/phases/phases.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

enum { DEPTH = 32, THREADS = 4096 };

static const char *const names[PHASES] = {
    [PHASE_OTHER] = "other",     [PHASE_START] = "start",
    [PHASE_INDEX] = "index",     [PHASE_SURVEY] = "survey",
    [PHASE_INFLATE] = "inflate", [PHASE_APPLY] = "apply",
    [PHASE_CARRY] = "carry",     [PHASE_PREFILTER] = "prefilter",
    [PHASE_MATCH] = "match",     [PHASE_CLASSIFY] = "classify",
    [PHASE_DECODE] = "decode",   [PHASE_ATTRIBUTE] = "attribute",
    [PHASE_REPORT] = "report",
};

/* What one thread spent; its own until it ends. */
struct spent {
    uint64_t ns[PHASES], times[PHASES];
    uint64_t since;
    enum phase stack[DEPTH];
    unsigned depth;
};

static struct spent threads[THREADS];
static atomic_uint thread_count;
static _Thread_local struct spent *own;

static uint64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static void count(uint64_t at)
{
    if (own->depth > 0)
        own->ns[own->stack[own->depth - 1]] += at - own->since;
    own->since = at;
}

void phase_begin(enum phase phase)
{
    if (own == NULL)
        own = &threads[atomic_fetch_add(&thread_count, 1) % THREADS];
    count(now());
    own->times[phase]++;
    if (own->depth < DEPTH)
        own->stack[own->depth++] = phase;
}

void phase_end(void)
{
    count(now());
    own->depth--;
}

static void print_row(const char *name, double seconds, double all,
                      uint64_t times)
{
    (void)fprintf(stderr, "%-10s %8.3f s %5.1f %%  %10llu\n", name, seconds,
                  100 * seconds / all, (unsigned long long)times);
}

void phases_print(void)
{
    uint64_t ns[PHASES] = {0}, times[PHASES] = {0};
    double all = 0;

    for (int phase = 0; phase < PHASES; phase++) {
        for (unsigned i = 0; i < thread_count && i < THREADS; i++) {
            ns[phase] += threads[i].ns[phase];
            times[phase] += threads[i].times[phase];
        }
        all += (double)ns[phase] / 1e9;
    }
    (void)fprintf(stderr, "phase      of all threads         times\n");
    for (int phase = 0; phase < PHASES; phase++)
        print_row(names[phase], (double)ns[phase] / 1e9, all, times[phase]);
    print_row("all", all, all, 1);
}
