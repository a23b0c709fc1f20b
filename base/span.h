/* SPDX-License-Identifier: Apache-2.0 */
/* span.h: a borrowed run of bytes. */
#ifndef KS_BASE_SPAN_H
#define KS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes that somebody else owns. Valid as long as the owner says.
 * An empty span may have a NULL ptr.
 */
struct ks_span {
    const uint8_t *ptr;
    size_t len; /* bytes */
};

/* The span of a NUL-terminated string, without its terminator. */
struct ks_span ks_span_str(const char *text);

/* Bytes [from, to) of `text`; both are clipped to its length. */
struct ks_span ks_span_slice(struct ks_span text, size_t from, size_t to);

/* Whether both hold the same bytes. */
bool ks_span_equal(struct ks_span a, struct ks_span b);

/* Whether `text` holds the same bytes as the string, ASCII case ignored. */
bool ks_span_equal_caseless(struct ks_span text, const char *word);

/* Orders like memcmp, a prefix before what it begins. */
int ks_span_compare(struct ks_span a, struct ks_span b);

/* Offset of the first `needle` at or after `from`; SIZE_MAX if there is none. */
size_t ks_span_find(struct ks_span text, size_t from, struct ks_span needle);

/*
 * Finds the line that holds offset `at`.
 *
 * Returns the line without its terminator (LF or CRLF). `at` may equal
 * `text.len`, which belongs to the last line. O(length of the line).
 */
struct ks_span ks_span_line_at(struct ks_span text, size_t at);

/* Number of LF bytes in [from, to); both are clipped to the length. */
size_t ks_span_count_lines(struct ks_span text, size_t from, size_t to);

#endif
