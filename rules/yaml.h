/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.h: a YAML document as a tree that knows its places. */
#ifndef KS_RULES_YAML_H
#define KS_RULES_YAML_H

#include "base/arena.h"
#include "rules/rule.h"

enum {
    KS_YAML_BYTES_MAX = 8 * 1024 * 1024,
    KS_YAML_NODES_MAX = 400 * 1000,
    KS_YAML_DEPTH_MAX = 12,
};

enum ks_yaml_kind { KS_YAML_SCALAR, KS_YAML_LIST, KS_YAML_MAP };

/* Owned by the arena it was read into. */
struct ks_yaml {
    enum ks_yaml_kind kind;
    struct ks_mark at;
    const char *text; /* scalars only */
    bool quoted;      /* not a plain scalar */
    /* Items; in a map a key and its value in turns. */
    struct ks_yaml *first, *last, *next;
    size_t len; /* items, or pairs */
};

/*
 * Reads one document. KS_EINVAL with name:line:column for what is not YAML and
 * for anchors, aliases, tags, NUL bytes, keys that are not scalars and further
 * documents; KS_ELIMIT past the bounds above. An empty document gives a NULL
 * tree.
 */
enum ks_rc ks_yaml_read(const struct ks_yaml **out, struct ks_arena *arena,
                        struct ks_span text, const char *name,
                        struct ks_err *err);

#endif
