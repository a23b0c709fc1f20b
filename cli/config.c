/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/config.h"

#include "base/file.h"
#include "base/vec.h"
#include "rules/read.h"
#include "scanner/finding.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { IGNORE_BYTES = 16 * 1024 * 1024 };

enum { KEY_RULES, KEY_ALLOW, KEY_CONFIDENCE, KEYS };
static const char *const keys[KEYS] = {"rules", "allow", "confidence"};

enum { RULES_FILES, RULES_DISABLE, RULES_SEVERITY, RULES_KEYS };
static const char *const rules_keys[RULES_KEYS] = {"files", "disable",
                                                   "severity"};

/* The kinds come first, in the order of enum ks_allow_kind. */
enum {
    ALLOW_RULES = KS_ALLOW_KINDS,
    ALLOW_REASON,
    ALLOW_EXPIRES,
    ALLOW_KEYS,
};
static const char *const allow_keys[ALLOW_KEYS] = {
    "path",        "regex", "stopword", "commit",
    "fingerprint", "rules", "reason",   "expires"};

static const char *const levels[] = {"low", "medium", "high"};

struct reading {
    struct ks_config *config;
    struct ks_read read;
    const char *inside;
};

/* A path beside the configuration file, kept inside the scanned tree. */
static enum ks_rc add_rule_file(struct reading *r, const char *name,
                                struct ks_mark at)
{
    const char *slash = strrchr(r->read.file, '/');
    int folder = slash == NULL ? 0 : (int)(slash - r->read.file) + 1;
    char path[PATH_MAX], real[PATH_MAX], root[PATH_MAX];
    char *kept;

    if (*name == '/')
        folder = 0;
    (void)snprintf(path, sizeof(path), "%.*s%s", folder, r->read.file, name);
    if (r->inside != NULL &&
        (realpath(path, real) == NULL || realpath(r->inside, root) == NULL ||
         strncmp(real, root, strlen(root)) != 0 || real[strlen(root)] != '/'))
        return ks_read_fail(&r->read, at,
                            "a repository's configuration may name files of "
                            "that repository only; name others with --rules",
                            "'%s' is not a file inside the repository", name);
    kept = ks_arena_text(&r->config->arena, ks_span_str(path));
    if (kept == NULL || !KS_VEC_PUSH(&r->config->rule_files, kept))
        return ks_fail_memory(r->read.err);
    return KS_OK;
}

static enum ks_rc read_severities(struct reading *r, const struct ks_yaml *map)
{
    static const char *const names[] = {"low", "medium", "high", "critical"};

    if (map->kind != KS_YAML_MAP)
        return ks_read_fail(&r->read, map->at, "write RULE-ID: LEVEL",
                            "'severity' must be a map");
    for (const struct ks_yaml *key = map->first; key != NULL;
         key = key->next->next) {
        struct ks_override override = {.rule = key->text, .at = key->at};
        unsigned level = 0;
        enum ks_rc rc =
            ks_read_choice(&level, &r->read, key->next, "severity", names, 4);

        if (rc != KS_OK)
            return rc;
        override.severity = (enum ks_severity)level;
        if (!KS_VEC_PUSH(&r->config->overrides, override))
            return ks_fail_memory(r->read.err);
    }
    return KS_OK;
}

static enum ks_rc read_rules(struct reading *r, const struct ks_yaml *map)
{
    const struct ks_yaml *values[RULES_KEYS] = {NULL};
    struct ks_texts texts = {0};
    enum ks_rc rc =
        ks_read_map(values, &r->read, map, "rules", rules_keys, RULES_KEYS);

    if (rc == KS_OK && values[RULES_FILES] != NULL) {
        rc = ks_read_texts(&texts, &r->read, values[RULES_FILES], "files");
        for (size_t i = 0; i < texts.len && rc == KS_OK; i++)
            rc = add_rule_file(r, texts.items[i], values[RULES_FILES]->at);
    }
    texts.len = 0;
    if (rc == KS_OK && values[RULES_DISABLE] != NULL)
        rc = ks_read_texts(&texts, &r->read, values[RULES_DISABLE], "disable");
    for (size_t i = 0; i < texts.len && rc == KS_OK; i++)
        if (!KS_VEC_PUSH(&r->config->disabled, texts.items[i]))
            rc = ks_fail_memory(r->read.err);
    if (rc == KS_OK && values[RULES_SEVERITY] != NULL)
        rc = read_severities(r, values[RULES_SEVERITY]);
    return rc;
}

