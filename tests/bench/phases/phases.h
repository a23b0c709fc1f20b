/* SPDX-License-Identifier: Apache-2.0 */
/* phases.h: how long a program spends in which of its parts. */
#ifndef KS_BENCH_PHASES_H
#define KS_BENCH_PHASES_H

enum phase {
    PHASE_OTHER,
    PHASE_START,
    PHASE_INDEX,
    PHASE_SURVEY,
    PHASE_INFLATE,
    PHASE_APPLY,
    PHASE_CARRY,
    PHASE_PREFILTER,
    PHASE_MATCH,
    PHASE_CLASSIFY,
    PHASE_DECODE,
    PHASE_ATTRIBUTE,
    PHASE_REPORT,
    PHASES,
};

/*
 * Times are of a clock on the wall: what a thread waits counts, and so do the
 * two looks at the clock of each call, some 50 ns.
 *
 * Begins a phase within the one that the thread is in; time counts for the
 * innermost one. Every phase must be ended.
 */
void phase_begin(enum phase phase);
void phase_end(void);

/* Prints a table. No thread may be in a phase. */
void phases_print(void);

#endif
