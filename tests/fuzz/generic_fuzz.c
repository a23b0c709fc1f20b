/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a blob: candidates stay inside, verdicts repeat. */
#include "tests/unit/generic_scan.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *arg, const struct ks_generic_window *w,
                  const struct ks_generic_candidate *c, size_t base)
{
    struct ks_generic_verdict a, b;

    (void)arg;
    (void)base;
    if (c->key_from > c->key_to || c->key_to > w->text.len ||
        c->value_from >= c->value_to || c->value_to > w->text.len)
        abort();
    ks_generic_score(&a, w, c);
    ks_generic_score(&b, w, c);
    if (a.score != b.score || a.reasons != b.reasons || a.class_ != b.class_)
        abort();
    ks_generic_value_score(&a, w, c->value_from, c->value_to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[256];
    size_t n = size < sizeof(path) - 1 ? size : sizeof(path) - 1;

    scan_text((struct ks_span){data, size}, check, NULL);
    if (n > 0)
        memcpy(path, data, n);
    path[n] = 0;
    (void)ks_generic_path_score(path);
    return 0;
}
