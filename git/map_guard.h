/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_guard.h: files mapped for reading that do not kill the program when
 * somebody cuts them short.
 *
 * Touching a page behind the end of a mapped file raises SIGBUS. A map
 * installs a handler, if it is not there, that puts a page of zeros in the
 * place of a page that faults inside a guarded map, so that readers see bytes
 * that do not parse; other faults go to whoever handled SIGBUS before. This is
 * the one table that the process shares, because a signal handler has no other
 * way to know.
 */
#ifndef KS_GIT_MAP_GUARD_H
#define KS_GIT_MAP_GUARD_H

#include "base/err.h"
#include "base/span.h"

/*
 * Maps a regular file whole. An empty file gives an empty span. Thread-safe.
 * KS_ENOENT, KS_EIO, KS_ELIMIT (too many maps at once).
 */
enum ks_rc ks_map_open(struct ks_span *out, const char *path,
                       struct ks_err *err);
void ks_map_close(struct ks_span map);

/*
 * Puts the handler back if somebody replaced it since files were mapped: to be
 * called before maps are read that were made long ago.
 */
void ks_map_watch(void);

/* Pages that were missing since the program started. */
unsigned long ks_map_faults(void);

#endif
