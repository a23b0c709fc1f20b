/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a rule file: loaded or refused with a place, never worse. */
#include "rules/load.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *ctx, const char *line)
{
    (void)ctx;
    (void)line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ks_err err = {""};
    struct ks_rules *rules;
    enum ks_rc rc;

    if (ks_rules_new(&rules, &err) != KS_OK)
        return 0;
    rc = ks_rules_add_text(rules, (struct ks_span){data, size}, "fuzz.yml",
                           &err);
    if (rc != KS_OK && err.text[0] == '\0')
        abort();
    if (rc == KS_OK)
        (void)ks_rules_lint(ks_rules_set(rules), ignore, NULL);
    ks_rules_free(rules);
    return 0;
}
