/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses the validator; what follows is the secret. With the
 * high bit set, a byte that says where the secret begins inside the match.
 */
#include "scanner/validators/validator.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ks_proof_facts facts = {.len = 0};
    size_t count, head = 1, inside = 0;
    const struct ks_validator *rows = ks_validators(&count);
    struct ks_span match;

    if (size < 2)
        return 0;
    if ((data[0] & 0x80) != 0) {
        inside = data[1] % size;
        head = 2;
    }
    match = (struct ks_span){data + head, size - head};
    if (rows[(data[0] & 0x7f) % count].check(
            &facts, ks_span_slice(match, inside, match.len), match, 0) >
        KS_VALIDITY_CHECKSUM)
        abort();
    for (size_t i = 0; i < facts.len; i++) {
        if (memchr(facts.items[i].value, 0, KS_FACT_VALUE) == NULL)
            abort();
    }
    return 0;
}
