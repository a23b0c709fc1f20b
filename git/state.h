/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h: what an earlier scan of a history came to, as a file.
 *
 * It tells in which objects something was found, and where these were; never
 * what was found: the objects are read again, so no secret leaves the
 * repository. Whatever is reachable from the tips and not listed holds nothing
 * under the same key. That is true of any repository that has these tips, so
 * the file need not say whose it is.
 *
 * Format 1, numbers big-endian: "keysweep state 1\n", the key, a digest of the
 * shallow boundary, length of names in bytes (1), tips (4, then for each why
 * it is one (1) and its name), objects (4, kind (1) and name), places (4,
 * object (4), order (8), at a tip (1), commit's name, path (4 and bytes)),
 * SHA-256 of all before.
 */
#ifndef KS_GIT_STATE_H
#define KS_GIT_STATE_H

#include "base/blob.h"
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

struct ks_state_place {
    uint32_t object; /* index */
    uint64_t order;
    bool at_tip;
    struct ks_oid commit;
    char *path; /* owned; NULL for messages */
};

/* A zeroed one is empty. */
struct ks_state {
    uint8_t key[KS_STATE_KEY];     /* of all that decides what is found */
    uint8_t shallow[KS_STATE_KEY]; /* digest of the shallow boundary */
    size_t oid_len;
    KS_VEC(, struct ks_state_tip) tips;       /* by name */
    KS_VEC(, struct ks_state_object) objects; /* by name, then kind */
    KS_VEC(, struct ks_state_place) places;   /* in the order they were told */
};

void ks_state_release(struct ks_state *state);

/* KS_ENOENT, KS_EIO, KS_EFORMAT (damaged, or of another format), KS_ENOMEM. */
enum ks_rc ks_state_read(struct ks_state *out, const char *path,
                         struct ks_err *err);

/* Replaces the file, which only its owner may read. KS_EIO, KS_ENOMEM. */
enum ks_rc ks_state_write(const struct ks_state *state, const char *path,
                          struct ks_err *err);

/* Puts tips and objects in order; places must not refer to objects yet. */
void ks_state_sort(struct ks_state *state);

/* The index of an object, or SIZE_MAX; the state is sorted. */
size_t ks_state_find(const struct ks_state *state, const struct ks_oid *oid,
                     enum ks_blob_kind kind);

/* Whether both have the same tips for the same reasons; both are sorted. */
bool ks_state_same_tips(const struct ks_state *a, const struct ks_state *b);

#endif
