/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/build.h"

#include "rules/regex.h"
#include "rules/template.h"

#include <ctype.h>
#include <string.h>

enum { KEYWORD_MIN = 3, KEYWORD_MAX = 64, ID_MAX = 80 };

enum key {
    KEY_ID,
    KEY_PROVIDER,
    KEY_NAME,
    KEY_SEVERITY,
    KEY_SEVERITY_REASON,
    KEY_DESCRIPTION,
    KEY_PATTERN,
    KEY_TEMPLATE,
    KEY_TOKEN,
    KEY_GENERIC,
    KEY_KEYWORDS,
    KEY_PREFILTER,
    KEY_WINDOW,
    KEY_ENTROPY,
    KEY_DEMANDS,
    KEY_VALIDATORS,
    KEY_CLASSIFIER,
    KEY_ALLOW,
    KEY_REQUIRES,
    KEY_PART_ONLY,
    KEY_TAGS,
    KEY_REVOCATION,
    KEY_REMEDIATION,
    KEY_REFERENCES,
    KEY_EXAMPLES,
    KEY_COUNTEREXAMPLES,
    KEYS,
};

static const char *const keys[KEYS] = {
    [KEY_ID] = "id",
    [KEY_PROVIDER] = "provider",
    [KEY_NAME] = "name",
    [KEY_SEVERITY] = "severity",
    [KEY_SEVERITY_REASON] = "severity_reason",
    [KEY_DESCRIPTION] = "description",
    [KEY_PATTERN] = "pattern",
    [KEY_TEMPLATE] = "template",
    [KEY_TOKEN] = "token",
    [KEY_GENERIC] = "generic",
    [KEY_KEYWORDS] = "keywords",
    [KEY_PREFILTER] = "prefilter",
    [KEY_WINDOW] = "window",
    [KEY_ENTROPY] = "entropy",
    [KEY_DEMANDS] = "demands",
    [KEY_VALIDATORS] = "validators",
    [KEY_CLASSIFIER] = "classifier",
    [KEY_ALLOW] = "allow",
    [KEY_REQUIRES] = "requires",
    [KEY_PART_ONLY] = "part_only",
    [KEY_TAGS] = "tags",
    [KEY_REVOCATION] = "revocation",
    [KEY_REMEDIATION] = "remediation",
    [KEY_REFERENCES] = "references",
    [KEY_EXAMPLES] = "examples",
    [KEY_COUNTEREXAMPLES] = "counterexamples",
};

struct build {
    const struct ks_read *read;
    const struct ks_yaml *node;
    const struct ks_yaml *values[KEYS]; /* NULL where nothing is said */
    struct ks_rule *rule;
};

/* -- single values ------------------------------------------------------ */

static enum ks_rc read_severity(struct build *build)
{
    static const char *const names[] = {"low", "medium", "high", "critical"};
    unsigned at = 0;
    enum ks_rc rc = ks_read_choice(
        &at, build->read, build->values[KEY_SEVERITY], "severity", names, 4);

    build->rule->severity = (enum ks_severity)at;
    return rc;
}

static enum ks_rc read_classifier(struct build *build)
{
    static const char *const names[] = {"none", "advise", "required"};
    unsigned at = 0;
    enum ks_rc rc = KS_OK;

    if (build->values[KEY_CLASSIFIER] != NULL)
        rc = ks_read_choice(&at, build->read, build->values[KEY_CLASSIFIER],
                            "classifier", names, 3);
    build->rule->classifier = (enum ks_advice)at;
    return rc;
}

static enum ks_rc read_window(struct build *build)
{
    static const char *const names[] = {"before", "after"};
    const struct ks_yaml *sides[2] = {NULL, NULL};
    const struct ks_yaml *node = build->values[KEY_WINDOW];
    struct ks_rule *rule = build->rule;
    enum ks_rc rc;

    if (node == NULL)
        return KS_OK;
    rc = ks_read_map(sides, build->read, node, "window", names, 2);
    if (rc != KS_OK)
        return rc;
    if (sides[0] == NULL || sides[1] == NULL)
        return ks_read_fail(build->read, node->at,
                            "window: {before: 40, after: 200}",
                            "window needs both before and after");
    rc = ks_read_number(&rule->window_before, build->read, sides[0], "before",
                        1, KS_RULE_WINDOW_MAX);
    if (rc == KS_OK)
        rc = ks_read_number(&rule->window_after, build->read, sides[1], "after",
                            1, KS_RULE_WINDOW_MAX);
    return rc;
}

