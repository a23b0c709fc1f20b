/* SPDX-License-Identifier: Apache-2.0 */
/* bip39_words.h: the ten word lists of BIP-39. */
#ifndef KS_SCANNER_VALIDATORS_BIP39_WORDS_H
#define KS_SCANNER_VALIDATORS_BIP39_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum { KS_BIP39_LISTS = 10 };

/*
 * All spellings (composed and decomposed) of one language's 2,048 words, in
 * byte order and run together: spelling i ends at `ends[i]` of `text` and is
 * word `numbers[i]`.
 */
struct ks_bip39_list {
    const char *language;
    const char *text;
    const uint16_t *ends;
    const uint16_t *numbers;
    size_t len;
};

/* English first. */
extern const struct ks_bip39_list ks_bip39_lists[KS_BIP39_LISTS];

#endif
