/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h: what an earlier scan of a history came to, as a file.
 *
 * It tells in which objects something was found, where these were, and what
 * their receiver noted about them. Whatever is reachable from the tips and not
 * listed holds nothing under the same key. That is true of any repository that
 * has these tips, so the file need not say whose it is.
 *
 * Format 3, numbers as base/record.h has them: "keysweep state 3\n", the key, a
 * digest of the shallow boundary, length of names in bytes (1), tips (4, then
 * for each why it is one (1) and its name), objects (4, kind (1) and name),
 * commits (4, name, whether its words are told (1) and, if so, author's name
 * and e-mail, time (8), offset (4), subject), places (4, object (4), commit
 * (4), order (8), at a tip (1), path), notes (8 and bytes), SHA-256 of all
 * before.
 */
#ifndef KS_GIT_STATE_H
#define KS_GIT_STATE_H

#include "base/arena.h"
#include "base/blob.h"
#include "base/buf.h"
#include "base/vec.h"

enum { KS_STATE_KEY = 32 }; /* KS_GIT_STATE_KEY */

struct ks_state_tip {
    struct ks_oid oid;
    uint8_t why; /* KS_TIP_… */
};

struct ks_state_object {
    struct ks_oid oid;
    enum ks_blob_kind kind; /* a blob, or a message */
};

/* A commit or tag that a place names. */
struct ks_state_commit {
    struct ks_oid oid;
    const char *name, *email, *subject; /* NULL: to be read from the object */
    int64_t time;
    int32_t offset;
};

struct ks_state_place {
    uint32_t object, commit; /* indices */
    uint64_t order;
    bool at_tip;
    const char *path; /* NULL for messages */
};

/* A zeroed one is empty. Texts are in the arena. */
struct ks_state {
    uint8_t key[KS_STATE_KEY];     /* of all that decides what is found */
    uint8_t shallow[KS_STATE_KEY]; /* digest of the shallow boundary */
    size_t oid_len;
    KS_VEC(, struct ks_state_tip) tips;       /* by name */
    KS_VEC(, struct ks_state_object) objects; /* by name, then kind */
    KS_VEC(, struct ks_state_commit) commits;
    KS_VEC(, struct ks_state_place) places; /* in the order they were told */
    struct ks_buf notes; /* the receiver's; no cap until there are some */
    struct ks_arena texts;
};

void ks_state_release(struct ks_state *state);

/*
 * KS_ENOENT, KS_EIO, KS_EFORMAT (damaged, empty, or of another format),
 * KS_EINVAL (something else, which must not be replaced), KS_ENOMEM.
 */
enum ks_rc ks_state_read(struct ks_state *out, const char *path,
                         struct ks_err *err);

/* Replaces the file, which only its owner may read. KS_EIO, KS_ENOMEM. */
enum ks_rc ks_state_write(const struct ks_state *state, const char *path,
                          struct ks_err *err);

/* Puts tips and objects in order; places must not refer to objects yet. */
void ks_state_sort(struct ks_state *state);

/* Leaves out objects that have no place. KS_ENOMEM. */
enum ks_rc ks_state_prune(struct ks_state *state, struct ks_err *err);

/* The index of an object, or SIZE_MAX; the state is sorted. */
size_t ks_state_find(const struct ks_state *state, const struct ks_oid *oid,
                     enum ks_blob_kind kind);

/* Whether both have the same tips for the same reasons; both are sorted. */
bool ks_state_same_tips(const struct ks_state *a, const struct ks_state *b);

#endif
