/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/read.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SAMPLE_MAX = 64 * 1024,
    WORD_MAX = 48, /* longer words are near to nothing */
    NEAR = 2,      /* edits */
};

enum ks_rc ks_read_fail(const struct ks_read *read, struct ks_mark at,
                        const char *hint, const char *format, ...)
{
    char words[KS_ERR_TEXT];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    if (hint == NULL)
        return ks_fail(read->err, KS_EINVAL, "%s:%u:%u: %s", read->file,
                       at.line, at.column, words);
    return ks_fail(read->err, KS_EINVAL, "%s:%u:%u: %s (hint: %s)", read->file,
                   at.line, at.column, words, hint);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance; words longer than WORD_MAX are WORD_MAX apart. */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MAX + 1];
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);

    if (a_len > WORD_MAX || b_len > WORD_MAX)
        return WORD_MAX;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t above = row[j];
            size_t change = diagonal + (a[i - 1] != b[j - 1]);

            row[j] = least(change, least(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[b_len];
}

const char *ks_read_nearest(const char *word, const char *const *names,
                            size_t count)
{
    const char *nearest = NULL;
    size_t best = NEAR + 1;

    for (size_t i = 0; i < count; i++) {
        size_t far = distance(word, names[i]);

        if (far < best && far < strlen(word)) {
            best = far;
            nearest = names[i];
        }
    }
    return nearest;
}

static enum ks_rc fail_near(const struct ks_read *read,
                            const struct ks_yaml *node, const char *words,
                            const char *const *names, size_t count)
{
    const char *near = ks_read_nearest(node->text, names, count);
    char hint[128];

    (void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?",
                   near == NULL ? "" : near);
    return ks_read_fail(read, node->at, near == NULL ? NULL : hint,
                        "%s \"%.64s\"", words, node->text);
}

static size_t index_of(const char *word, const char *const *names, size_t count)
{
    size_t i = 0;

    while (i < count && strcmp(word, names[i]) != 0)
        i++;
    return i;
}

enum ks_rc ks_read_map(const struct ks_yaml **values,
                       const struct ks_read *read, const struct ks_yaml *map,
                       const char *what, const char *const *names, size_t count)
{
    uint64_t seen = 0;

    if (map->kind != KS_YAML_MAP)
        return ks_read_fail(read, map->at, NULL, "%s must be a map of keys",
                            what);
    for (const struct ks_yaml *key = map->first; key != NULL;
         key = key->next->next) {
        size_t at = index_of(key->text, names, count);

        if (at == count)
            return fail_near(read, key, "unknown key", names, count);
        if ((seen >> at & 1) != 0)
            return ks_read_fail(read, key->at, NULL, "key \"%s\" is repeated",
                                key->text);
        seen |= (uint64_t)1 << at;
        values[at] = key->next;
    }
    return KS_OK;
}

enum ks_rc ks_read_text(const char **out, const struct ks_read *read,
                        const struct ks_yaml *node, const char *what)
{
    if (node->kind != KS_YAML_SCALAR)
        return ks_read_fail(read, node->at, NULL, "%s must be a text", what);
    if (node->text[0] == '\0')
        return ks_read_fail(read, node->at, NULL, "%s is empty", what);
    *out = node->text;
    return KS_OK;
}

/* A list's texts, each taken by `take`. */
static enum ks_rc
read_list(struct ks_texts *out, const struct ks_read *read,
          const struct ks_yaml *node, const char *what,
          enum ks_rc (*take)(const char **, const struct ks_read *,
                             const struct ks_yaml *, const char *))
{
    const char **items;
    size_t len = 0;

    if (node->kind != KS_YAML_LIST)
        return ks_read_fail(read, node->at, "write [value, value]",
                            "%s must be a list", what);
    if (node->len == 0)
        return ks_read_fail(read, node->at, "leave the key out",
                            "%s is an empty list", what);
    items = ks_arena_alloc(read->arena, node->len * sizeof(*items));
    if (items == NULL)
        return ks_fail_memory(read->err);
    for (const struct ks_yaml *item = node->first; item != NULL;
         item = item->next) {
        enum ks_rc rc = take(&items[len++], read, item, what);

        if (rc != KS_OK)
            return rc;
    }
    *out = (struct ks_texts){items, len};
    return KS_OK;
}

enum ks_rc ks_read_texts(struct ks_texts *out, const struct ks_read *read,
                         const struct ks_yaml *node, const char *what)
{
    return read_list(out, read, node, what, ks_read_text);
}

static enum ks_rc join(struct ks_buf *buf, const struct ks_read *read,
                       const struct ks_yaml *list, const char *what)
{
    for (const struct ks_yaml *part = list->first; part != NULL;
         part = part->next) {
        enum ks_rc rc;

        if (part->kind != KS_YAML_SCALAR)
            return ks_read_fail(read, part->at, NULL,
                                "a part of %s must be a text", what);
        rc = ks_buf_add_str(buf, part->text);
        if (rc == KS_ELIMIT)
            return ks_read_fail(read, part->at, NULL, "%s is too long", what);
        if (rc != KS_OK)
            return ks_fail_memory(read->err);
    }
    return KS_OK;
}

static enum ks_rc read_sample(const char **out, const struct ks_read *read,
                              const struct ks_yaml *node, const char *what)
{
    struct ks_buf buf;
    enum ks_rc rc;

    if (node->kind == KS_YAML_SCALAR)
        return ks_read_text(out, read, node, what);
    if (node->kind != KS_YAML_LIST)
        return ks_read_fail(read, node->at, NULL,
                            "a sample of %s must be a text or a list of parts",
                            what);
    ks_buf_init(&buf, SAMPLE_MAX);
    rc = join(&buf, read, node, what);
    if (rc == KS_OK && buf.len == 0)
        rc =
            ks_read_fail(read, node->at, NULL, "a sample of %s is empty", what);
    if (rc == KS_OK) {
        *out = ks_arena_text(read->arena, ks_buf_span(&buf));
        if (*out == NULL)
            rc = ks_fail_memory(read->err);
    }
    ks_buf_release(&buf);
    return rc;
}

enum ks_rc ks_read_samples(struct ks_texts *out, const struct ks_read *read,
                           const struct ks_yaml *node, const char *what)
{
    return read_list(out, read, node, what, read_sample);
}

/* Digits from `*text` on, at most `max` in value; false on none or more. */
static bool take_digits(unsigned *out, const char **text, unsigned max)
{
    unsigned value = 0;
    const char *at = *text;

    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (unsigned)(*at - '0');
        if (value > max)
            return false;
    }
    if (at == *text)
        return false;
    *text = at;
    *out = value;
    return true;
}

