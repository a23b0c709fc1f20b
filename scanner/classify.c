/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/classify.h"

#include "scanner/allow.h"
#include "scanner/entropy.h"
#include "scanner/filler.h"

#include <string.h>

enum { ENTROPY_LONGEST = 4096 };

struct census {
    unsigned digits, upper, lower, special, distinct;
};

static struct census count(struct ks_span secret)
{
    struct census c = {0};
    bool seen[256] = {false};

    for (size_t i = 0; i < secret.len; i++) {
        uint8_t byte = secret.ptr[i];

        if (byte >= '0' && byte <= '9')
            c.digits++;
        else if (byte >= 'A' && byte <= 'Z')
            c.upper++;
        else if (byte >= 'a' && byte <= 'z')
            c.lower++;
        else
            c.special++;
        c.distinct += !seen[byte];
        seen[byte] = true;
    }
    return c;
}

/* The strongest result; a certain "no" ends the search. */
static enum ks_validity validate(struct ks_verdict *out,
                                 const struct ks_rule *rule,
                                 const struct ks_ready *ready,
                                 struct ks_span secret, struct ks_span match,
                                 int64_t now)
{
    enum ks_validity best = KS_VALIDITY_UNKNOWN;

    for (size_t i = 0; i < rule->validators.len; i++) {
        enum ks_validity v =
            ready->validators[i]->check(&out->facts, secret, match, now);

        if (v == KS_VALIDITY_FAKE || v == KS_VALIDITY_SAMPLE)
            return v;
        if (v > best)
            best = v;
    }
    return best;
}

static const char *unmet(const struct ks_demands *demands,
                         const struct ks_verdict *verdict,
                         const struct census *c)
{
    if (verdict->entropy_milli < demands->entropy_milli)
        return "too little entropy";
    if (c->digits < demands->digits || c->upper < demands->upper ||
        c->lower < demands->lower || c->special < demands->special)
        return "lacks characters that the real ones have";
    if (c->distinct < demands->distinct)
        return "too few different characters";
    return NULL;
}

static const char *allowed(const struct ks_rule *rule,
                           const struct ks_ready *ready,
                           struct ks_pattern_scratch *scratch,
                           struct ks_span secret)
{
    for (size_t i = 0; i < rule->allow.stopwords.len; i++)
        if (ks_allow_stopword(secret, rule->allow.stopwords.items[i]))
            return "holds a stop word of the rule";
    for (size_t i = 0; i < rule->allow.regexes.len; i++)
        if (ks_pattern_matches(ready->allow[i], scratch, secret))
            return "fits the rule's allow-list";
    return NULL;
}

void ks_classify(struct ks_verdict *out, const struct ks_rule *rule,
                 const struct ks_ready *ready,
                 struct ks_pattern_scratch *scratch, struct ks_span secret,
                 struct ks_span match, bool shaped, int64_t now)
{
    struct census c;
    enum ks_validity validity;

    *out = (struct ks_verdict){.confidence =
                                   shaped ? KS_SURE_SHAPE : KS_SURE_CONTEXT};
    if (secret.len == 0) {
        out->dropped = "empty";
        return;
    }
    validity = validate(out, rule, ready, secret, match, now);
    out->entropy_milli = ks_entropy_milli(secret);
    switch (validity) {
    case KS_VALIDITY_FAKE:
        out->dropped = "the checksum or form does not hold";
        return;
    case KS_VALIDITY_SAMPLE:
        out->dropped = "a known sample or development key";
        return;
    case KS_VALIDITY_CHECKSUM:
        out->proof = KS_PROOF_CHECKSUM;
        out->confidence = KS_SURE_CHECKSUM;
        return;
    case KS_VALIDITY_STRUCTURE:
        out->proof = KS_PROOF_STRUCTURE;
        out->confidence = KS_SURE_STRUCTURE;
        break;
    case KS_VALIDITY_UNKNOWN:
        break;
    }
    c = count(ks_span_slice(secret, 0, ENTROPY_LONGEST));
    out->dropped = unmet(&rule->demands, out, &c);
    if (out->dropped == NULL)
        out->dropped = allowed(rule, ready, scratch, secret);
    if (out->dropped == NULL && out->proof == KS_PROOF_NONE)
        out->dropped = ks_filler_reason(secret);
}
