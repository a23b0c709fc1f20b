/* SPDX-License-Identifier: Apache-2.0 */
#include "base/blob.h"

struct ks_blob ks_blob_whole(struct ks_span bytes, enum ks_blob_kind kind,
                             const char *path)
{
    return (struct ks_blob){
        .bytes = bytes,
        .kind = kind,
        .path = path,
        .own_to = SIZE_MAX,
    };
}
