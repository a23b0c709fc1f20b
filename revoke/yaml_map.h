/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_map.h: YAML mappings read into structs, strictly, by a table. */
#ifndef KS_REVOKE_YAML_MAP_H
#define KS_REVOKE_YAML_MAP_H

#include "base/arena.h"
#include "base/err.h"
#include "rules/rule.h"

struct ks_yaml;
struct yaml_node_s;

/* What a key's value becomes in the struct. */
enum ks_yaml_type {
    KS_YAML_TEXT,     /* const char * */
    KS_YAML_PATH,     /* const char *, relative to the file's folder */
    KS_YAML_BOOL,     /* bool */
    KS_YAML_COUNT,    /* unsigned, 1..1000000 */
    KS_YAML_FRACTION, /* unsigned thousandths, from 0..1 */
    KS_YAML_MILLIS,   /* unsigned milliseconds, from seconds */
    KS_YAML_TEXTS,    /* struct ks_texts, from a list of strings */
    KS_YAML_PATHS,    /* struct ks_texts of paths */
    KS_YAML_OTHER,    /* by `read`, which gets the whole struct */
};

struct ks_yaml_key {
    const char *name;
    enum ks_yaml_type type;
    size_t at; /* offset in the struct */
    enum ks_rc (*read)(void *into, const struct ks_yaml *yaml,
                       const struct yaml_node_s *value, struct ks_err *err);
};

/*
 * Reads a file of one document. What is read from it lives in `arena`. KS_EIO,
 * KS_ENOENT, KS_EFORMAT with file, line and column.
 */
enum ks_rc ks_yaml_open(struct ks_yaml **out, const char *path,
                        struct ks_arena *arena, struct ks_err *err);
void ks_yaml_close(struct ks_yaml *yaml);

const struct yaml_node_s *ks_yaml_root(const struct ks_yaml *yaml);

/* The bytes of the file, valid until close. */
struct ks_span ks_yaml_bytes(const struct ks_yaml *yaml);

/* KS_EFORMAT at the node's place. */
enum ks_rc ks_yaml_wrong(const struct ks_yaml *yaml,
                         const struct yaml_node_s *node, struct ks_err *err,
                         const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Fills `into` from a mapping. An unknown key, one that comes twice, and a
 * value of the wrong form are KS_EFORMAT; a key that is not there leaves its
 * member alone.
 */
enum ks_rc ks_yaml_map(void *into, const struct ks_yaml *yaml,
                       const struct yaml_node_s *node,
                       const struct ks_yaml_key *keys, size_t count,
                       struct ks_err *err);

/* The node's scalar text, or NULL; lives in the arena. */
const char *ks_yaml_text(const struct ks_yaml *yaml,
                         const struct yaml_node_s *node);

/* Items of a list; SIZE_MAX if it is none. */
size_t ks_yaml_length(const struct yaml_node_s *node);
const struct yaml_node_s *ks_yaml_item(const struct ks_yaml *yaml,
                                       const struct yaml_node_s *node,
                                       size_t index);

/* Zeroed memory of the arena. */
void *ks_yaml_alloc(const struct ks_yaml *yaml, size_t size);

#endif