enum ks_rc ks_read_number(unsigned *out, const struct ks_read *read,
                          const struct ks_yaml *node, const char *what,
                          unsigned low, unsigned high)
{
    const char *at = node->text;
    unsigned value = 0;

    if (node->kind != KS_YAML_SCALAR || !take_digits(&value, &at, high) ||
        *at != '\0' || value < low)
        return ks_read_fail(read, node->at, NULL,
                            "%s must be a number from %u to %u", what, low,
                            high);
    *out = value;
    return KS_OK;
}

/* "3", "3.2", "3.25" in thousandths. */
static bool parse_milli(unsigned *out, const char *text, unsigned high)
{
    unsigned unit = 100;
    unsigned value;

    if (!take_digits(&value, &text, high))
        return false;
    value *= 1000;
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9' && unit > 0; text++) {
            value += (unsigned)(*text - '0') * unit;
            unit /= 10;
        }
    *out = value;
    return *text == '\0' && value <= high * 1000;
}

enum ks_rc ks_read_milli(unsigned *out, const struct ks_read *read,
                         const struct ks_yaml *node, const char *what,
                         unsigned high)
{
    unsigned value;

    if (node->kind != KS_YAML_SCALAR || !parse_milli(&value, node->text, high))
        return ks_read_fail(read, node->at, NULL,
                            "%s must be a number from 0 to %u", what, high);
    *out = value;
    return KS_OK;
}

enum ks_rc ks_read_bool(bool *out, const struct ks_read *read,
                        const struct ks_yaml *node, const char *what)
{
    static const char *const names[] = {"false", "true"};
    size_t at = 2;

    if (node->kind == KS_YAML_SCALAR && !node->quoted)
        at = index_of(node->text, names, 2);
    if (at == 2)
        return ks_read_fail(read, node->at, NULL, "%s must be true or false",
                            what);
    *out = at == 1;
    return KS_OK;
}

enum ks_rc ks_read_choice(unsigned *out, const struct ks_read *read,
                          const struct ks_yaml *node, const char *what,
                          const char *const *names, size_t count)
{
    const char *text;
    enum ks_rc rc = ks_read_text(&text, read, node, what);
    size_t at;
    char words[64];

    if (rc != KS_OK)
        return rc;
    at = index_of(text, names, count);
    if (at < count) {
        *out = (unsigned)at;
        return KS_OK;
    }
    (void)snprintf(words, sizeof(words), "unknown %s", what);
    return fail_near(read, node, words, names, count);
}
