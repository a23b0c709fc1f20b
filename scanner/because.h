/* SPDX-License-Identifier: Apache-2.0 */
/* because.h: why a secret is taken for one, in words. */
#ifndef KS_SCANNER_BECAUSE_H
#define KS_SCANNER_BECAUSE_H

#include "base/arena.h"
#include "rules/rule.h"
#include "scanner/leak.h"
#include "scanner/occurrence.h"

/*
 * The reasons for a secret at one place, the weightiest first; texts are
 * constant or the arena's. `path` may be NULL. False without memory.
 */
bool ks_because(struct ks_texts *out, struct ks_arena *arena,
                const struct ks_rule *rule, const struct ks_leak *leak,
                const struct ks_occurrence *occurrence, const char *path);

#endif
