/* SPDX-License-Identifier: Apache-2.0 */
/*
 * making.h: a report being made of what workers found: leaks become secrets,
 * each once; occurrences become spots; these become findings with their parts.
 */
#ifndef KS_SCANNER_MAKING_H
#define KS_SCANNER_MAKING_H

#include "scanner/occurrence.h"

/* The same secret under the same rule may be a leak of several workers. */
struct ks_secret {
    const struct ks_leak *leak; /* the one with the strongest proof */
    uint8_t id[KS_LEAK_ID];
    struct ks_span text; /* its bytes, or asterisks if nobody has them */
    size_t first_spot, spot_count;
};

KS_VEC(ks_secrets, struct ks_secret);

/* An occurrence at one path: what may become a location. */
struct ks_spot {
    size_t secret;
    const char *path; /* NULL sorts first */
    const char *archive;
    uint32_t nth; /* among the secret's occurrences in that blob */
    uint64_t order;
    bool at_tip, unreachable;
    const struct ks_occurrence *occurrence;
    const struct ks_origin *origin;
    const struct ks_commit *commit;
};

KS_VEC(ks_spots, struct ks_spot);

KS_VEC(ks_finding_vec, struct ks_finding);

struct ks_making {
    struct ks_collector *collector;
    const struct ks_policy *policy;
    struct ks_arena *arena;
    uint32_t **secret_of; /* for each worker, for each leak: its secret */
    struct ks_secrets secrets;
    struct ks_spots spots;
    struct ks_finding_vec findings;
    size_t suppressed;
};

static inline const struct ks_ruleset *
ks_making_rules(const struct ks_making *m)
{
    return ks_matcher_rules(m->collector->options.matcher);
}

/* Puts the leaks of all workers together to `secrets`. False without memory. */
bool ks_making_unite(struct ks_making *m);

/* The secret that a worker's leak became. */
uint32_t ks_making_secret(const struct ks_making *m, uint32_t reference);

/* Lists the spots of all occurrences. False without memory. */
bool ks_making_gather(struct ks_making *m);

/*
 * Puts the spots in order of their secrets; of history, leaves one for each
 * place: where the secret first came to it.
 */
void ks_making_keep_first(struct ks_making *m, bool history);

/* Gives a finding what a proof told, in the arena. False without memory. */
bool ks_making_facts(struct ks_finding *finding, struct ks_arena *arena,
                     const struct ks_proof_facts *facts);

/* Puts the findings in order and attaches their parts. False without memory. */
bool ks_making_join(struct ks_making *m);

#endif
