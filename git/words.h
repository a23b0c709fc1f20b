/* SPDX-License-Identifier: Apache-2.0 */
/* words.h: who made a commit or tag, when, and its subject. */
#ifndef KS_GIT_WORDS_H
#define KS_GIT_WORDS_H

#include "base/arena.h"
#include "git/object.h"

/* Texts are in the arena; empty where there is nobody to name. */
struct ks_git_words {
    const char *name, *email, *subject;
    int64_t time;
    int offset;
    bool known; /* for a table that is filled as needed */
};

/*
 * Reads the words of a commit or tag. One that cannot be read has empty ones;
 * KS_ENOMEM.
 */
enum ks_rc ks_git_words_read(struct ks_git_words *out, struct ks_arena *arena,
                             struct ks_objects *objects,
                             const struct ks_oid *oid, struct ks_err *err);

#endif
