/* SPDX-License-Identifier: Apache-2.0 */
/* cache_dir.h: where compiled databases lie. */
#ifndef KS_CLI_CACHE_DIR_H
#define KS_CLI_CACHE_DIR_H

#include <stdbool.h>
#include <stddef.h>

/* What was installed with the program: ../lib/keysweep beside its folder. */
bool ks_cache_dir_shipped(char *out, size_t room);

/* $XDG_CACHE_HOME/keysweep or ~/.cache/keysweep. */
bool ks_cache_dir_user(char *out, size_t room);

#endif
