/* SPDX-License-Identifier: Apache-2.0 */
/*
 * detect.h: from one hit of the prefilter to the matches that it stands for.
 *
 * The result for a hit that ends at `end` depends on nothing but the bytes
 * [end − before, end + after) of its trigger and on whether the text begins or
 * ends inside them. Everything that reuses results (windows of large files,
 * ranges copied by deltas) builds on this.
 */
#ifndef KS_SCANNER_DETECT_H
#define KS_SCANNER_DETECT_H

#include "base/coverage.h"
#include "scanner/leak.h"
#include "scanner/matcher.h"

/* How much of a secret's form the keyword is; the higher wins an overlap. */
enum ks_specificity {
    KS_SPECIFIC_GENERIC, /* found by the learned model */
    KS_SPECIFIC_NAMED,   /* only a name beside it tells what it is */
    KS_SPECIFIC_CONTEXT, /* the keyword stands beside the secret */
    KS_SPECIFIC_SHAPE,   /* the keyword is a part of the secret */
};

enum { KS_NOT_DECODED = 0, KS_NO_TRIGGER = 0xffff };

/* One place where a rule's verdict is positive. Offsets are into the text. */
struct ks_match {
    uint32_t hit;        /* end of the hit that it came of */
    uint16_t trigger;    /* of that hit; KS_NO_TRIGGER if decoded */
    uint8_t proof;       /* enum ks_proof */
    uint8_t specificity; /* enum ks_specificity */
    uint32_t rule;
    uint32_t leak;       /* reference into the leaks of a worker */
    uint32_t start, end; /* the secret */
    uint32_t from, to;   /* for decoded ones: the encoded span */
    int32_t score;    /* thousandths; for generic ones the model's, less path */
    uint32_t reasons; /* of the model */
    uint8_t decoded;  /* decoders that it took; KS_NOT_DECODED */
};

KS_VEC(ks_matches, struct ks_match);

/* Told of candidates that came to nothing. */
struct ks_drop {
    const struct ks_rule *rule;
    const char *why;
    size_t start, end; /* offsets into the text */
};

struct ks_drop_sink {
    void (*dropped)(void *ctx, const struct ks_drop *drop);
    void *ctx;
};

/* Everything that one thread needs. */
struct ks_detector {
    struct ks_matcher *matcher;
    struct ks_pattern_scratch *patterns;
    struct ks_leaks leaks;
    struct ks_coverage *coverage;
    const struct ks_drop_sink *drops; /* or NULL */

    /* The text at hand, for the coverage: places where a pattern gave up. */
    const char *(*where)(void *ctx);
    void *where_ctx;
    /* Rules that gave up often in this text; they rest until the next. */
    uint8_t *limits; /* one for each rule */
    bool limits_dirty;
};

enum ks_rc ks_detector_init(struct ks_detector *detector,
                            struct ks_matcher *matcher, unsigned worker,
                            struct ks_coverage *coverage, struct ks_err *err);
void ks_detector_release(struct ks_detector *detector);

/* Makes ready for another text. */
void ks_detector_begin(struct ks_detector *detector);

/*
 * Appends the matches of one hit, and sets `hit->matches` to their number.
 * KS_ENOMEM; KS_EINVAL if a rule's pattern turns out not to compile.
 */
enum ks_rc ks_detect(struct ks_matches *out, struct ks_detector *detector,
                     struct ks_span text, struct ks_hit *hit,
                     struct ks_err *err);

#endif
