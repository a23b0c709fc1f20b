/* SPDX-License-Identifier: Apache-2.0 */
#include "base/span.h"

#include <string.h>
#include <strings.h>

struct ks_span ks_span_str(const char *text)
{
    return (struct ks_span){(const uint8_t *)text, strlen(text)};
}

struct ks_span ks_span_slice(struct ks_span text, size_t from, size_t to)
{
    if (to > text.len)
        to = text.len;
    if (from > to)
        from = to;
    if (text.ptr == NULL)
        return (struct ks_span){NULL, 0};
    return (struct ks_span){text.ptr + from, to - from};
}

bool ks_span_equal(struct ks_span a, struct ks_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool ks_span_equal_caseless(struct ks_span text, const char *word)
{
    return strlen(word) == text.len &&
           (text.len == 0 ||
            strncasecmp((const char *)text.ptr, word, text.len) == 0);
}

int ks_span_compare(struct ks_span a, struct ks_span b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

size_t ks_span_find(struct ks_span text, size_t from, struct ks_span needle)
{
    const uint8_t *hit;

    if (from > text.len || needle.len > text.len - from)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    hit = memmem(text.ptr + from, text.len - from, needle.ptr, needle.len);
    return hit == NULL ? SIZE_MAX : (size_t)(hit - text.ptr);
}

struct ks_span ks_span_line_at(struct ks_span text, size_t at)
{
    const uint8_t *before, *after;
    size_t from, to;

    if (text.len == 0)
        return text;
    if (at > text.len)
        at = text.len;
    before = at == 0 ? NULL : memrchr(text.ptr, '\n', at);
    from = before == NULL ? 0 : (size_t)(before - text.ptr) + 1;
    after = memchr(text.ptr + at, '\n', text.len - at);
    to = after == NULL ? text.len : (size_t)(after - text.ptr);
    if (to > from && after != NULL && text.ptr[to - 1] == '\r')
        to--;
    return ks_span_slice(text, from, to);
}

enum { BLOCK = 128 };

/* In a form that compilers turn into vectors. */
static unsigned count_in_block(const uint8_t *bytes)
{
    uint8_t count = 0;

    for (unsigned i = 0; i < BLOCK; i++)
        count = (uint8_t)(count + (bytes[i] == '\n'));
    return count;
}

size_t ks_span_count_lines(struct ks_span text, size_t from, size_t to)
{
    struct ks_span part = ks_span_slice(text, from, to);
    size_t count = 0, at = 0;

    for (; part.len - at >= BLOCK; at += BLOCK)
        count += count_in_block(part.ptr + at);
    for (; at < part.len; at++)
        count += part.ptr[at] == '\n';
    return count;
}
