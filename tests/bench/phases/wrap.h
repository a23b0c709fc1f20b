/* SPDX-License-Identifier: Apache-2.0 */
/* wrap.h: a function in whose place the linker puts another (ld's --wrap). */
#ifndef KS_BENCH_WRAP_H
#define KS_BENCH_WRAP_H

#include "tests/bench/phases/phases.h"

/* clang-format off */
/* Defines what calls the function within a phase. */
#define WRAP(phase, type, name, parameters, arguments) \
    type __real_##name parameters; /* NOLINT: ld's names */ \
    type __wrap_##name parameters; /* NOLINT */ \
    type __wrap_##name parameters /* NOLINT */ \
    { \
        type result; \
        phase_begin(phase); \
        result = __real_##name arguments; \
        phase_end(); \
        return result; \
    }
/* clang-format on */

#endif
