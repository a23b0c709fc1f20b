/* SPDX-License-Identifier: Apache-2.0 */
/* kinds.h: the decoders behind decode.c; nobody else calls them. */
#ifndef KS_SCANNER_DECODERS_KINDS_H
#define KS_SCANNER_DECODERS_KINDS_H

#include "scanner/decoders/decode.h"
#include "scanner/decoders/output.h"

struct libdeflate_decompressor;

struct ks_decoder {
    struct ks_decode_output levels[KS_DECODE_DEPTH];
    struct ks_decode_output inflated; /* exchanged with a level's */
    struct libdeflate_decompressor *inflater;
    unsigned depth;
    size_t budget; /* bytes that may still be inflated below this text */
    size_t limited;
};

/* One call of ks_decode_find. */
struct ks_decode_job {
    struct ks_decoder *decoder;
    struct ks_decode_output *output; /* of this depth */
    struct ks_span text;
    size_t from, to;
    ks_decode_fn found;
    void *ctx;
    struct ks_err *err;
};

/*
 * Each decoder is given a place that may be in a span of its kind. It sets
 * `*next` to the first offset at which it should be asked again, at least
 * `at` + 1, and reports what it found.
 */
typedef enum ks_rc (*ks_decode_kind_fn)(struct ks_decode_job *job, size_t at,
                                        size_t *next);

/* The fewest digits that are looked at. */
enum { KS_DECODE_RUN = 24 };

/* Whether a run of digits could be base64 or hex of text; cheap. */
bool ks_decode_may_be_encoded(struct ks_span run);

/* [from, to) are digits, and at least KS_DECODE_RUN with those around them. */
enum ks_rc ks_decode_run(struct ks_decode_job *job, size_t from, size_t to,
                         size_t *next);

/* `at` is a mark of ks_sweep. */
enum ks_rc ks_decode_percent(struct ks_decode_job *job, size_t at,
                             size_t *next);
enum ks_rc ks_decode_escapes(struct ks_decode_job *job, size_t at,
                             size_t *next);
enum ks_rc ks_decode_folded_pem(struct ks_decode_job *job, size_t at,
                                size_t *next);
enum ks_rc ks_decode_entities(struct ks_decode_job *job, size_t at,
                              size_t *next);
enum ks_rc ks_decode_quoted_printable(struct ks_decode_job *job, size_t at,
                                      size_t *next);
enum ks_rc ks_decode_concatenation(struct ks_decode_job *job, size_t at,
                                   size_t *next);

/* `at` is a NUL. */
enum ks_rc ks_decode_wide(struct ks_decode_job *job, size_t at, size_t *next);

/* Look at [from, to): all kinds but the wide ones, and these. */
enum ks_rc ks_decode_search_marks(struct ks_decode_job *job, size_t from,
                                  size_t to);
enum ks_rc ks_decode_search_nuls(struct ks_decode_job *job, size_t from,
                                 size_t to);

/*
 * Reports the bytes of `job->output` as what [from, to) decodes to, if the
 * span is asked for.
 */
enum ks_rc ks_decode_report(struct ks_decode_job *job, enum ks_decode_kind kind,
                            size_t from, size_t to);

/* Whether [from, to) overlaps what was asked for. */
bool ks_decode_wanted(const struct ks_decode_job *job, size_t from, size_t to);

/* Counts a span that was left alone because of a bound. */
void ks_decode_limit(struct ks_decode_job *job);

/*
 * Replaces the output, which is gzip or zlib, by what it holds. KS_EFORMAT if
 * it is neither; KS_ELIMIT, counted, if a bound is reached.
 */
enum ks_rc ks_decode_inflate(struct ks_decode_job *job);

/* Bytes of text; how far it may hold what is none. */
bool ks_decode_plausible(struct ks_span bytes);

/* 0 to 15, or −1. */
int ks_decode_hex_digit(uint8_t c);

/*
 * The span of bytes around `at` for which `inside` holds, at most
 * KS_DECODE_LONGEST_ESCAPED of them; false, counted, if there are more.
 */
bool ks_decode_around(struct ks_decode_job *job, size_t at,
                      bool (*inside)(struct ks_span text, size_t at),
                      size_t *from, size_t *to);

/* Longer lines are no quoted-printable. */
enum { KS_DECODE_PRINTABLE_LINE = 200 };

/* What may stand inside the spans of each kind; `at` is in the text. */
bool ks_decode_in_percent(struct ks_span text, size_t at);
bool ks_decode_in_escapes(struct ks_span text, size_t at);
bool ks_decode_in_entities(struct ks_span text, size_t at);
bool ks_decode_in_quoted_printable(struct ks_span text, size_t at);

#endif
