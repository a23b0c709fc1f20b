/* SPDX-License-Identifier: Apache-2.0 */
#include "git/marks.h"

#include <stdlib.h>

enum ks_rc ks_marks_init(struct ks_marks *marks,
                         const struct ks_numbers *numbers,
                         struct ks_tree_log *log, struct ks_err *err)
{
    bool made = true;

    marks->numbers = numbers;
    marks->log = log;
    for (unsigned type = 0; type < KS_MARKS_TYPES; type++) {
        marks->of[type] = calloc(numbers->count / 8 + 1, 1);
        made = made && marks->of[type] != NULL;
    }
    return made ? KS_OK : ks_fail_memory(err);
}

void ks_marks_release(struct ks_marks *marks)
{
    for (unsigned type = 0; type < KS_MARKS_TYPES; type++)
        free(marks->of[type]);
}

static bool is_set(const uint8_t *bits, size_t at)
{
    return (__atomic_load_n(&bits[at / 8], __ATOMIC_RELAXED) >> at % 8 & 1) !=
           0;
}

uint32_t ks_marks_claim(struct ks_marks *marks, const uint8_t *name,
                        enum ks_object_type claimed)
{
    uint32_t number = ks_numbers_find(marks->numbers, name);
    uint8_t *bits = marks->of[claimed];

    if (number == KS_NUMBER_MISSING) {
        atomic_store_explicit(&marks->missing, true, memory_order_relaxed);
        atomic_store_explicit(&marks->doubtful, true, memory_order_relaxed);
    } else if (!is_set(bits, number)) {
        (void)__atomic_fetch_or(&bits[number / 8], (uint8_t)(1U << number % 8),
                                __ATOMIC_RELAXED);
    }
    return number;
}

void ks_marks_damage(struct ks_marks *marks)
{
    atomic_store_explicit(&marks->damaged, true, memory_order_relaxed);
    atomic_store_explicit(&marks->doubtful, true, memory_order_relaxed);
    ks_tree_log_doubt(marks->log);
}

void ks_marks_join(struct ks_marks *marks)
{
    for (unsigned type = 1; type < KS_MARKS_TYPES; type++)
        for (size_t i = 0; i <= marks->numbers->count / 8; i++)
            marks->of[0][i] |= marks->of[type][i];
}

void ks_marks_check(struct ks_marks *marks, uint32_t number, unsigned type)
{
    for (unsigned claimed = 1; claimed < KS_MARKS_TYPES; claimed++)
        if (claimed != type && is_set(marks->of[claimed], number))
            ks_marks_damage(marks);
    if (type != KS_OBJECT_BLOB && !is_set(marks->of[0], number))
        atomic_store_explicit(&marks->doubtful, true, memory_order_relaxed);
}

bool ks_marks_has(const struct ks_marks *marks, uint32_t number)
{
    return is_set(marks->of[0], number);
}

void ks_marks_set(struct ks_marks *marks, uint32_t number, bool marked)
{
    uint8_t bit = (uint8_t)(1U << number % 8);

    if (marked)
        marks->of[0][number / 8] |= bit;
    else
        marks->of[0][number / 8] &= (uint8_t)~bit;
}
