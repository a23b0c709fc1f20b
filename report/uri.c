/* SPDX-License-Identifier: Apache-2.0 */
#include "report/uri.h"

#include <string.h>

static bool literal(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') ||
           (byte != '\0' && strchr("-._~/!$'()*+,;=@", byte) != NULL);
}

static struct ks_span without_dot_slash(struct ks_span path)
{
    while (path.len > 2 && path.ptr[0] == '.' && path.ptr[1] == '/') {
        path = ks_span_slice(path, 2, path.len);
        while (path.len > 1 && path.ptr[0] == '/')
            path = ks_span_slice(path, 1, path.len);
    }
    return path;
}

enum ks_rc ks_uri_from_path(struct ks_buf *out, struct ks_span path)
{
    enum ks_rc rc = KS_OK;

    path = without_dot_slash(path);
    if (path.len > 0 && path.ptr[0] == '/')
        rc = ks_buf_add_str(out, "file://");
    for (size_t i = 0; i < path.len && rc == KS_OK; i++)
        rc = literal(path.ptr[i]) ? ks_buf_add_byte(out, path.ptr[i])
                                  : ks_buf_printf(out, "%%%02X", path.ptr[i]);
    return rc;
}