static enum ks_rc read_demands(struct build *build)
{
    static const char *const names[] = {"digits", "upper", "lower", "special",
                                        "distinct"};
    const struct ks_yaml *values[5] = {NULL};
    struct ks_demands *demands = &build->rule->demands;
    unsigned *const targets[] = {&demands->digits, &demands->upper,
                                 &demands->lower, &demands->special,
                                 &demands->distinct};
    enum ks_rc rc = KS_OK;

    if (build->values[KEY_ENTROPY] != NULL)
        rc = ks_read_milli(&demands->entropy_milli, build->read,
                           build->values[KEY_ENTROPY], "entropy", 8);
    if (rc == KS_OK && build->values[KEY_DEMANDS] != NULL)
        rc = ks_read_map(values, build->read, build->values[KEY_DEMANDS],
                         "demands", names, 5);
    for (size_t i = 0; rc == KS_OK && i < 5; i++)
        if (values[i] != NULL)
            rc = ks_read_number(targets[i], build->read, values[i], names[i], 0,
                                255);
    return rc;
}

static enum ks_rc read_allow(struct build *build)
{
    static const char *const names[] = {"regexes", "stopwords", "paths"};
    const struct ks_yaml *values[3] = {NULL};
    struct ks_allow *allow = &build->rule->allow;
    struct ks_texts *const targets[] = {&allow->regexes, &allow->stopwords,
                                        &allow->paths};
    enum ks_rc rc = KS_OK;

    if (build->values[KEY_ALLOW] != NULL)
        rc = ks_read_map(values, build->read, build->values[KEY_ALLOW], "allow",
                         names, 3);
    for (size_t i = 0; rc == KS_OK && i < 3; i++)
        if (values[i] != NULL)
            rc = ks_read_texts(targets[i], build->read, values[i], names[i]);
    return rc;
}

static enum ks_rc read_part(struct ks_part *part, const struct ks_read *read,
                            const struct ks_yaml *node)
{
    static const char *const names[] = {"rule", "within_lines", "within_bytes",
                                        "optional"};
    const struct ks_yaml *values[4] = {NULL};
    enum ks_rc rc = ks_read_map(values, read, node, "requires", names, 4);

    if (rc != KS_OK)
        return rc;
    if (values[0] == NULL)
        return ks_read_fail(read, node->at, "{rule: other-id, within_lines: 5}",
                            "a required part needs its rule");
    rc = ks_read_text(&part->rule, read, values[0], "rule");
    if (rc == KS_OK && values[1] != NULL)
        rc = ks_read_number(&part->within_lines, read, values[1],
                            "within_lines", 0, 1000);
    if (rc == KS_OK && values[2] != NULL)
        rc = ks_read_number(&part->within_bytes, read, values[2],
                            "within_bytes", 0, KS_RULE_WINDOW_MAX);
    if (rc == KS_OK && values[3] != NULL)
        rc = ks_read_bool(&part->optional, read, values[3], "optional");
    return rc;
}

static enum ks_rc read_parts(struct build *build)
{
    const struct ks_yaml *node = build->values[KEY_REQUIRES];
    const struct ks_yaml *item;
    struct ks_part *parts;
    size_t len = 0;
    enum ks_rc rc = KS_OK;

    if (node == NULL)
        return KS_OK;
    if (node->kind != KS_YAML_LIST || node->len == 0)
        return ks_read_fail(build->read, node->at,
                            "- {rule: other-id, within_lines: 5}",
                            "requires must be a list of parts");
    parts = ks_arena_alloc(build->read->arena, node->len * sizeof(*parts));
    if (parts == NULL)
        return ks_fail_memory(build->read->err);
    for (item = node->first; rc == KS_OK && item != NULL; item = item->next)
        rc = read_part(&parts[len++], build->read, item);
    build->rule->parts = (struct ks_parts){parts, len};
    return rc;
}

/* -- texts and lists ---------------------------------------------------- */

static enum ks_rc read_all_texts(struct build *build)
{
    struct ks_rule *rule = build->rule;
    const struct {
        enum key key;
        const char **target;
    } texts[] = {
        {KEY_ID, &rule->id},
        {KEY_PROVIDER, &rule->provider},
        {KEY_NAME, &rule->name},
        {KEY_SEVERITY_REASON, &rule->severity_reason},
        {KEY_DESCRIPTION, &rule->description},
        {KEY_PATTERN, &rule->pattern},
        {KEY_PREFILTER, &rule->prefilter},
        {KEY_REVOCATION, &rule->revocation},
    };
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; rc == KS_OK && i < sizeof(texts) / sizeof(*texts); i++)
        if (build->values[texts[i].key] != NULL)
            rc = ks_read_text(texts[i].target, build->read,
                              build->values[texts[i].key], keys[texts[i].key]);
    return rc;
}