/* A day as YYYY-MM-DD; the entry holds until it has passed, in UTC. */
static enum ks_rc read_day(int64_t *out, struct reading *r,
                           const struct ks_yaml *node)
{
    const char *text = NULL;
    struct tm day = {0};
    const char *end;
    int wanted;
    enum ks_rc rc = ks_read_text(&text, &r->read, node, "expires");

    if (rc != KS_OK)
        return rc;
    end = strptime(text, "%Y-%m-%d", &day);
    wanted = day.tm_mday;
    *out = (int64_t)timegm(&day) + 24 * 60 * 60;
    /* timegm makes the second of March of a thirtieth of February. */
    if (end == NULL || *end != '\0' || day.tm_mday != wanted)
        return ks_read_fail(&r->read, node->at, "write a day as 2030-12-31",
                            "'%s' is not a day", text);
    return KS_OK;
}

static bool is_hex(const char *text, size_t least, size_t most)
{
    size_t len = strspn(text, "0123456789abcdef");

    return text[len] == '\0' && len >= least && len <= most;
}

/* What could never fit anything was mistyped. */
static enum ks_rc check_entry(struct reading *r, const struct ks_yaml *node,
                              const struct ks_allow_entry *entry)
{
    if (entry->kind == KS_ALLOW_COMMIT &&
        !is_hex(entry->value, KS_SHORTEST_COMMIT, KS_OID_HEX - 1))
        return ks_read_fail(&r->read, node->at,
                            "write its full id, or the first 7 and more digits",
                            "'%.64s' is not the id of a commit", entry->value);
    if (entry->kind == KS_ALLOW_FINGERPRINT &&
        strchr(entry->value, ':') == NULL &&
        !is_hex(entry->value, KS_FINDING_ID - 1, KS_FINDING_ID - 1))
        return ks_read_fail(&r->read, node->at,
                            "write the id of a finding, or FILE:RULE:LINE",
                            "'%.64s' is not a fingerprint", entry->value);
    return KS_OK;
}

static enum ks_rc read_entry(struct reading *r, const struct ks_yaml *map)
{
    const struct ks_yaml *values[ALLOW_KEYS] = {NULL};
    struct ks_allow_entry entry = {.file = r->read.file, .at = map->at};
    size_t given = 0;
    enum ks_rc rc = ks_read_map(values, &r->read, map, "an allow entry",
                                allow_keys, ALLOW_KEYS);

    for (size_t kind = 0; kind < KS_ALLOW_KINDS && rc == KS_OK; kind++) {
        if (values[kind] == NULL)
            continue;
        given++;
        entry.kind = (enum ks_allow_kind)kind;
        rc = ks_read_text(&entry.value, &r->read, values[kind],
                          allow_keys[kind]);
        if (rc == KS_OK)
            rc = check_entry(r, values[kind], &entry);
    }
    if (rc == KS_OK && given != 1)
        return ks_read_fail(&r->read, map->at,
                            "make an entry of each that is to hold alone",
                            "an allow entry needs exactly one of path, regex, "
                            "stopword, commit, fingerprint");
    if (rc == KS_OK && values[ALLOW_RULES] != NULL)
        rc =
            ks_read_texts(&entry.rules, &r->read, values[ALLOW_RULES], "rules");
    if (rc == KS_OK && values[ALLOW_REASON] != NULL)
        rc = ks_read_text(&entry.reason, &r->read, values[ALLOW_REASON],
                          "reason");
    if (rc == KS_OK && values[ALLOW_EXPIRES] != NULL)
        rc = read_day(&entry.expires, r, values[ALLOW_EXPIRES]);
    if (rc == KS_OK && !KS_VEC_PUSH(&r->config->allow, entry))
        rc = ks_fail_memory(r->read.err);
    return rc;
}

static enum ks_rc read_document(struct reading *r, const struct ks_yaml *map)
{
    const struct ks_yaml *values[KEYS] = {NULL};
    enum ks_rc rc =
        ks_read_map(values, &r->read, map, "the configuration", keys, KEYS);

