/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h: exact matching of one pattern with PCRE2, in byte mode, compiled by
 * its JIT, bounded in steps and memory.
 */
#ifndef KS_SCANNER_MATCH_H
#define KS_SCANNER_MATCH_H

#include "base/err.h"
#include "base/span.h"

/* A compiled pattern; immutable, shared by threads. */
struct ks_pattern;

/*
 * Compiles. KS_EINVAL says what is wrong and at which byte of the pattern.
 * The secret is the group named "secret", or the whole match.
 */
enum ks_rc ks_pattern_new(struct ks_pattern **out, const char *text,
                          struct ks_err *err);
void ks_pattern_free(struct ks_pattern *pattern);

/* What one thread needs to match; for any number of patterns. */
struct ks_pattern_scratch;

enum ks_rc ks_pattern_scratch_new(struct ks_pattern_scratch **out,
                                  struct ks_err *err);
void ks_pattern_scratch_free(struct ks_pattern_scratch *scratch);

/* Where to look. Offsets are into `subject`. */
struct ks_pattern_search {
    struct ks_span subject;
    size_t from;    /* the match begins here or later */
    size_t last;    /* and here or earlier; `from` to anchor it */
    bool not_start; /* the subject's start is not the text's start */
    bool not_end;   /* the subject's end is not the text's end */
};

/* Offsets into the subject; ends are exclusive. */
struct ks_pattern_match {
    size_t start, end;
    size_t secret_start, secret_end;
};

enum ks_pattern_result {
    KS_PATTERN_NONE,
    KS_PATTERN_FOUND,
    KS_PATTERN_LIMIT, /* gave up: not known whether it matches */
};

/* The first match. A deterministic function of the search. */
enum ks_pattern_result ks_pattern_find(struct ks_pattern_match *out,
                                       const struct ks_pattern *pattern,
                                       struct ks_pattern_scratch *scratch,
                                       const struct ks_pattern_search *search);

/* Whether the pattern matches anywhere in the text; a limit counts as no. */
bool ks_pattern_matches(const struct ks_pattern *pattern,
                        struct ks_pattern_scratch *scratch,
                        struct ks_span text);

#endif
