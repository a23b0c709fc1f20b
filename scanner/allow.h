/* SPDX-License-Identifier: Apache-2.0 */
/* allow.h: comments in the text that allow a secret, and stop words. */
#ifndef KS_SCANNER_ALLOW_H
#define KS_SCANNER_ALLOW_H

#include "base/span.h"

enum { KS_ALLOW_REACH = 4096 }; /* bytes of a line that are looked at */

/*
 * Whether a comment on a line of [start, end), or a next-line comment on the
 * line above, allows what stands there. Knows "keysweep:allow" and the
 * spellings of other scanners; they count as whole words only, outside
 * [start, end), and at most KS_ALLOW_REACH bytes away.
 */
bool ks_allow_comment(struct ks_span text, size_t start, size_t end);

/*
 * Whether `word` stands in `secret` as a whole word, ASCII case ignored:
 * bordered by the ends or by bytes that are no letters or digits.
 */
bool ks_allow_stopword(struct ks_span secret, const char *word);

#endif
