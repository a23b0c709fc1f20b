/* SPDX-License-Identifier: Apache-2.0 */
/* template.h: patterns and samples made from a provider's words and a token. */
#ifndef KS_RULES_TEMPLATE_H
#define KS_RULES_TEMPLATE_H

#include "rules/read.h"

enum ks_template {
    /*
     * A provider's word and, within some 45 bytes of names, quotes, operators,
     * brackets and blanks, a token that stands by itself.
     */
    KS_TEMPLATE_ASSIGNED,
    /*
     * A name that begins with the word, and its value: tight enough for tokens
     * of any length.
     */
    KS_TEMPLATE_NAMED
};

/*
 * Sets the pattern and caseless keywords; and, where they are not set, the
 * demands and the samples. Matches begin at the keyword.
 */
enum ks_rc ks_template_write(struct ks_rule *rule, enum ks_template kind,
                             const char *token, struct ks_mark token_at,
                             bool own_demands, const struct ks_read *read);

#endif
