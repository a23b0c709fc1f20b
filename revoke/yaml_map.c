/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/yaml_map.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { LARGEST = 1024 * 1024, KEYS_MAX = 64, COUNT_MAX = 1000000 };

struct ks_yaml {
    const char *path;
    size_t folder_len; /* of the path's folder with its slash */
    struct ks_arena *arena;
    struct ks_buf bytes;
    yaml_document_t document;
    bool has_document;
};

static enum ks_rc parse_error(const struct ks_yaml *yaml,
                              const yaml_parser_t *parser, struct ks_err *err)
{
    return ks_fail(err, KS_EFORMAT, "%s:%zu:%zu: %s", yaml->path,
                   parser->problem_mark.line + 1,
                   parser->problem_mark.column + 1,
                   parser->problem == NULL ? "not YAML" : parser->problem);
}

static enum ks_rc parse(struct ks_yaml *yaml, struct ks_err *err)
{
    yaml_parser_t parser;
    yaml_document_t more;
    enum ks_rc rc = KS_OK;

    if (yaml_parser_initialize(&parser) == 0)
        return ks_fail_memory(err);
    yaml_parser_set_input_string(&parser, yaml->bytes.ptr, yaml->bytes.len);
    if (yaml_parser_load(&parser, &yaml->document) == 0) {
        rc = parse_error(yaml, &parser, err);
        goto out;
    }
    yaml->has_document = true;
    if (yaml_parser_load(&parser, &more) == 0) {
        rc = parse_error(yaml, &parser, err);
        goto out;
    }
    if (yaml_document_get_root_node(&more) != NULL)
        rc = ks_fail(err, KS_EFORMAT, "%s: more than one document", yaml->path);
    yaml_document_delete(&more);
    if (rc == KS_OK && yaml_document_get_root_node(&yaml->document) == NULL)
        rc = ks_fail(err, KS_EFORMAT, "%s: empty", yaml->path);
out:
    yaml_parser_delete(&parser);
    return rc;
}

enum ks_rc ks_yaml_open(struct ks_yaml **out, const char *path,
                        struct ks_arena *arena, struct ks_err *err)
{
    struct ks_yaml *yaml = calloc(1, sizeof(*yaml));
    const char *slash = strrchr(path, '/');
    enum ks_rc rc;

    if (yaml == NULL)
        return ks_fail_memory(err);
    yaml->path = path;
    yaml->folder_len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    yaml->arena = arena;
    ks_buf_init(&yaml->bytes, LARGEST);
    rc = ks_file_read(&yaml->bytes, path, err);
    if (rc == KS_OK)
        rc = parse(yaml, err);
    if (rc != KS_OK) {
        ks_yaml_close(yaml);
        return rc;
    }
    *out = yaml;
    return KS_OK;
}

void ks_yaml_close(struct ks_yaml *yaml)
{
    if (yaml == NULL)
        return;
    if (yaml->has_document)
        yaml_document_delete(&yaml->document);
    ks_buf_release(&yaml->bytes);
    free(yaml);
}

/* libyaml's getters take documents that are not const, and change nothing. */
static yaml_document_t *document(const struct ks_yaml *yaml)
{
    union {
        const yaml_document_t *in;
        yaml_document_t *out;
    } u = {.in = &yaml->document};

    return u.out;
}

const struct yaml_node_s *ks_yaml_root(const struct ks_yaml *yaml)
{
    return yaml_document_get_root_node(document(yaml));
}

struct ks_span ks_yaml_bytes(const struct ks_yaml *yaml)
{
    return ks_buf_span(&yaml->bytes);
}

enum ks_rc ks_yaml_wrong(const struct ks_yaml *yaml,
                         const struct yaml_node_s *node, struct ks_err *err,
                         const char *format, ...)
{
    char words[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    return ks_fail(err, KS_EFORMAT, "%s:%zu:%zu: %s", yaml->path,
                   node->start_mark.line + 1, node->start_mark.column + 1,
                   words);
}

void *ks_yaml_alloc(const struct ks_yaml *yaml, size_t size)
{
    return ks_arena_alloc(yaml->arena, size == 0 ? 1 : size);
}

static struct ks_span scalar(const struct yaml_node_s *node)
{
    if (node->type != YAML_SCALAR_NODE)
        return (struct ks_span){NULL, 0};
    return (struct ks_span){node->data.scalar.value, node->data.scalar.length};
}

const char *ks_yaml_text(const struct ks_yaml *yaml,
                         const struct yaml_node_s *node)
{
    struct ks_span text = scalar(node);

    if (text.ptr == NULL || text.len == 0 ||
        memchr(text.ptr, 0, text.len) != NULL)
        return NULL;
    return ks_arena_text(yaml->arena, text);
}

size_t ks_yaml_length(const struct yaml_node_s *node)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return SIZE_MAX;
    return (size_t)(node->data.sequence.items.top -
                    node->data.sequence.items.start);
}

const struct yaml_node_s *ks_yaml_item(const struct ks_yaml *yaml,
                                       const struct yaml_node_s *node,
                                       size_t index)
{
    return yaml_document_get_node(document(yaml),
                                  node->data.sequence.items.start[index]);
}

static const char *path_text(const struct ks_yaml *yaml,
                             const struct yaml_node_s *node)
{
    const char *text = ks_yaml_text(yaml, node);
    size_t len;
    char *path;

    if (text == NULL || text[0] == '/' || strncmp(text, "credential:", 11) == 0)
        return text;
    len = strlen(text) + 1;
    path = ks_yaml_alloc(yaml, yaml->folder_len + len);
    if (path == NULL)
        return NULL;
    memcpy(path, yaml->path, yaml->folder_len);
    memcpy(path + yaml->folder_len, text, len);
    return path;
}