static enum ks_rc read_all_lists(struct build *build)
{
    struct ks_rule *rule = build->rule;
    const struct {
        enum key key;
        struct ks_texts *target;
    } lists[] = {
        {KEY_KEYWORDS, &rule->keywords},
        {KEY_VALIDATORS, &rule->validators},
        {KEY_TAGS, &rule->tags},
        {KEY_REMEDIATION, &rule->remediation},
        {KEY_REFERENCES, &rule->references},
    };
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; rc == KS_OK && i < sizeof(lists) / sizeof(*lists); i++)
        if (build->values[lists[i].key] != NULL)
            rc = ks_read_texts(lists[i].target, build->read,
                               build->values[lists[i].key], keys[lists[i].key]);
    if (rc == KS_OK && build->values[KEY_EXAMPLES] != NULL)
        rc = ks_read_samples(&rule->examples, build->read,
                             build->values[KEY_EXAMPLES], "examples");
    if (rc == KS_OK && build->values[KEY_COUNTEREXAMPLES] != NULL)
        rc = ks_read_samples(&rule->counterexamples, build->read,
                             build->values[KEY_COUNTEREXAMPLES],
                             "counterexamples");
    return rc;
}

/* -- what must hold ----------------------------------------------------- */

static bool id_is_well_formed(const char *id)
{
    size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return id[len] == '\0' && len <= ID_MAX && id[0] != '-' &&
           id[len - 1] != '-' && strstr(id, "--") == NULL;
}

static enum ks_rc check_required(const struct build *build)
{
    static const enum key required[] = {KEY_ID, KEY_NAME, KEY_SEVERITY};

    for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++)
        if (build->values[required[i]] == NULL)
            return ks_read_fail(build->read, build->node->at, NULL,
                                "the rule has no %s", keys[required[i]]);
    if (build->rule->provider == NULL)
        return ks_read_fail(build->read, build->node->at,
                            "say it once at the top of the file",
                            "the rule has no provider");
    if (!id_is_well_formed(build->rule->id))
        return ks_read_fail(build->read, build->values[KEY_ID]->at,
                            "a-z, 0-9 and single dashes",
                            "\"%.64s\" is not a rule id", build->rule->id);
    return KS_OK;
}

static enum ks_rc check_keywords(const struct build *build)
{
    const struct ks_yaml *item;

    if (build->values[KEY_KEYWORDS] == NULL)
        return KS_OK;
    for (item = build->values[KEY_KEYWORDS]->first; item != NULL;
         item = item->next) {
        size_t len = strlen(item->text);

        if (len < KEYWORD_MIN || len > KEYWORD_MAX)
            return ks_read_fail(build->read, item->at,
                                "longer is rarer, and rarer is faster",
                                "keyword \"%.64s\" must have %d to %d bytes",
                                item->text, KEYWORD_MIN, KEYWORD_MAX);
    }
    return KS_OK;
}

/* Keys that the rule's way of finding has no use for. */
static enum ks_rc refuse_keys(const struct build *build, const char *way,
                              const enum key *unwanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (build->values[unwanted[i]] != NULL)
            return ks_read_fail(build->read, build->values[unwanted[i]]->at,
                                NULL, "%s has no use for %s", way,
                                keys[unwanted[i]]);
    return KS_OK;
}

/* -- the three ways ----------------------------------------------------- */

static enum ks_rc build_generic(struct build *build)
{
    static const char *const names[KS_CLASSES] = {"password",   "key",  "token",
                                                  "connection", "hash", "uuid"};
    static const enum key unwanted[] = {KEY_KEYWORDS, KEY_PREFILTER, KEY_WINDOW,
                                        KEY_TOKEN};
    unsigned at = 0;
    enum ks_rc rc = refuse_keys(build, "a generic rule", unwanted, 4);

    if (rc == KS_OK)
        rc = ks_read_choice(&at, build->read, build->values[KEY_GENERIC],
                            "generic class", names, KS_CLASSES);
    build->rule->kind = KS_RULE_GENERIC;
    build->rule->generic = (enum ks_secret_class)at;
    return rc;
}

static enum ks_rc build_template(struct build *build)
{
    static const char *const names[] = {
        [KS_TEMPLATE_ASSIGNED] = "assigned", [KS_TEMPLATE_NAMED] = "named"};
    static const enum key unwanted[] = {KEY_PREFILTER, KEY_WINDOW};
    const struct ks_yaml *token = build->values[KEY_TOKEN];
    const char *text;
    unsigned at = 0;
    enum ks_rc rc = refuse_keys(build, "a template rule", unwanted, 2);

