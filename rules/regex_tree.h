/* SPDX-License-Identifier: Apache-2.0 */
/* regex_tree.h: the parsed form, shared by the regex*.c files. */
#ifndef KS_RULES_REGEX_TREE_H
#define KS_RULES_REGEX_TREE_H

#include "base/arena.h"
#include "rules/regex.h"

/* A set of byte values. */
struct ks_byteset {
    uint64_t bits[4];
};

enum ks_regex_kind {
    KS_REGEX_SET,    /* one byte of `set` */
    KS_REGEX_SEQ,    /* the children, one after the other */
    KS_REGEX_ALT,    /* one of the children */
    KS_REGEX_REPEAT, /* the child, `min` to `max` times */
    KS_REGEX_AHEAD,  /* the child is looked at behind this place */
    KS_REGEX_BEHIND, /* the child is looked at before this place */
    KS_REGEX_EDGE,   /* one byte on either side is looked at: \b ^ $ */
};

struct ks_regex_node {
    enum ks_regex_kind kind;
    struct ks_byteset set;
    unsigned min, max; /* KS_REGEX_UNBOUNDED: no end */
    bool negative;     /* of looking around */
    bool word;         /* of an edge: \b */
    struct ks_regex_node *first, *last, *next;
};

struct ks_regex {
    struct ks_arena arena;
    struct ks_regex_node *root;
};

static inline void ks_byteset_add(struct ks_byteset *set, unsigned byte)
{
    set->bits[byte / 64] |= (uint64_t)1 << byte % 64;
}

static inline bool ks_byteset_has(const struct ks_byteset *set, unsigned byte)
{
    return (set->bits[byte / 64] >> byte % 64 & 1) != 0;
}

#endif
