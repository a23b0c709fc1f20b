/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/generic/features.h"

#include "scanner/generic/parts.h"

#include <string.h>

void ks_generic_features(int16_t out[KS_FEATURES],
                         const struct ks_generic_window *window,
                         const struct ks_generic_candidate *c)
{
    struct ks_span key = {window->text.ptr + c->key_from,
                          (size_t)c->key_to - c->key_from};
    struct ks_span value = {window->text.ptr + c->value_from,
                            (size_t)c->value_to - c->value_from};

    memset(out, 0, KS_FEATURES * sizeof(out[0]));
    ks_key_features(out, window, c);
    ks_value_features(out, value);
    ks_pair_features(out, key, value);
    ks_context_features(out, window, c);
}
