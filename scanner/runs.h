/* SPDX-License-Identifier: Apache-2.0 */
/* runs.h: which bytes may be in a token's run (enum ks_token_run), fast. */
#ifndef KS_SCANNER_RUNS_H
#define KS_SCANNER_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KS_RUN_BLOCK = 64 };

/*
 * Sets `masks` for `blocks` blocks of KS_RUN_BLOCK bytes: bit i stands for
 * byte i of the block and is set as ks_regex_in_run says.
 */
void ks_run_masks(uint64_t *masks, const uint8_t *bytes, size_t blocks);

enum { KS_RUN_PIECE = 16 };

/*
 * Which of KS_RUN_PIECE bytes, all of a run, are neither letters nor digits:
 * bit i stands for byte i.
 */
uint32_t ks_run_separators(const uint8_t *bytes);

/* Whether the byte at `at` of a text stands behind an escaped line end or tab.
 */
static inline bool ks_run_escaped(const uint8_t *text, size_t at)
{
    return at >= 2 && text[at - 2] == '\\' &&
           (text[at - 1] == 'n' || text[at - 1] == 'r' || text[at - 1] == 't');
}

/* Whether there is a decimal digit in `len` bytes, 16 or more. */
bool ks_run_has_digit(const uint8_t *bytes, size_t len);

#endif