    if (rc == KS_OK)
        rc = ks_read_choice(&at, build->read, build->values[KEY_TEMPLATE],
                            "template", names, 2);
    if (rc != KS_OK)
        return rc;
    if (token == NULL || build->rule->keywords.len == 0)
        return ks_read_fail(build->read, build->values[KEY_TEMPLATE]->at,
                            "keywords: [provider], token: '[0-9a-f]{32}'",
                            "a template needs keywords and token");
    rc = ks_read_text(&text, build->read, token, "token");
    if (rc != KS_OK)
        return rc;
    build->rule->pattern_at = token->at;
    return ks_template_write(build->rule, (enum ks_template)at, text, token->at,
                             build->values[KEY_ENTROPY] != NULL ||
                                 build->values[KEY_DEMANDS] != NULL,
                             build->read);
}

static enum ks_rc build_pattern(struct build *build)
{
    static const enum key unwanted[] = {KEY_TOKEN};
    struct ks_rule *rule = build->rule;

    rule->pattern_at = build->values[KEY_PATTERN]->at;
    if (rule->keywords.len == 0 && rule->prefilter == NULL)
        return ks_read_fail(build->read, rule->pattern_at,
                            "keywords: [literal that every match holds]",
                            "the pattern has neither keywords nor prefilter");
    if (rule->prefilter != NULL) {
        rule->prefilter_at = build->values[KEY_PREFILTER]->at;
        if (rule->keywords.len > 0)
            return ks_read_fail(build->read, rule->prefilter_at,
                                "keywords are faster",
                                "keywords or prefilter, not both");
    }
    rule->keywords_caseless = ks_regex_has_caseless(rule->pattern);
    return refuse_keys(build, "a pattern rule", unwanted, 1);
}

static enum ks_rc build_kind(struct build *build)
{
    bool pattern = build->values[KEY_PATTERN] != NULL;
    bool template = build->values[KEY_TEMPLATE] != NULL;
    bool generic = build->values[KEY_GENERIC] != NULL;

    if (pattern + template + generic != 1)
        return ks_read_fail(
            build->read, build->node->at,
            "exactly one of pattern, template, generic",
            "the rule says %s how it is found",
            pattern + template + generic == 0 ? "nowhere" : "more than once");
    if (generic)
        return build_generic(build);
    return template ? build_template(build) : build_pattern(build);
}

/* Whether all keywords have a length up to `most` that words.h can take. */
static bool keywords_fit_runs(const struct ks_rule *rule, size_t most)
{
    for (size_t i = 0; i < rule->keywords.len; i++) {
        size_t len = strlen(rule->keywords.items[i]);

        if (len < KS_WORD_MIN || len > most)
            return false;
    }
    return true;
}

/* Whether all words begin as \b takes a word to begin. */
static bool begin_as_words(struct ks_texts words)
{
    for (size_t i = 0; i < words.len; i++) {
        unsigned char first = (unsigned char)words.items[i][0];

        if (first != '_' && (first >= 128 || !isalnum(first)))
            return false;
    }
    return true;
}

/* Whether matches, which begin with the words, promise KS_RUN_LEADS. */
static bool run_leads(const struct ks_regex *regex, struct ks_texts words)
{
    return ks_regex_lead(regex) >= KS_TOKEN_RUN &&
           ks_regex_needs_border(regex) && begin_as_words(words);
}

/*
 * Keywords in place of a prefilter, where the pattern begins with literals: a
 * run that begins with one of them is cheaper to look for.
 */
static bool derive_keywords(struct ks_rule *rule, const struct ks_regex *regex,
                            struct ks_arena *arena)
{
    struct ks_texts heads;

    if (rule->prefilter == NULL || rule->keywords_caseless ||
        rule->window_after > 0)
        return true;
    if (!ks_regex_heads(&heads, arena, regex))
        return false;
    if (heads.len == 0 || !run_leads(regex, heads))
        return true;
    rule->keywords = heads;
    rule->prefilter = NULL;
    rule->run = KS_RUN_LEADS;
    return true;
}

static void derive_run(struct ks_rule *rule, const struct ks_regex *regex)
{
    bool starts =
        rule->keywords.len > 0 &&
        ks_regex_starts_with(regex, rule->keywords, rule->keywords_caseless);

    if (rule->run == KS_RUN_NONE && starts && rule->window_after == 0) {
        if (keywords_fit_runs(rule, KS_TOKEN_RUN) &&
            run_leads(regex, rule->keywords))
            rule->run = KS_RUN_LEADS;
        else if (keywords_fit_runs(rule, KS_WORD_MAX) &&
                 ks_regex_run_follows(regex, rule->keywords))
            rule->run = KS_RUN_FOLLOWS;
    }
    if (rule->run == KS_RUN_LEADS)
        rule->run_len = ks_regex_lead(regex) < KS_TOKEN_LEAD
                            ? ks_regex_lead(regex)
                            : KS_TOKEN_LEAD;
    rule->starts_at_keyword = starts && rule->run == KS_RUN_NONE;
}

