/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/load.h"

#include "base/file.h"
#include "base/vec.h"
#include "rules/build.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { RULES_MAX = 20000, PATH_BYTES = 4096 };

KS_VEC(rule_list, const struct ks_rule *);

struct ks_rules {
    struct ks_arena arena;  /* texts and rules that were read */
    struct rule_list rules; /* in byte order of their ids */
    struct ks_ruleset set;
};

enum ks_rc ks_rules_new(struct ks_rules **out, struct ks_err *err)
{
    struct ks_rules *rules = calloc(1, sizeof(*rules));

    if (rules == NULL)
        return ks_fail_memory(err);
    *out = rules;
    return KS_OK;
}

void ks_rules_free(struct ks_rules *rules)
{
    if (rules == NULL)
        return;
    KS_VEC_RELEASE(&rules->rules);
    ks_arena_release(&rules->arena);
    free(rules);
}

const struct ks_ruleset *ks_rules_set(struct ks_rules *rules)
{
    rules->set = (struct ks_ruleset){rules->rules.items, rules->rules.len};
    return &rules->set;
}

/* Where a rule of that id is or belongs. */
static size_t place_of(const struct ks_rules *rules, const char *id)
{
    size_t low = 0;
    size_t high = rules->rules.len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(rules->rules.items[middle]->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The rule of that id, or NULL. */
static const struct ks_rule *rule_at(const struct ks_rules *rules, size_t place,
                                     const char *id)
{
    if (place == rules->rules.len ||
        strcmp(rules->rules.items[place]->id, id) != 0)
        return NULL;
    return rules->rules.items[place];
}

static enum ks_rc insert(struct ks_rules *rules, size_t place,
                         const struct ks_rule *rule, struct ks_err *err)
{
    const struct ks_rule **items;

    if (rules->rules.len == RULES_MAX)
        return ks_fail(err, KS_ELIMIT, "more than %d rules", RULES_MAX);
    if (!KS_VEC_PUSH(&rules->rules, rule))
        return ks_fail_memory(err);
    items = rules->rules.items;
    memmove(items + place + 1, items + place,
            (rules->rules.len - 1 - place) * sizeof(*items));
    items[place] = rule;
    return KS_OK;
}

enum ks_rc ks_rules_add_set(struct ks_rules *rules,
                            const struct ks_ruleset *set, struct ks_err *err)
{
    for (size_t i = 0; i < set->len; i++) {
        const struct ks_rule *rule = set->rules[i];
        size_t place = place_of(rules, rule->id);
        enum ks_rc rc;

        if (rule_at(rules, place, rule->id) != NULL)
            return ks_fail(err, KS_EINVAL, "there is a rule \"%s\" already",
                           rule->id);
        rc = insert(rules, place, rule, err);
        if (rc != KS_OK)
            return rc;
    }
    return KS_OK;
}

static enum ks_rc add_rule(struct ks_rules *rules, const struct ks_read *read,
                           const struct ks_rule *rule)
{
    size_t place = place_of(rules, rule->id);
    const struct ks_rule *other = rule_at(rules, place, rule->id);

    if (other == NULL)
        return insert(rules, place, rule, read->err);
    if (other->file == NULL)
        return ks_read_fail(read, rule->at, "disable the built-in one first",
                            "rule \"%s\" is built in already", rule->id);
    return ks_read_fail(read, rule->at, NULL,
                        "rule \"%s\" is there already, at %s:%u:%u", rule->id,
                        other->file, other->at.line, other->at.column);
}

static enum ks_rc add_rules(struct ks_rules *rules, const struct ks_read *read,
                            const struct ks_yaml *list,
                            const struct ks_yaml *defaults,
                            const char *provider)
{
    enum ks_rc rc = KS_OK;

    if (list->kind != KS_YAML_LIST)
        return ks_read_fail(read, list->at, "each begins with \"- id: …\"",
                            "rules must be a list");
    for (const struct ks_yaml *item = list->first; rc == KS_OK && item != NULL;
         item = item->next) {
        struct ks_rule *rule;

        rc = ks_build_rule(&rule, read, item, defaults, provider);
        if (rc == KS_OK)
            rc = add_rule(rules, read, rule);
    }
    return rc;
}

static enum ks_rc add_document(struct ks_rules *rules,
                               const struct ks_read *read,
                               const struct ks_yaml *root)
{
    static const char *const keys[] = {"provider", "defaults", "rules"};
    const struct ks_yaml *values[3] = {NULL};
    const char *provider = NULL;
    enum ks_rc rc;

    if (root == NULL)
        return ks_read_fail(read, (struct ks_mark){1, 1}, NULL,
                            "the file is empty");
    rc = ks_read_map(values, read, root, "a rule file", keys, 3);
    if (rc == KS_OK && values[0] != NULL)
        rc = ks_read_text(&provider, read, values[0], "provider");
    if (rc != KS_OK)
        return rc;
    if (values[2] == NULL)
        return ks_read_fail(read, root->at, NULL, "the file has no rules");
    return add_rules(rules, read, values[2], values[1], provider);
}

enum ks_rc ks_rules_add_text(struct ks_rules *rules, struct ks_span text,
                             const char *name, struct ks_err *err)
{
    struct ks_read read = {.arena = &rules->arena, .err = err};
    const struct ks_yaml *root;
    enum ks_rc rc;

    read.file = ks_arena_text(&rules->arena, ks_span_str(name));
    if (read.file == NULL)
        return ks_fail_memory(err);
    rc = ks_yaml_read(&root, &rules->arena, text, read.file, err);
    return rc == KS_OK ? add_document(rules, &read, root) : rc;
}

enum ks_rc ks_rules_add_file(struct ks_rules *rules, const char *path,
                             struct ks_err *err)
{
    struct ks_buf buf;
    enum ks_rc rc;

    ks_buf_init(&buf, KS_YAML_BYTES_MAX);
    rc = ks_file_read(&buf, path, err);
    if (rc == KS_OK)
        rc = ks_rules_add_text(rules, ks_buf_span(&buf), path, err);
    ks_buf_release(&buf);
    return rc;
}

static int is_rule_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 4 &&
           strcmp(entry->d_name + len - 4, ".yml") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum ks_rc add_entry(struct ks_rules *rules, const char *folder,
                            const char *name, struct ks_err *err)
{
    char path[PATH_BYTES];
    int len = snprintf(path, sizeof(path), "%s/%s", folder, name);

    if (len < 0 || (size_t)len >= sizeof(path))
        return ks_fail(err, KS_ELIMIT, "%s/%s: the path is too long", folder,
                       name);
    return ks_rules_add_file(rules, path, err);
}

enum ks_rc ks_rules_add_dir(struct ks_rules *rules, const char *path,
                            struct ks_err *err)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_rule_file, by_bytes);
    enum ks_rc rc = KS_OK;

    if (count < 0)
        return ks_fail(err, errno == ENOENT ? KS_ENOENT : KS_EIO, "open %s: %s",
                       path, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (rc == KS_OK)
            rc = add_entry(rules, path, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

/* The id that is nearest to a word, or NULL. */
static const char *similar(const struct ks_rules *rules, const char *id)
{
    const char *nearest = NULL;

    for (size_t i = 0; i < rules->rules.len && nearest == NULL; i++)
        nearest = ks_read_nearest(id, &rules->rules.items[i]->id, 1);
    for (size_t i = 0; i < rules->rules.len && nearest == NULL; i++)
        if (strstr(rules->rules.items[i]->id, id) != NULL)
            nearest = rules->rules.items[i]->id;
    return nearest;
}

enum ks_rc ks_rules_disable(struct ks_rules *rules, const char *id,
                            struct ks_err *err)
{
    size_t place = place_of(rules, id);
    const char *near;

    if (rule_at(rules, place, id) != NULL) {
        rules->rules.len--;
        memmove(rules->rules.items + place, rules->rules.items + place + 1,
                (rules->rules.len - place) * sizeof(*rules->rules.items));
        return KS_OK;
    }
    near = similar(rules, id);
    if (near == NULL)
        return ks_fail(err, KS_ENOENT, "there is no rule \"%.64s\"", id);
    return ks_fail(err, KS_ENOENT,
                   "there is no rule \"%.64s\" (hint: did you mean \"%s\"?)",
                   id, near);
}
