/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h: characters of bytes that may be no UTF-8 at all. */
#ifndef KS_REPORT_UTF8_H
#define KS_REPORT_UTF8_H

#include "base/buf.h"

/*
 * Reads the character that begins at `at` < text.len. Returns its length in
 * bytes, or 0 if no valid one begins there (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF).
 */
size_t ks_utf8_next(uint32_t *code, struct ks_span text, size_t at);

bool ks_utf8_valid(struct ks_span text);

/*
 * Whether a terminal or viewer would obey rather than show the character:
 * C0 and C1 controls, DEL, bidirectional marks, line and paragraph separators.
 */
bool ks_utf8_obeyed(uint32_t code);

/*
 * Appends the text so that it can do nothing to a terminal: what is obeyed
 * becomes \n, \t, \xNN or \u{N}, bytes that are no UTF-8 \xNN.
 */
enum ks_rc ks_utf8_shown(struct ks_buf *out, struct ks_span text);

#endif
