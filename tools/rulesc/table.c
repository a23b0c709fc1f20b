/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/rulesc/rulesc.h"

#include "base/map.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/*
 * Lists that hold the same are written once. Every function keeps the first
 * failure in `rc` and does nothing after it.
 */
KS_VEC(text_list, char *);

struct writer {
    struct ks_buf *out;
    struct ks_map lists;    /* a list's C text to its number */
    struct text_list texts; /* the keys of `lists` */
    enum ks_rc rc;
};

static void put(struct writer *writer, const char *text)
{
    if (writer->rc == KS_OK)
        writer->rc = ks_buf_add_str(writer->out, text);
}

static void put_number(struct writer *writer, uint64_t number)
{
    if (writer->rc == KS_OK)
        writer->rc = ks_buf_printf(writer->out, "%ju", (uintmax_t)number);
}

/* A C string literal, or NULL. */
static enum ks_rc add_literal(struct ks_buf *buf, const char *text)
{
    enum ks_rc rc = ks_buf_add_str(buf, text == NULL ? "NULL" : "\"");

    if (text == NULL)
        return rc;
    for (; rc == KS_OK && *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        /* Octal is at most three digits, so nothing can run on. */
        if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?')
            rc = ks_buf_printf(buf, "\\%03o", c);
        else
            rc = ks_buf_add_byte(buf, c);
    }
    return rc == KS_OK ? ks_buf_add_byte(buf, '"') : rc;
}

static void put_literal(struct writer *writer, const char *text)
{
    if (writer->rc == KS_OK)
        writer->rc = add_literal(writer->out, text);
}

static enum ks_rc list_body(struct ks_buf *body, struct ks_texts texts)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; rc == KS_OK && i < texts.len; i++) {
        rc = add_literal(body, texts.items[i]);
        if (rc == KS_OK)
            rc = ks_buf_add_str(body, ",\n    ");
    }
    return rc;
}

/* The number of a list with that body; writes the list when it is new. */
static size_t list_number(struct writer *writer, const char *body)
{
    size_t fresh = writer->texts.len;
    char *key = strdup(body);
    size_t *value;

    if (key == NULL || !KS_VEC_PUSH(&writer->texts, key)) {
        free(key);
        writer->rc = KS_ENOMEM;
        return 0;
    }
    value = ks_map_put(&writer->lists, ks_span_str(key), fresh);
    if (value == NULL) {
        writer->rc = KS_ENOMEM;
        return 0;
    }
    if (*value == fresh) {
        put(writer, "static const char *const list_");
        put_number(writer, fresh);
        put(writer, "[] = {\n    ");
        put(writer, body);
        put(writer, "};\n");
    }
    return *value;
}

static size_t put_list(struct writer *writer, struct ks_texts texts)
{
    struct ks_buf body;
    const char *text;
    size_t number = 0;

    if (texts.len == 0 || writer->rc != KS_OK)
        return 0;
    ks_buf_init(&body, writer->out->cap);
    writer->rc = list_body(&body, texts);
    text = ks_buf_text(&body);
    if (text == NULL)
        writer->rc = KS_ENOMEM;
    if (writer->rc == KS_OK)
        number = list_number(writer, text);
    ks_buf_release(&body);
    return number;
}

enum { LISTS = 8 };

/* The lists of a rule and the members that hold them. */
static void lists_of(struct ks_texts lists[LISTS], const char *names[LISTS],
                     const struct ks_rule *rule)
{
    static const char *const all[LISTS] = {
        "keywords",    "validators", "allow.regexes", "allow.stopwords",
        "allow.paths", "tags",       "remediation",   "references"};
    const struct ks_texts values[LISTS] = {
        rule->keywords,        rule->validators,  rule->allow.regexes,
        rule->allow.stopwords, rule->allow.paths, rule->tags,
        rule->remediation,     rule->references};

    memcpy(names, all, sizeof(all));
    memcpy(lists, values, sizeof(values));
}

static void put_parts(struct writer *writer, const struct ks_rule *rule,
                      size_t index)
{
    if (rule->parts.len == 0)
        return;
    put(writer, "static const struct ks_part parts_");
    put_number(writer, index);
    put(writer, "[] = {\n");
    for (size_t i = 0; i < rule->parts.len; i++) {
        const struct ks_part *part = &rule->parts.items[i];

        put(writer, "    {");
        put_literal(writer, part->rule);
        put(writer, ", ");
        put_number(writer, part->within_lines);
        put(writer, ", ");
        put_number(writer, part->within_bytes);
        put(writer, part->optional ? ", true},\n" : ", false},\n");
    }
    put(writer, "};\n");
}

