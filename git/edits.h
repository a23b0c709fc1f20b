/* SPDX-License-Identifier: Apache-2.0 */
/*
 * edits.h: what two deltas of one base have in common.
 *
 * Between what it copies from the base, a delta edits it: leaves a part out,
 * puts bytes in. Versions of a file are often deltas of one base with most of
 * their edits alike; a stretch of such edits, with what is copied between and
 * around them, is the same text in both.
 */
#ifndef KS_GIT_EDITS_H
#define KS_GIT_EDITS_H

#include "base/blob.h"
#include "base/buf.h"

/* One place where a text is not as its base. */
struct ks_edit {
    uint32_t left;  /* end of what was copied before, in the base */
    uint32_t right; /* start of what is copied next, in the base */
    uint32_t at;    /* of the bytes put in, in the text */
    uint32_t len;   /* of these */
    uint32_t bytes; /* where in the list's bytes they are */
};

KS_VEC(ks_edit_vec, struct ks_edit);

/* All edits of one text, its start and end included. */
struct ks_edits {
    struct ks_edit_vec list;
    struct ks_buf bytes; /* that were put in */
};

/* Of none. */
void ks_edits_init(struct ks_edits *edits);

/*
 * Replaces `edits` by those of a text that copies ranges of its base, as
 * git/delta.h tells. Leaves none if they are more than is worth keeping.
 * KS_ENOMEM.
 */
enum ks_rc ks_edits_note(struct ks_edits *edits, const struct ks_copies *copies,
                         struct ks_span text, struct ks_err *err);
void ks_edits_release(struct ks_edits *edits);

/*
 * Replaces `out` by the copies of a text from its base and from a sibling with
 * which it shares edits, as struct ks_blob wants them. `copies` are the text's
 * own, of which `own` was noted. KS_ENOMEM.
 */
enum ks_rc ks_edits_share(struct ks_copies *out, const struct ks_copies *copies,
                          const struct ks_edits *own,
                          const struct ks_edits *sibling, struct ks_err *err);

#endif
