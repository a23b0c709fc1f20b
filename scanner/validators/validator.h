/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validator.h: offline proofs. A validator is a pure function over bytes; one
 * row in the table of table.c makes it known to rules by its name.
 */
#ifndef KS_SCANNER_VALIDATORS_VALIDATOR_H
#define KS_SCANNER_VALIDATORS_VALIDATOR_H

#include "base/span.h"

enum ks_validity {
    KS_VALIDITY_UNKNOWN, /* not applicable to this variant: says nothing */
    KS_VALIDITY_FAKE,    /* certain: the checksum or form does not hold */
    KS_VALIDITY_SAMPLE,  /* certain: a known development or documentation key */
    KS_VALIDITY_STRUCTURE, /* the inner form holds */
    KS_VALIDITY_CHECKSUM,  /* a checksum holds: cannot be chance */
};

enum { KS_FACTS_MAX = 8, KS_FACT_VALUE = 160 };

/* What a proof tells about the secret without giving it away. */
struct ks_proof_facts {
    struct {
        const char *name; /* constant */
        char value[KS_FACT_VALUE];
    } items[KS_FACTS_MAX];
    size_t len;
    bool expired; /* the secret itself says that its time is over */
    int64_t expires; /* when it will be, in Unix seconds; 0 if it does not say */
};

/* Adds a fact; silently full after KS_FACTS_MAX. */
void ks_proof_fact(struct ks_proof_facts *facts, const char *name,
                   const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct ks_validator {
    const char *name;    /* as rules write it */
    const char *summary; /* for docs and `explain` */
    /*
     * `secret` is the rule's secret, `match` all that its pattern matched and
     * holds `secret`. `now` is Unix seconds, for expiry only. Thread-safe,
     * bounded in time by O(match) and in stack; what it allocates is wiped and
     * freed before it returns, and without memory it says UNKNOWN.
     */
    enum ks_validity (*check)(struct ks_proof_facts *facts,
                              struct ks_span secret, struct ks_span match,
                              int64_t now);
};

/* The validator of that name, or NULL. */
const struct ks_validator *ks_validator_find(const char *name);

const struct ks_validator *ks_validators(size_t *count);

#endif
