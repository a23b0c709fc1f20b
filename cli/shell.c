/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell.h"

enum ks_rc ks_shell_quote(struct ks_buf *out, const char *text)
{
    enum ks_rc rc = ks_buf_add_byte(out, '\'');

    for (const char *c = text; *c != '\0' && rc == KS_OK; c++)
        rc = *c == '\'' ? ks_buf_add_str(out, "'\\''")
                        : ks_buf_add_byte(out, (uint8_t)*c);
    return rc == KS_OK ? ks_buf_add_byte(out, '\'') : rc;
}