/*
 * What the pattern itself tells. A pattern beyond regex.h's syntax is left to
 * the scanner, which has the last word on patterns.
 */
static enum ks_rc derive(struct build *build)
{
    struct ks_rule *rule = build->rule;
    struct ks_regex *regex;
    struct ks_err why;
    bool memory;
    enum ks_rc rc;

    if (rule->pattern == NULL)
        return KS_OK;
    rc = ks_regex_parse(&regex, rule->pattern, &why);
    if (rc == KS_EINVAL)
        return KS_OK;
    if (rc != KS_OK)
        return ks_fail_memory(build->read->err);
    memory = derive_keywords(rule, regex, build->read->arena);
    derive_run(rule, regex);
    ks_regex_free(regex);
    if (!memory)
        return ks_fail_memory(build->read->err);
    if (rule->window_after > 0)
        return KS_OK;
    rc = ks_regex_window(&rule->window_before, &rule->window_after, rule, &why);
    if (rc == KS_ELIMIT)
        return ks_read_fail(build->read, rule->pattern_at,
                            "write {0,200} for *, {1,200} for +",
                            "the pattern's %s", why.text);
    return rc == KS_OK ? KS_OK : ks_fail_memory(build->read->err);
}

/* -- merging and the whole ---------------------------------------------- */

/* A rule that says how it is found does not inherit another way. */
static void forget_inherited_way(const struct ks_yaml **values,
                                 const struct ks_yaml *const *own)
{
    static const enum key ways[] = {KEY_PATTERN, KEY_TEMPLATE, KEY_GENERIC};

    for (size_t i = 0; i < 3; i++) {
        if (own[ways[i]] == NULL)
            continue;
        for (size_t j = 0; j < 3; j++)
            values[ways[j]] = NULL;
        if (ways[i] != KEY_TEMPLATE)
            values[KEY_TOKEN] = NULL;
    }
}

static enum ks_rc merge(struct build *build, const struct ks_yaml *defaults)
{
    const struct ks_yaml *own[KEYS] = {NULL};
    enum ks_rc rc = KS_OK;

    if (defaults != NULL)
        rc = ks_read_map(build->values, build->read, defaults, "defaults", keys,
                         KEYS);
    if (rc == KS_OK && build->values[KEY_ID] != NULL)
        return ks_read_fail(build->read, build->values[KEY_ID]->at, NULL,
                            "defaults have no use for id");
    if (rc == KS_OK)
        rc = ks_read_map(own, build->read, build->node, "a rule", keys, KEYS);
    if (rc != KS_OK)
        return rc;
    forget_inherited_way(build->values, own);
    for (size_t i = 0; i < KEYS; i++)
        if (own[i] != NULL)
            build->values[i] = own[i];
    return KS_OK;
}

enum ks_rc ks_build_rule(struct ks_rule **out, const struct ks_read *read,
                         const struct ks_yaml *node,
                         const struct ks_yaml *defaults, const char *provider)
{
    static enum ks_rc (*const steps[])(struct build *) = {
        read_all_texts, read_all_lists, read_classifier, read_window,
        read_demands,   read_allow,     read_parts,
    };
    struct build build = {.read = read, .node = node};
    enum ks_rc rc = merge(&build, defaults);

    build.rule = ks_arena_alloc(read->arena, sizeof(*build.rule));
    if (build.rule == NULL)
        return ks_fail_memory(read->err);
    *build.rule = (struct ks_rule){
        .provider = provider, .file = read->file, .at = node->at};
    for (size_t i = 0; rc == KS_OK && i < sizeof(steps) / sizeof(*steps); i++)
        rc = steps[i](&build);
    if (rc == KS_OK)
        rc = check_required(&build);
    if (rc == KS_OK)
        rc = read_severity(&build);
    if (rc == KS_OK && build.values[KEY_PART_ONLY] != NULL)
        rc = ks_read_bool(&build.rule->part_only, read,
                          build.values[KEY_PART_ONLY], "part_only");
    if (rc == KS_OK)
        rc = check_keywords(&build);
    if (rc == KS_OK)
        rc = build_kind(&build);
    if (rc == KS_OK)
        rc = derive(&build);
    if (rc == KS_OK)
        *out = build.rule;
    return rc;
}
