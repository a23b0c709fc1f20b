/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index.h: git's index, read directly: what libgit2 keeps to itself, the trees
 * that git has cached for unchanged folders, is what makes a hook fast.
 * Format: gitformat-index(5), versions 2 to 4.
 */
#ifndef KS_GIT_INDEX_H
#define KS_GIT_INDEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "git/object.h"

struct ks_index_entry {
    struct ks_span path;
    const uint8_t *oid;
    enum ks_entry_kind kind; /* KS_ENTRY_TREE: a folder of a sparse index */
    bool link;               /* a symbolic link */
    bool intent;             /* `git add -N`: has no content yet */
    uint8_t stage;           /* 1, 2, 3: sides of a conflict */
};

/* A folder whose tree is known, or −1 entries where it is not. */
struct ks_index_tree {
    struct ks_span name; /* below its parent; empty for the root */
    int64_t entries;     /* of the index, all depths; −1: changed */
    const uint8_t *oid;  /* NULL if changed */
    uint32_t children;   /* trees that follow, each with their own */
    uint32_t end;        /* number of the tree behind the last descendant */
};

/* Spans point into `bytes` and `paths`. */
struct ks_index {
    struct ks_buf bytes;
    struct ks_arena paths;                   /* of version 4 */
    KS_VEC(, struct ks_index_entry) entries; /* by path, then stage */
    KS_VEC(, struct ks_index_tree) trees;    /* depth first; may be empty */
};

/*
 * Reads the index at `path`; one that does not exist is empty. KS_EFORMAT if
 * it does not parse or needs what is not known here, such as a split index;
 * KS_EIO, KS_ELIMIT, KS_ENOMEM.
 */
enum ks_rc ks_index_read(struct ks_index *index, const char *path,
                         size_t oid_len, struct ks_err *err);
void ks_index_release(struct ks_index *index);

#endif
