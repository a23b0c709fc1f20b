/* SPDX-License-Identifier: Apache-2.0 */
/*
 * newer.h: packs that somebody made since the repository was opened, as when it
 * is repacked during a scan. Only for what is found nowhere else.
 */
#ifndef KS_GIT_NEWER_H
#define KS_GIT_NEWER_H

#include "git/internal.h"
#include "git/pack_reader.h"

/* Of one thread; NULL is one without packs. */
struct ks_newer;

/* Every object must have been released. */
void ks_newer_free(struct ks_newer *newer);

/*
 * Looks for packs that are not open yet and reads the object from them. As
 * ks_pack_reader_read; objects are released in the same way.
 */
enum ks_rc ks_newer_read(struct ks_packed *out, struct ks_newer **newer,
                         const struct ks_git *git, const uint8_t *name,
                         struct ks_err *err);

#endif