static enum ks_rc read_number(double *out, const struct ks_yaml *yaml,
                              const struct yaml_node_s *node, double least,
                              double most, struct ks_err *err)
{
    const char *text = ks_yaml_text(yaml, node);
    char *end = NULL;
    double value;

    if (text == NULL || strspn(text, "0123456789.") != strlen(text))
        return ks_yaml_wrong(yaml, node, err, "expected a number");
    value = strtod(text, &end);
    if (*end != '\0' || value < least || value > most)
        return ks_yaml_wrong(yaml, node, err, "expected a number from %g to %g",
                             least, most);
    *out = value;
    return KS_OK;
}

static enum ks_rc read_scaled(unsigned *out, const struct ks_yaml *yaml,
                              const struct yaml_node_s *node, double least,
                              double most, double scale, struct ks_err *err)
{
    double value = 0;
    enum ks_rc rc = read_number(&value, yaml, node, least, most, err);

    if (rc == KS_OK)
        *out = (unsigned)(value * scale + 0.5);
    return rc;
}

static enum ks_rc read_bool(bool *out, const struct ks_yaml *yaml,
                            const struct yaml_node_s *node, struct ks_err *err)
{
    struct ks_span text = scalar(node);

    if (!ks_span_equal(text, ks_span_str("true")) &&
        !ks_span_equal(text, ks_span_str("false")))
        return ks_yaml_wrong(yaml, node, err, "expected true or false");
    *out = text.ptr[0] == 't';
    return KS_OK;
}

static enum ks_rc read_texts(struct ks_texts *out, const struct ks_yaml *yaml,
                             const struct yaml_node_s *node, bool paths,
                             struct ks_err *err)
{
    size_t len = ks_yaml_length(node);
    const char **items;

    if (len == SIZE_MAX)
        return ks_yaml_wrong(yaml, node, err, "expected a list");
    items = ks_yaml_alloc(yaml, len * sizeof(*items));
    if (items == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < len; i++) {
        const struct yaml_node_s *item = ks_yaml_item(yaml, node, i);

        items[i] = paths ? path_text(yaml, item) : ks_yaml_text(yaml, item);
        if (items[i] == NULL)
            return ks_yaml_wrong(yaml, item, err, "expected a text");
    }
    *out = (struct ks_texts){items, len};
    return KS_OK;
}

static enum ks_rc read_text(const char **out, const struct ks_yaml *yaml,
                            const struct yaml_node_s *node, bool path,
                            struct ks_err *err)
{
    const char *text = path ? path_text(yaml, node) : ks_yaml_text(yaml, node);

    if (text == NULL)
        return ks_yaml_wrong(yaml, node, err, "expected a text");
    *out = text;
    return KS_OK;
}

static enum ks_rc read_value(void *into, const struct ks_yaml *yaml,
                             const struct yaml_node_s *node,
                             const struct ks_yaml_key *key, struct ks_err *err)
{
    void *at = (char *)into + key->at;

    switch (key->type) {
    case KS_YAML_TEXT:
    case KS_YAML_PATH:
        return read_text(at, yaml, node, key->type == KS_YAML_PATH, err);
    case KS_YAML_BOOL:
        return read_bool(at, yaml, node, err);
    case KS_YAML_COUNT:
        return read_scaled(at, yaml, node, 1, COUNT_MAX, 1, err);
    case KS_YAML_FRACTION:
        return read_scaled(at, yaml, node, 0, 1, 1000, err);
    case KS_YAML_MILLIS:
        return read_scaled(at, yaml, node, 0, COUNT_MAX, 1000, err);
    case KS_YAML_TEXTS:
    case KS_YAML_PATHS:
        return read_texts(at, yaml, node, key->type == KS_YAML_PATHS, err);
    case KS_YAML_OTHER:
        return key->read(into, yaml, node, err);
    }
    return KS_EINVAL;
}

static size_t find_key(const struct ks_yaml_key *keys, size_t count,
                       struct ks_span name)
{
    for (size_t i = 0; i < count; i++)
        if (ks_span_equal(name, ks_span_str(keys[i].name)))
            return i;
    return SIZE_MAX;
}

enum ks_rc ks_yaml_map(void *into, const struct ks_yaml *yaml,
                       const struct yaml_node_s *node,
                       const struct ks_yaml_key *keys, size_t count,
                       struct ks_err *err)
{
    bool seen[KEYS_MAX] = {false};

    if (node->type != YAML_MAPPING_NODE || count > KEYS_MAX)
        return ks_yaml_wrong(yaml, node, err, "expected keys and values");
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name =
            yaml_document_get_node(document(yaml), pair->key);
        struct ks_span text = scalar(name);
        size_t at = find_key(keys, count, text);
        enum ks_rc rc;

        if (at == SIZE_MAX)
            return ks_yaml_wrong(yaml, name, err, "unknown key \"%.*s\"",
                                 (int)(text.len > 60 ? 60 : text.len),
                                 text.ptr == NULL ? ""
                                                  : (const char *)text.ptr);
        if (seen[at])
            return ks_yaml_wrong(yaml, name, err, "\"%s\" comes twice",
                                 keys[at].name);
        seen[at] = true;
        rc = read_value(into, yaml,
                        yaml_document_get_node(document(yaml), pair->value),
                        &keys[at], err);
        if (rc != KS_OK)
            return rc;
    }
    return KS_OK;
}
