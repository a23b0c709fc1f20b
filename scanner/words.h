/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h: the part of the prefilter that looks for keywords beside runs.
 *
 * A run is KS_TOKEN_RUN bytes of those that tokens are made of. Text has few,
 * so thousands of keywords that count only beside one are looked for in a
 * small share of the bytes, where Hyperscan would slow down with each of them.
 *
 * A keyword of kind KS_RUN_LEADS is hit where a run of `run_len` begins with
 * it, not behind a letter or digit unless that is an escape's (ks_run_escaped),
 * at the end of those bytes. One of kind
 * KS_RUN_FOLLOWS is hit where a run with a digit begins as that kind says, at
 * the end of the run's first KS_TOKEN_RUN bytes or behind its first digit,
 * whichever is later. A hit depends on no byte beyond its end, nor on any
 * before the trigger's width.
 */
#ifndef KS_SCANNER_WORDS_H
#define KS_SCANNER_WORDS_H

#include "scanner/prefilter.h"

/* Immutable and shared by threads. */
struct ks_words;

/* Gathers the triggers that have a `run`; borrows their texts. KS_ENOMEM. */
enum ks_rc ks_words_new(struct ks_words **out,
                        const struct ks_triggers *triggers, struct ks_err *err);
void ks_words_free(struct ks_words *words);

/*
 * Appends the hits in `text`, in no order, with `base` added to the offsets.
 * KS_ENOMEM.
 */
enum ks_rc ks_words_scan(struct ks_hits *hits, const struct ks_words *words,
                         struct ks_span text, uint32_t base,
                         struct ks_err *err);

#endif
