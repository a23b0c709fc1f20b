/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/rulesc/rulesc.h"

enum ks_rc ks_rulesc_samples(struct ks_buf *out, const struct ks_ruleset *set)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < set->len; i++) {
        const struct ks_rule *rule = set->rules[i];

        for (size_t j = 0; rc == KS_OK && j < rule->examples.len; j++) {
            rc = ks_buf_add_str(out, rule->id);
            if (rc == KS_OK)
                rc = ks_buf_add_byte(out, 0);
            if (rc == KS_OK)
                rc = ks_buf_add_str(out, rule->examples.items[j]);
            if (rc == KS_OK)
                rc = ks_buf_add_byte(out, 0);
        }
    }
    return rc;
}
