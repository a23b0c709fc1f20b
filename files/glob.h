/* SPDX-License-Identifier: Apache-2.0 */
/* glob.h: patterns as gitignore(5) has them. */
#ifndef KS_FILES_GLOB_H
#define KS_FILES_GLOB_H

#include "base/span.h"

/*
 * Whether `*`, `?`, `[a-z]` and `\x` of the pattern fit all of `name`, which
 * holds no slash. Time O(pattern × name).
 */
bool ks_glob_name(struct ks_span pattern, struct ks_span name);

/*
 * As name, for a path of several components: wildcards do not match a slash, a
 * component `**` stands for any number of components.
 */
bool ks_glob_path(struct ks_span pattern, struct ks_span path);

#endif
