/* SPDX-License-Identifier: Apache-2.0 */
/* score.h: how likely a candidate is a secret, and why. */
#ifndef KS_SCANNER_GENERIC_SCORE_H
#define KS_SCANNER_GENERIC_SCORE_H

#include "scanner/generic/candidate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What sort of secret it would be. */
enum ks_generic_class {
    KS_GENERIC_CLASS_PASSWORD,
    KS_GENERIC_CLASS_KEY,
    KS_GENERIC_CLASS_TOKEN,
    KS_GENERIC_CLASS_CONNECTION, /* the password in a URL */
    KS_GENERIC_CLASS_HASH,       /* of a password */
    KS_GENERIC_CLASS_ID,         /* UUID or account id without a strong key */
    KS_GENERIC_CLASSES
};

enum ks_generic_level {
    KS_GENERIC_LOW,
    KS_GENERIC_MEDIUM, /* best balance of precision and recall */
    KS_GENERIC_HIGH,   /* precision first */
};

/*
 * What the window says. The path's part is added when the path is known:
 * score + ks_generic_path_score(). Plain data: may be copied and carried over
 * to any place where the window's bytes are the same.
 */
struct ks_generic_verdict {
    int32_t score;    /* log odds in 1/1024 */
    uint16_t entropy; /* of the value, 1/256 bit a byte */
    uint8_t class_;   /* enum ks_generic_class */
    uint32_t reasons; /* see ks_generic_reasons() */
};

/* Judges a candidate by its window. Bounded work, no allocation. */
void ks_generic_score(struct ks_generic_verdict *out,
                      const struct ks_generic_window *window,
                      const struct ks_generic_candidate *candidate);

/*
 * The same for whoever wants findings only: false, and nothing told, if the
 * score is below ks_generic_floor(). Most candidates end here, early.
 */
bool ks_generic_judge(struct ks_generic_verdict *out,
                      const struct ks_generic_window *window,
                      const struct ks_generic_candidate *candidate);

/*
 * Judges a value that a rule of its own has found at [from, to) of the
 * window: how much it and its surroundings look like a real secret rather
 * than a placeholder, a test value or an identifier. [from, to) holds a byte.
 */
void ks_generic_value_score(struct ks_generic_verdict *out,
                            const struct ks_generic_window *window, size_t from,
                            size_t to);

/* The path's additive part, '/' between the parts; 0 for NULL. */
int32_t ks_generic_path_score(const char *path);

/* The least window score that some path could lift over the low threshold. */
int32_t ks_generic_floor(void);

/*
 * The threshold of a class at a level, for score plus path score. Identifiers
 * (KS_GENERIC_CLASS_ID) are off but at the low level: whoever wants them at
 * another asks for the threshold of KS_GENERIC_CLASS_KEY.
 */
int32_t ks_generic_threshold(enum ks_generic_class class_,
                             enum ks_generic_level level);

/* Calibrated probability that it is a secret, of score plus path score. */
unsigned ks_generic_confidence_permille(int32_t score);

/*
 * The words behind a verdict's reasons, the weightiest first, all constant.
 * Writes at most `cap` to `out`, returns their number. `path` may be NULL.
 */
size_t ks_generic_reasons(const char **out, size_t cap, uint32_t reasons,
                          const char *path);

/* The name of a class, as in "password". */
const char *ks_generic_class_name(enum ks_generic_class class_);

/* Identity of the tables, for caches and reports. */
const char *ks_generic_model_version(void);

#endif