static void put_text_member(struct writer *writer, const char *name,
                            const char *text)
{
    if (text == NULL)
        return;
    put(writer, "    .");
    put(writer, name);
    put(writer, " = ");
    put_literal(writer, text);
    put(writer, ",\n");
}

static void put_number_member(struct writer *writer, const char *name,
                              uint64_t number)
{
    if (number == 0)
        return;
    put(writer, "    .");
    put(writer, name);
    put(writer, " = ");
    put_number(writer, number);
    put(writer, ",\n");
}

static void put_list_member(struct writer *writer, const char *name,
                            size_t number, size_t len)
{
    if (len == 0)
        return;
    put(writer, "    .");
    put(writer, name);
    put(writer, " = {list_");
    put_number(writer, number);
    put(writer, ", ");
    put_number(writer, len);
    put(writer, "},\n");
}

static void put_texts(struct writer *writer, const struct ks_rule *rule)
{
    put_text_member(writer, "id", rule->id);
    put_text_member(writer, "provider", rule->provider);
    put_text_member(writer, "name", rule->name);
    put_text_member(writer, "description", rule->description);
    put_text_member(writer, "severity_reason", rule->severity_reason);
    put_text_member(writer, "pattern", rule->pattern);
    put_text_member(writer, "prefilter", rule->prefilter);
    put_text_member(writer, "revocation", rule->revocation);
}

static void put_numbers(struct writer *writer, const struct ks_rule *rule)
{
    put_number_member(writer, "severity", rule->severity);
    put_number_member(writer, "kind", rule->kind);
    put_number_member(writer, "generic", rule->generic);
    put_number_member(writer, "keywords_caseless", rule->keywords_caseless);
    put_number_member(writer, "named", rule->named);
    put_number_member(writer, "starts_at_keyword", rule->starts_at_keyword);
    put_number_member(writer, "run", rule->run);
    put_number_member(writer, "run_len", rule->run_len);
    put_number_member(writer, "window_before", rule->window_before);
    put_number_member(writer, "window_after", rule->window_after);
    put_number_member(writer, "demands.entropy_milli",
                      rule->demands.entropy_milli);
    put_number_member(writer, "demands.digits", rule->demands.digits);
    put_number_member(writer, "demands.upper", rule->demands.upper);
    put_number_member(writer, "demands.lower", rule->demands.lower);
    put_number_member(writer, "demands.special", rule->demands.special);
    put_number_member(writer, "demands.distinct", rule->demands.distinct);
    put_number_member(writer, "classifier", rule->classifier);
    put_number_member(writer, "part_only", rule->part_only);
}

static void put_rule(struct writer *writer, const struct ks_rule *rule,
                     size_t index)
{
    struct ks_texts lists[LISTS];
    const char *names[LISTS];
    size_t numbers[LISTS];

    lists_of(lists, names, rule);
    for (size_t i = 0; i < LISTS; i++)
        numbers[i] = put_list(writer, lists[i]);
    put_parts(writer, rule, index);
    put(writer, "static const struct ks_rule rule_");
    put_number(writer, index);
    put(writer, " = {\n");
    put_texts(writer, rule);
    put_numbers(writer, rule);
    for (size_t i = 0; i < LISTS; i++)
        put_list_member(writer, names[i], numbers[i], lists[i].len);
    if (rule->parts.len > 0) {
        put(writer, "    .parts = {parts_");
        put_number(writer, index);
        put(writer, ", ");
        put_number(writer, rule->parts.len);
        put(writer, "},\n");
    }
    put(writer, "};\n");
}

static void put_set(struct writer *writer, const struct ks_ruleset *set)
{
    put(writer, "static const struct ks_rule *const rules[] = {\n");
    for (size_t i = 0; i < set->len; i++) {
        put(writer, "    &rule_");
        put_number(writer, i);
        put(writer, ",\n");
    }
    put(writer, "    NULL,\n};\n"
                "const struct ks_ruleset *ks_rules_builtin(void)\n{\n"
                "    static const struct ks_ruleset set = {rules, ");
    put_number(writer, set->len);
    put(writer, "};\n\n    return &set;\n}\n");
}

enum ks_rc ks_rulesc_table(struct ks_buf *out, const struct ks_ruleset *set)
{
    struct writer writer = {.out = out};

    put(&writer, "/* Written by rulesc. */\n#include \"rules/rule.h\"\n");
    for (size_t i = 0; i < set->len; i++)
        put_rule(&writer, set->rules[i], i);
    put_set(&writer, set);
    for (size_t i = 0; i < writer.texts.len; i++)
        free(writer.texts.items[i]);
    KS_VEC_RELEASE(&writer.texts);
    ks_map_release(&writer.lists);
    return writer.rc;
}
