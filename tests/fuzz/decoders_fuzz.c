/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/decoders_invariants.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ks_decoder *decoder = NULL;
    struct ks_err err = {0};

    if (size > 1 << 16 || ks_decoder_new(&decoder, &err) != KS_OK)
        return 0;
    check_invariants(decoder, (struct ks_span){data, size}, size);
    ks_decoder_free(decoder);
    return 0;
}