    if (rc == KS_OK && values[KEY_RULES] != NULL)
        rc = read_rules(r, values[KEY_RULES]);
    if (rc == KS_OK && values[KEY_CONFIDENCE] != NULL) {
        unsigned level = 0;

        rc = ks_read_choice(&level, &r->read, values[KEY_CONFIDENCE],
                            "confidence", levels, 3);
        if (rc == KS_OK)
            r->config->confidence = levels[level];
    }
    if (rc == KS_OK && values[KEY_ALLOW] != NULL) {
        const struct ks_yaml *list = values[KEY_ALLOW];

        if (list->kind != KS_YAML_LIST)
            return ks_read_fail(&r->read, list->at, "begin each entry with '-'",
                                "'allow' must be a list");
        for (const struct ks_yaml *item = list->first;
             item != NULL && rc == KS_OK; item = item->next)
            rc = read_entry(r, item);
    }
    return rc;
}

/* A link could lead out of the tree, to what errors must not quote. */
static enum ks_rc read_of_tree(struct ks_buf *out, const char *path,
                               struct ks_err *err)
{
    enum ks_rc rc = ks_file_read_plain(out, path, err);

    return rc != KS_EINVAL
               ? rc
               : ks_fail(err, rc,
                         "%s: must be a regular file of the tree, not a link "
                         "(name one elsewhere with --config, or leave it out "
                         "with --no-trust-repo-config)",
                         path);
}

enum ks_rc ks_config_read(struct ks_config *config, const char *path,
                          const char *inside, struct ks_err *err)
{
    const struct ks_yaml *document = NULL;
    char *name = ks_arena_text(&config->arena, ks_span_str(path));
    struct reading r = {config, {name, &config->arena, err}, inside};
    struct ks_buf text;
    enum ks_rc rc;

    if (name == NULL)
        return ks_fail_memory(err);
    ks_buf_init(&text, KS_YAML_BYTES_MAX);
    rc = inside == NULL ? ks_file_read(&text, path, err)
                        : read_of_tree(&text, path, err);
    if (rc == KS_OK)
        rc = ks_yaml_read(&document, &config->arena, ks_buf_span(&text), name,
                          err);
    ks_buf_release(&text);
    if (rc == KS_OK && document != NULL)
        rc = read_document(&r, document);
    return rc;
}

static enum ks_rc add_ignore_line(struct ks_config *config, struct ks_span line,
                                  const char *file, unsigned number,
                                  struct ks_err *err)
{
    struct ks_allow_entry entry = {.kind = KS_ALLOW_FINGERPRINT,
                                   .reason = "listed in .gitleaksignore",
                                   .file = file,
                                   .at = {number, 1}};

    while (line.len > 0 &&
           (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\r'))
        line.len--;
    if (line.len == 0 || line.ptr[0] == '#')
        return KS_OK;
    entry.value = ks_arena_text(&config->arena, line);
    if (entry.value == NULL || !KS_VEC_PUSH(&config->allow, entry))
        return ks_fail_memory(err);
    return KS_OK;
}

enum ks_rc ks_config_read_ignore(struct ks_config *config, const char *path,
                                 struct ks_err *err)
{
    char *name = ks_arena_text(&config->arena, ks_span_str(path));
    unsigned number = 0;
    struct ks_buf text;
    enum ks_rc rc;

    if (name == NULL)
        return ks_fail_memory(err);
    ks_buf_init(&text, IGNORE_BYTES);
    rc = read_of_tree(&text, path, err);
    for (size_t at = 0; at < text.len && rc == KS_OK;) {
        size_t end = ks_span_find(ks_buf_span(&text), at, ks_span_str("\n"));

        if (end == SIZE_MAX)
            end = text.len;
        rc = add_ignore_line(config, ks_span_slice(ks_buf_span(&text), at, end),
                             name, ++number, err);
        at = end + 1;
    }
    ks_buf_release(&text);
    return rc;
}

void ks_config_release(struct ks_config *config)
{
    KS_VEC_RELEASE(&config->rule_files);
    KS_VEC_RELEASE(&config->disabled);
    KS_VEC_RELEASE(&config->overrides);
    KS_VEC_RELEASE(&config->allow);
    ks_arena_release(&config->arena);
    *config = (struct ks_config){0};
}
