/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk_path.h: the bases that a thread of a walk is below, with what is kept of
 * them, and how a part of them is given to another thread.
 */
#ifndef KS_GIT_WALK_PATH_H
#define KS_GIT_WALK_PATH_H

#include "git/edits.h"
#include "git/walk_make.h"
#include "git/walk_schedule.h"

/* The child of a base that was visited last. */
struct ks_walk_sibling {
    struct ks_walk_memo *memo; /* a reference; or NULL */
    struct ks_edits edits;
};

/* A base on the path, and which of its children are still to come. */
struct ks_walk_frame {
    struct ks_walk_base *base; /* a reference */
    uint32_t next;
    uint32_t end;
    struct ks_walk_sibling sibling;
};

struct ks_walk_path {
    const struct ks_walk_part *parts;
    const struct ks_walk_visitor *visitor;
    struct ks_walk_schedule *schedule;
    unsigned worker; /* its number */
    size_t memory;   /* bytes that the bases may hold */

    struct ks_walk_maker maker;
    KS_VEC(, struct ks_walk_frame) frames;
    KS_VEC(, uint32_t) pending; /* for walks over entries without contents */
    size_t held;                /* bytes of the bases on the path */
    struct ks_err *err;         /* for what fails */
};

/*
 * Puts children [from, to) of a base on the path and takes over the reference,
 * also on failure. Older bases lose their bytes if all hold too much.
 * KS_ENOMEM.
 */
enum ks_rc ks_walk_push(struct ks_walk_path *path, struct ks_walk_base *base,
                        uint32_t from, uint32_t to);

/* Takes the end off the path and gives up what it holds. */
void ks_walk_pop(struct ks_walk_path *path);

/*
 * Takes the end off the path, as its last child is made. Its bytes go if no
 * other thread needs them; the references are the caller's.
 */
void ks_walk_leave(struct ks_walk_path *path);

/*
 * Makes the bytes of a base again if they were dropped. KS_ENOMEM; KS_EFORMAT
 * if they cannot be had.
 */
enum ks_rc ks_walk_need_bytes(struct ks_walk_path *path,
                              struct ks_walk_base *base);

/* Give up a reference; the last one ends what it is to. Take NULL. */
void ks_walk_release_memo(struct ks_walk_path *path, struct ks_walk_memo *memo);
void ks_walk_release_base(struct ks_walk_path *path, struct ks_walk_base *base);

void ks_walk_release_sibling(struct ks_walk_path *path,
                             struct ks_walk_sibling *sibling);

/*
 * Looks for work to give away, oldest base first. The end of the path keeps
 * at least one child, so that every frame has one to go on with.
 */
void ks_walk_share(struct ks_walk_path *path);

#endif
