/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode.h: finds text that stands in another encoding, and decodes it, so
 * that it can be scanned like any other.
 *
 * Whether a span is found, where it begins and ends, and what it decodes to
 * depend on its own bytes and on at most KS_DECODE_REACH bytes on either side
 * (or fewer, where the text ends). Only the budget against bombs depends on
 * more.
 */
#ifndef KS_SCANNER_DECODERS_DECODE_H
#define KS_SCANNER_DECODERS_DECODE_H

#include "base/err.h"
#include "base/span.h"

enum ks_decode_kind {
    KS_DECODE_NONE,
    KS_DECODE_BASE64,      /* either alphabet, also wrapped over lines */
    KS_DECODE_BASE64_GZIP, /* base64 around gzip or zlib */
    KS_DECODE_HEX,
    KS_DECODE_PERCENT,          /* RFC 3986 */
    KS_DECODE_ESCAPES,          /* backslashes of JSON, C and their kin */
    KS_DECODE_ENTITIES,         /* HTML and XML character references */
    KS_DECODE_QUOTED_PRINTABLE, /* RFC 2045 */
    KS_DECODE_CONCATENATION,    /* string literals that are joined */
    KS_DECODE_UTF16LE,
    KS_DECODE_UTF16BE,
    KS_DECODE_UTF32LE,
    KS_DECODE_UTF32BE,
    KS_DECODE_KINDS,
};

enum {
    KS_DECODE_DEPTH = 3,                 /* encodings inside each other */
    KS_DECODE_REACH = 256,               /* bytes */
    KS_DECODE_LONGEST = 16 << 20,        /* bytes of an encoded span */
    KS_DECODE_LONGEST_ESCAPED = 1 << 20, /* of all kinds but base64 and hex */
    KS_DECODE_INFLATED = 8 << 20,        /* bytes out of one gzip */
    KS_DECODE_BUDGET = 64 << 20, /* bytes out of all gzips below one text */
};

/* How bytes that were decoded lie in the outer text. */
struct ks_decode_map;

/* One encoded span; borrowed until the callback returns. */
struct ks_decoded {
    size_t from, to; /* the span in the outer text */
    enum ks_decode_kind kind;
    struct ks_span bytes;            /* never empty */
    const struct ks_decode_map *map; /* for ks_decode_outer */
};

/*
 * Where [start, end) of the decoded bytes lies in the outer text; all of the
 * span where it cannot be told closer. start < end ≤ bytes.len.
 */
void ks_decode_outer(const struct ks_decoded *decoded, size_t start, size_t end,
                     size_t *from, size_t *to);

/* Anything but KS_OK ends ks_decode_find with that result. */
typedef enum ks_rc (*ks_decode_fn)(void *ctx, const struct ks_decoded *decoded,
                                   struct ks_err *err);

/* Buffers for all depths. One thread at a time. */
struct ks_decoder;

enum ks_rc ks_decoder_new(struct ks_decoder **out, struct ks_err *err);
void ks_decoder_free(struct ks_decoder *decoder); /* wipes; takes NULL */

/*
 * Calls `found` for each encoded span that overlaps [from, to) of the text, as
 * a whole, even where it reaches beyond. Spans of different kinds may overlap;
 * the same encoding is reported once.
 *
 * May be called again from inside `found`, for the decoded bytes; beyond
 * KS_DECODE_DEPTH levels it finds nothing. KS_ENOMEM, or what `found` returns.
 */
enum ks_rc ks_decode_find(struct ks_decoder *decoder, struct ks_span text,
                          size_t from, size_t to, ks_decode_fn found, void *ctx,
                          struct ks_err *err);

/*
 * How many spans were left alone because of a bound, since the last call; the
 * coverage should tell of them. Sets the count back to 0.
 */
size_t ks_decoder_limited(struct ks_decoder *decoder);

/* As reports name it, such as "base64"; "" for KS_DECODE_NONE. */
const char *ks_decode_name(enum ks_decode_kind kind);

#endif
