/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leak.h: the secrets that one worker found, each kept once for each rule with
 * what was proven about it.
 */
#ifndef KS_SCANNER_LEAK_H
#define KS_SCANNER_LEAK_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/secret.h"
#include "base/vec.h"
#include "scanner/finding.h"
#include "scanner/validators/validator.h"

struct ks_leak {
    uint32_t rule; /* index in the rule set */
    enum ks_proof proof;
    unsigned entropy_milli;
    struct ks_span secret; /* of one that is recalled: as many asterisks */
    const uint8_t *id;     /* of one that is recalled; else NULL */
    const struct ks_proof_facts *facts; /* NULL if there are none */
};

KS_VEC(ks_leak_vec, struct ks_leak);

/* A zeroed one with `worker` set is empty. Used by one thread at a time. */
struct ks_leaks {
    unsigned worker;
    struct ks_leak_vec items;
    struct ks_map known; /* rule and secret to index */
    struct ks_arena arena;
};

enum {
    KS_LEAK_WORKER_SHIFT = 24, /* a reference: worker above, index below */
    KS_LEAK_INDEX_MASK = (1 << KS_LEAK_WORKER_SHIFT) - 1,
    KS_LEAK_WORKERS = 255,
};

/*
 * Writes a reference to the leak, which is copied if it is new. A leak that is
 * known keeps the stronger proof. KS_ENOMEM, KS_ELIMIT at 16 million.
 */
enum ks_rc ks_leaks_add(uint32_t *reference, struct ks_leaks *leaks,
                        const struct ks_leak *leak, struct ks_err *err);

/*
 * The name of a secret under the rule `rule`: a digest of both, so that it
 * outlives every move. A leak that is recalled has its own already.
 */
enum { KS_LEAK_ID = 16 };
void ks_leak_id(uint8_t out[KS_LEAK_ID], const struct ks_leak *leak,
                const char *rule);

/*
 * Writes a reference to a leak whose secret an earlier run saw: it has an id,
 * facts that are copied, and a secret of which only the length counts. Never
 * the same as another. KS_ENOMEM, KS_ELIMIT.
 */
enum ks_rc ks_leaks_recall(uint32_t *reference, struct ks_leaks *leaks,
                           const struct ks_leak *leak, struct ks_err *err);

/* Wipes the secrets and frees all. */
void ks_leaks_release(struct ks_leaks *leaks);

#endif
