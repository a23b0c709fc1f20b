/* SPDX-License-Identifier: Apache-2.0 */
/* classify.h: whether what a rule's pattern matched is a secret, and why. */
#ifndef KS_SCANNER_CLASSIFY_H
#define KS_SCANNER_CLASSIFY_H

#include "scanner/finding.h"
#include "scanner/matcher.h"

/* Confidence of findings that need no model, in thousandths. */
enum {
    KS_SURE_CHECKSUM = 990,
    KS_SURE_STRUCTURE = 950,
    KS_SURE_SHAPE = 850,   /* the secret itself has a telling form */
    KS_SURE_CONTEXT = 650, /* only what stands beside it tells */
};

struct ks_verdict {
    const char *dropped; /* why it is none, constant words; NULL: it is one */
    enum ks_proof proof;
    unsigned confidence; /* thousandths */
    unsigned entropy_milli;
    struct ks_proof_facts facts;
};

/*
 * Judges one match by validators, demands, stop words and allow-lists, in this
 * order. `match` holds `secret`; nothing else is looked at. `shaped` says that
 * the rule's keyword is a part of the secret. Thread-safe.
 */
void ks_classify(struct ks_verdict *out, const struct ks_rule *rule,
                 const struct ks_ready *ready,
                 struct ks_pattern_scratch *scratch, struct ks_span secret,
                 struct ks_span match, bool shaped, int64_t now);

#endif
