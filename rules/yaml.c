/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/yaml.h"

#include <string.h>
#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    struct ks_arena *arena;
    const char *name;
    struct ks_err *err;
    struct ks_yaml
        *open[KS_YAML_DEPTH_MAX]; /* lists and maps, outermost first */
    size_t depth;
    struct ks_yaml *root;
    size_t nodes;
    bool ended; /* the first document is over */
};

static struct ks_mark mark_of(yaml_mark_t mark)
{
    return (struct ks_mark){(unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

static enum ks_rc refuse(const struct reader *reader, enum ks_rc rc,
                         yaml_mark_t mark, const char *words)
{
    struct ks_mark at = mark_of(mark);

    return ks_fail(reader->err, rc, "%s:%u:%u: %s", reader->name, at.line,
                   at.column, words);
}

static enum ks_rc parser_failed(const struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;

    if (parser->error == YAML_MEMORY_ERROR)
        return ks_fail_memory(reader->err);
    if (parser->error == YAML_READER_ERROR)
        return ks_fail(reader->err, KS_EINVAL, "%s: byte %zu: %s", reader->name,
                       parser->problem_offset,
                       parser->problem == NULL ? "not text" : parser->problem);
    return refuse(reader, KS_EINVAL, parser->problem_mark,
                  parser->problem == NULL ? "not YAML" : parser->problem);
}

/* Hangs the node into the open list or map, or makes it the root. */
static enum ks_rc hang(struct reader *reader, struct ks_yaml *node,
                       yaml_mark_t mark)
{
    struct ks_yaml *parent;

    if (reader->depth == 0) {
        reader->root = node;
        return KS_OK;
    }
    parent = reader->open[reader->depth - 1];
    if (parent->kind == KS_YAML_MAP && parent->len % 2 == 0 &&
        node->kind != KS_YAML_SCALAR)
        return refuse(reader, KS_EINVAL, mark, "a key must be plain text");
    if (parent->last == NULL)
        parent->first = node;
    else
        parent->last->next = node;
    parent->last = node;
    parent->len++;
    return KS_OK;
}

static enum ks_rc node_new(struct ks_yaml **out, struct reader *reader,
                           enum ks_yaml_kind kind, yaml_mark_t mark)
{
    struct ks_yaml *node;

    if (++reader->nodes > KS_YAML_NODES_MAX)
        return refuse(reader, KS_ELIMIT, mark, "too many values in one file");
    node = ks_arena_alloc(reader->arena, sizeof(*node));
    if (node == NULL)
        return ks_fail_memory(reader->err);
    node->kind = kind;
    node->at = mark_of(mark);
    *out = node;
    return hang(reader, node, mark);
}

static enum ks_rc add_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct ks_span text = {event->data.scalar.value, event->data.scalar.length};
    struct ks_yaml *node;
    enum ks_rc rc;

    if (memchr(text.ptr, '\0', text.len) != NULL)
        return refuse(reader, KS_EINVAL, event->start_mark,
                      "a NUL byte in a text");
    rc = node_new(&node, reader, KS_YAML_SCALAR, event->start_mark);
    if (rc != KS_OK)
        return rc;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->text = ks_arena_text(reader->arena, text);
    return node->text == NULL ? ks_fail_memory(reader->err) : KS_OK;
}

static enum ks_rc open_node(struct reader *reader, const yaml_event_t *event,
                            enum ks_yaml_kind kind)
{
    struct ks_yaml *node;
    enum ks_rc rc;

    if (reader->depth == KS_YAML_DEPTH_MAX)
        return refuse(reader, KS_ELIMIT, event->start_mark, "nested too deep");
    rc = node_new(&node, reader, kind, event->start_mark);
    if (rc == KS_OK)
        reader->open[reader->depth++] = node;
    return rc;
}

static void close_node(struct reader *reader)
{
    struct ks_yaml *node = reader->open[--reader->depth];

    if (node->kind == KS_YAML_MAP)
        node->len /= 2;
}

/* Anchors and tags, of whatever kind of event, are not wanted. */
static bool is_decorated(const yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        return event->data.scalar.anchor != NULL ||
               event->data.scalar.tag != NULL;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return event->data.sequence_start.anchor != NULL ||
               event->data.sequence_start.tag != NULL;
    if (event->type == YAML_MAPPING_START_EVENT)
        return event->data.mapping_start.anchor != NULL ||
               event->data.mapping_start.tag != NULL;
    return event->type == YAML_ALIAS_EVENT;
}

static enum ks_rc take(struct reader *reader, const yaml_event_t *event)
{
    if (is_decorated(event))
        return refuse(reader, KS_EINVAL, event->start_mark,
                      "anchors, aliases and tags are not used here "
                      "(hint: write the value out)");
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return add_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(reader, event, KS_YAML_LIST);
    case YAML_MAPPING_START_EVENT:
        return open_node(reader, event, KS_YAML_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_node(reader);
        return KS_OK;
    case YAML_DOCUMENT_START_EVENT:
        return reader->ended ? refuse(reader, KS_EINVAL, event->start_mark,
                                      "a second document in one file")
                             : KS_OK;
    case YAML_DOCUMENT_END_EVENT:
        reader->ended = true;
        return KS_OK;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_ALIAS_EVENT:
        return KS_OK;
    }
    return KS_OK;
}

static enum ks_rc read_events(struct reader *reader)
{
    for (;;) {
        yaml_event_t event;
        yaml_event_type_t type;
        enum ks_rc rc;

        if (yaml_parser_parse(&reader->parser, &event) == 0)
            return parser_failed(reader);
        type = event.type;
        rc = take(reader, &event);
        yaml_event_delete(&event);
        if (rc != KS_OK || type == YAML_STREAM_END_EVENT)
            return rc;
    }
}

enum ks_rc ks_yaml_read(const struct ks_yaml **out, struct ks_arena *arena,
                        struct ks_span text, const char *name,
                        struct ks_err *err)
{
    struct reader reader = {.arena = arena, .name = name, .err = err};
    enum ks_rc rc;

    if (text.len > KS_YAML_BYTES_MAX)
        return ks_fail(err, KS_ELIMIT, "%s: larger than %d bytes", name,
                       KS_YAML_BYTES_MAX);
    if (yaml_parser_initialize(&reader.parser) == 0)
        return ks_fail_memory(err);
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &reader.parser, text.len == 0 ? (const unsigned char *)"" : text.ptr,
        text.len);
    rc = read_events(&reader);
    yaml_parser_delete(&reader.parser);
    if (rc == KS_OK)
        *out = reader.root;
    return rc;
}
