/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/generic/window.h"

struct ks_generic_window ks_generic_window_at(struct ks_span blob,
                                              size_t hit_end, size_t *hit)
{
    size_t from = hit_end > KS_GENERIC_BACK ? hit_end - KS_GENERIC_BACK : 0;
    size_t to = blob.len - hit_end > KS_GENERIC_AHEAD
                    ? hit_end + KS_GENERIC_AHEAD
                    : blob.len;

    *hit = hit_end - from;
    return (struct ks_generic_window){
        .text = {blob.ptr + from, to - from},
        .at_start = from == 0,
        .at_end = to == blob.len,
    };
}
