/* SPDX-License-Identifier: Apache-2.0 */
/* words.h: what ordinary words look like; tables made by wordlists.py. */
#ifndef KS_RULES_CLASSIFIER_WORDS_H
#define KS_RULES_CLASSIFIER_WORDS_H

#include <stdint.h>

#define KS_WORDS_BLOOM_BITS (1u << 19)
#define KS_WORDS_TRIGRAMS (27 * 27 * 27)

/* Bloom filter of words of 4 to 16 letters, five probes (see words.c's maker).
 */
extern const uint8_t ks_words_bloom[KS_WORDS_BLOOM_BITS / 8];

/* One bit a three-letter word, index (a * 27 + b) * 27 + c, a = 1. */
extern const uint8_t ks_words_three[(KS_WORDS_TRIGRAMS + 7) / 8];

/* Log2 odds of letter trigrams, in eighths; 0 stands for a word's edge. */
extern const int8_t ks_words_english[KS_WORDS_TRIGRAMS];
extern const int8_t ks_words_code[KS_WORDS_TRIGRAMS];


#endif
