/* SPDX-License-Identifier: Apache-2.0 */
/* shell.h: text for scripts that the program writes. */
#ifndef KS_CLI_SHELL_H
#define KS_CLI_SHELL_H

#include "base/buf.h"

/* Appends the text as one word of a POSIX shell, in single quotes. */
enum ks_rc ks_shell_quote(struct ks_buf *out, const char *text);

#endif
