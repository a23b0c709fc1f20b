/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text around any secret: an allow comment is found or not, and no byte of
 * the secret itself decides on it.
 */
#include "scanner/allow.h"
#include "scanner/entropy.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 1 << 16, SCALE = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t text[LARGEST];
    size_t len, start, end;
    bool allowed;

    if (size < 2 || size > LARGEST)
        return 0;
    len = size - 2;
    memcpy(text, data + 2, len);
    start = len * data[0] / SCALE;
    end = start + (len - start) * data[1] / SCALE;
    allowed = ks_allow_comment((struct ks_span){text, len}, start, end);
    (void)ks_allow_stopword(ks_span_slice((struct ks_span){text, len}, start,
                                          end), "example");
    if (ks_entropy_milli((struct ks_span){text, len}) > 8000)
        abort();
    memset(text + start, 'x', end - start);
    if (ks_allow_comment((struct ks_span){text, len}, start, end) != allowed)
        abort();
    return 0;
}
