/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read.h: values of a YAML tree, taken strictly. Every failure is KS_EINVAL
 * with "file:line:column: what is wrong (hint: …)".
 */
#ifndef KS_RULES_READ_H
#define KS_RULES_READ_H

#include "rules/yaml.h"

/* What all readers of one file share. */
struct ks_read {
    const char *file;
    struct ks_arena *arena; /* owns what is read */
    struct ks_err *err;
};

/* Words of a failure at a place; `hint` may be NULL. Returns KS_EINVAL. */
enum ks_rc ks_read_fail(const struct ks_read *read, struct ks_mark at,
                        const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Whichever of the names is nearest to `word` and near enough, or NULL. */
const char *ks_read_nearest(const char *word, const char *const *names,
                            size_t count);

/*
 * Sorts a map's values by key: `values[i]` is the value under `names[i]`, and
 * stays what it was where the map has no such key. `what` names the map.
 * Fails on anything that is not a map, on unknown and on repeated keys.
 */
enum ks_rc ks_read_map(const struct ks_yaml **values,
                       const struct ks_read *read, const struct ks_yaml *map,
                       const char *what, const char *const *names,
                       size_t count);

/* A text that is not empty. `what` names the key here and below. */
enum ks_rc ks_read_text(const char **out, const struct ks_read *read,
                        const struct ks_yaml *node, const char *what);

/* A list of such texts, of at least one. */
enum ks_rc ks_read_texts(struct ks_texts *out, const struct ks_read *read,
                         const struct ks_yaml *node, const char *what);

/* A list of texts, each of them a text or a list of parts to be joined. */
enum ks_rc ks_read_samples(struct ks_texts *out, const struct ks_read *read,
                           const struct ks_yaml *node, const char *what);

/* A decimal number from `low` to `high`. */
enum ks_rc ks_read_number(unsigned *out, const struct ks_read *read,
                          const struct ks_yaml *node, const char *what,
                          unsigned low, unsigned high);

/* A number with up to three decimals from 0 to `high`, in thousandths. */
enum ks_rc ks_read_milli(unsigned *out, const struct ks_read *read,
                         const struct ks_yaml *node, const char *what,
                         unsigned high);

/* true or false, as YAML 1.2 writes them. */
enum ks_rc ks_read_bool(bool *out, const struct ks_read *read,
                        const struct ks_yaml *node, const char *what);

/* One of the names; `*out` is its index. */
enum ks_rc ks_read_choice(unsigned *out, const struct ks_read *read,
                          const struct ks_yaml *node, const char *what,
                          const char *const *names, size_t count);

#endif
