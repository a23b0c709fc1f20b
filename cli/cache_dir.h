/* SPDX-License-Identifier: Apache-2.0 */
/* cache_dir.h: where compiled databases and installed data lie. */
#ifndef KS_CLI_CACHE_DIR_H
#define KS_CLI_CACHE_DIR_H

#include <stdbool.h>
#include <stddef.h>

/* What was installed with the program: ../lib/keysweep beside its folder. */
bool ks_cache_dir_shipped(char *out, size_t room);

/* $XDG_CACHE_HOME/keysweep or ~/.cache/keysweep. */
bool ks_cache_dir_user(char *out, size_t room);

/* What was installed as data of that name: ../share/keysweep/NAME. */
bool ks_data_dir(char *out, size_t room, const char *name);

#endif
