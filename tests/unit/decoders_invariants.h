/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decoders_invariants.h: what must hold of ks_decode_find on any bytes. Shared
 * by the unit test and the fuzz target; a breach ends the program.
 */
#ifndef KS_TESTS_UNIT_DECODERS_INVARIANTS_H
#define KS_TESTS_UNIT_DECODERS_INVARIANTS_H

#include "base/hash.h"
#include "scanner/decoders/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPANS_MOST = 512 };

struct span_seen {
    size_t from, to;
    enum ks_decode_kind kind;
    uint64_t bytes; /* hash */
};

struct spans_seen {
    struct span_seen items[SPANS_MOST];
    size_t len;
    size_t text_len;
};

static inline void breach(const char *what, struct ks_span text,
                          const struct span_seen *span)
{
    (void)fprintf(stderr, "%s: %s [%zu, %zu) of %zu bytes\n", what,
                  ks_decode_name(span->kind), span->from, span->to, text.len);
    for (size_t i = 0; i < text.len && i < 2000; i++)
        (void)fprintf(stderr, "\\x%02x", text.ptr[i]);
    (void)fputc('\n', stderr);
    abort();
}

/* Offsets map in order, inside the span, and cover it. */
static inline void check_map(const struct ks_decoded *decoded,
                             struct ks_span text, const struct span_seen *span)
{
    size_t step = decoded->bytes.len / 64 + 1;
    size_t last = decoded->from;

    for (size_t i = 0; i < decoded->bytes.len; i += step) {
        size_t from, to;

        ks_decode_outer(decoded, i, i + 1, &from, &to);
        if (from < last || to <= from || to > decoded->to)
            breach("map", text, span);
        last = from;
    }
}

static inline enum ks_rc see(void *ctx, const struct ks_decoded *decoded,
                             struct ks_err *err)
{
    struct spans_seen *seen = ctx;
    struct span_seen span = {decoded->from, decoded->to, decoded->kind,
                             ks_hash64(decoded->bytes, 0)};

    (void)err;
    if (decoded->from >= decoded->to || decoded->to > seen->text_len ||
        decoded->bytes.len == 0)
        breach("bounds", (struct ks_span){NULL, 0}, &span);
    check_map(decoded, (struct ks_span){NULL, 0}, &span);
    if (seen->len < SPANS_MOST)
        seen->items[seen->len++] = span;
    return KS_OK;
}

static inline int span_order(const void *a, const void *b)
{
    const struct span_seen *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static inline void see_spans(struct spans_seen *seen,
                             struct ks_decoder *decoder, struct ks_span text,
                             size_t from, size_t to)
{
    struct ks_err err = {0};

    seen->len = 0;
    seen->text_len = text.len;
    if (ks_decode_find(decoder, text, from, to, see, seen, &err) != KS_OK)
        abort();
    qsort(seen->items, seen->len, sizeof(seen->items[0]), span_order);
}

static inline bool has_span(const struct spans_seen *seen,
                            struct span_seen span, size_t moved)
{
    span.from -= moved;
    span.to -= moved;
    for (size_t i = 0; i < seen->len; i++) {
        if (span_order(&seen->items[i], &span) == 0)
            return true;
    }
    return false;
}

/* The same encoding is not reported twice. */
static inline void check_distinct(const struct spans_seen *all,
                                  struct ks_span text)
{
    for (size_t i = 1; i < all->len; i++) {
        if (span_order(&all->items[i - 1], &all->items[i]) == 0)
            breach("twice", text, &all->items[i]);
    }
}

/* [from, to) is told of exactly the spans that overlap it. */
static inline void check_part(struct ks_decoder *decoder, struct ks_span text,
                              const struct spans_seen *all, size_t from,
                              size_t to)
{
    static struct spans_seen part;

    see_spans(&part, decoder, text, from, to);
    for (size_t i = 0; i < part.len; i++) {
        if (!has_span(all, part.items[i], 0))
            breach("only in a part", text, &part.items[i]);
    }
    for (size_t i = 0; i < all->len; i++) {
        if (all->items[i].from < to && all->items[i].to > from &&
            !has_span(&part, all->items[i], 0))
            breach("not in its part", text, &all->items[i]);
    }
}

/* A span is the same when all that is far from it is gone. */
static inline void check_reach(struct ks_decoder *decoder, struct ks_span text,
                               const struct span_seen *span)
{
    static struct spans_seen near;
    size_t from =
        span->from > KS_DECODE_REACH ? span->from - KS_DECODE_REACH : 0;
    size_t to = span->to + KS_DECODE_REACH;
    struct ks_span cut = ks_span_slice(text, from, to);

    see_spans(&near, decoder, cut, 0, cut.len);
    if (!has_span(&near, *span, from))
        breach("not without its surroundings", text, span);
}

/* `seed` chooses the parts that are looked at. */
static inline void check_invariants(struct ks_decoder *decoder,
                                    struct ks_span text, uint64_t seed)
{
    static struct spans_seen all;

    see_spans(&all, decoder, text, 0, text.len);
    if (all.len == SPANS_MOST)
        return;
    check_distinct(&all, text);
    for (size_t i = 0; i < all.len; i++)
        check_reach(decoder, text, &all.items[i]);
    for (int i = 0; i < 8 && text.len > 0; i++) {
        uint64_t random =
            ks_hash64((struct ks_span){NULL, 0}, seed + (uint64_t)i);
        size_t from = random % text.len;
        size_t len = 1 + (random >> 32) % (i % 2 == 0 ? 8 : text.len);

        check_part(decoder, text, &all, from, from + len);
    }
}

#endif
