/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prefilter.h: one Hyperscan pass over bytes for the triggers of all rules.
 * Yields (trigger, end offset), nothing else.
 */
#ifndef KS_SCANNER_PREFILTER_H
#define KS_SCANNER_PREFILTER_H

#include "base/vec.h"
#include "scanner/trigger.h"

/*
 * A trigger's text ends at `end`. `matches` is for the scanner: how many
 * matches came of it.
 */
struct ks_hit {
    uint32_t end;
    uint16_t trigger;
    uint16_t matches;
};

KS_VEC(ks_hits, struct ks_hit);

/* Immutable and shared by threads. */
struct ks_prefilter;

/* What one thread needs to scan. */
struct ks_prefilter_scratch;

/* Where compiled databases may be found and kept. */
struct ks_prefilter_cache {
    const char *shipped; /* directory that came with the program; or NULL */
    const char *user;    /* directory to read and write; or NULL */
};

/*
 * Takes the database from the cache, or compiles it and tries to cache it.
 * Trouble with a cache is never an error. KS_EINVAL if a trigger does not
 * compile, KS_ENOMEM.
 */
enum ks_rc ks_prefilter_new(struct ks_prefilter **out,
                            const struct ks_triggers *triggers,
                            const struct ks_prefilter_cache *cache,
                            struct ks_err *err);
void ks_prefilter_free(struct ks_prefilter *prefilter);

/* Compiles, and writes the database into `directory` under its cache name. */
enum ks_rc ks_prefilter_ship(const struct ks_triggers *triggers,
                             const char *directory, struct ks_err *err);

enum ks_rc ks_prefilter_scratch_new(struct ks_prefilter_scratch **out,
                                    const struct ks_prefilter *prefilter,
                                    struct ks_err *err);
void ks_prefilter_scratch_free(struct ks_prefilter_scratch *scratch);

enum { KS_PREFILTER_MOST = 1 << 30 }; /* bytes in one call */

/* Which triggers; they need different margins where texts are pieces. */
enum ks_prefilter_part {
    KS_PREFILTER_ALL,
    KS_PREFILTER_DATABASE, /* those that Hyperscan looks for */
    KS_PREFILTER_WORDS,    /* those with a `run` */
};

/*
 * Appends the hits in `text` (at most KS_PREFILTER_MOST bytes), with `base`
 * added to the offsets. KS_ENOMEM.
 */
enum ks_rc ks_prefilter_scan(struct ks_hits *hits,
                             const struct ks_prefilter *prefilter,
                             struct ks_prefilter_scratch *scratch,
                             enum ks_prefilter_part part, struct ks_span text,
                             uint32_t base, struct ks_err *err);

/* Puts hits from `first` on in order of end and trigger, each once. */
void ks_prefilter_order(struct ks_hits *hits, size_t first);

/* Where the database came from: "shipped", "cached" or "compiled". */
const char *ks_prefilter_origin(const struct ks_prefilter *prefilter);

/* Bytes of the compiled database. */
size_t ks_prefilter_size(const struct ks_prefilter *prefilter);

#endif
