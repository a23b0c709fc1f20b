/* SPDX-License-Identifier: Apache-2.0 */
/* The strict loader: what it refuses and in which words, what it takes. */
#include "base/buf.h"
#include "rules/load.h"
#include "rules/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "provider: P\nrules:\n"
#define RULE HEAD "  - id: a\n    name: A\n    severity: low\n"
#define PATTERN "    pattern: 'abc[0-9]{4}'\n    keywords: [abc]\n"

static const struct refusal {
    const char *text;
    const char *words;
} refusals[] = {
    {"", "t.yml:1:1: the file is empty"},
    {"provider: P\n", "t.yml:1:1: the file has no rules"},
    {"- a\n", "t.yml:1:1: a rule file must be a map of keys"},
    {"provider: P\nrules: 3\n",
     "t.yml:2:8: rules must be a list (hint: each begins with \"- id: …\")"},
    {"provider: P\nruels: []\n",
     "t.yml:2:1: unknown key \"ruels\" (hint: did you mean \"rules\"?)"},
    {"provider: P\nprovider: Q\n", "t.yml:2:1: key \"provider\" is repeated"},
    {"provider: [P]\nrules: []\n", "t.yml:1:11: provider must be a text"},
    {HEAD "  - id: a\n  id: b\n",
     "t.yml:4:3: did not find expected '-' indicator"},
    {"a: \"\\0\"\n", "t.yml:1:4: a NUL byte in a text"},
    {"a: &x 1\nb: *x\n",
     "t.yml:1:4: anchors, aliases and tags are not used here (hint: write the "
     "value out)"},
    {"a: !!str 1\n",
     "t.yml:1:4: anchors, aliases and tags are not used here (hint: write the "
     "value out)"},
    {"? [a]\n: 1\n", "t.yml:1:3: a key must be plain text"},
    {"a: 1\n---\nb: 1\n", "t.yml:2:1: a second document in one file"},
    {"a: [[[[[[[[[[[[1]]]]]]]]]]]]\n", "t.yml:1:15: nested too deep"},
    {HEAD "  - name: A\n" PATTERN, "t.yml:3:5: the rule has no id"},
    {HEAD "  - id: a\n    severity: low\n" PATTERN,
     "t.yml:3:5: the rule has no name"},
    {HEAD "  - id: a\n    name: A\n" PATTERN,
     "t.yml:3:5: the rule has no severity"},
    {"rules:\n  - id: a\n    name: A\n    severity: low\n" PATTERN,
     "t.yml:2:5: the rule has no provider (hint: say it once at the top of the "
     "file)"},
    {HEAD "  - id: A b\n    name: A\n    severity: low\n" PATTERN,
     "t.yml:3:9: \"A b\" is not a rule id (hint: a-z, 0-9 and single dashes)"},
    {HEAD "  - id: a--b\n    name: A\n    severity: low\n" PATTERN,
     "t.yml:3:9: \"a--b\" is not a rule id (hint: a-z, 0-9 and single dashes)"},
    {HEAD "  - id: a\n    name: A\n    severity: hihg\n" PATTERN,
     "t.yml:5:15: unknown severity \"hihg\" (hint: did you mean \"high\"?)"},
    {HEAD "  - id: a\n    name: ''\n    severity: low\n" PATTERN,
     "t.yml:4:11: name is empty"},
    {RULE, "t.yml:3:5: the rule says nowhere how it is found (hint: exactly "
           "one of pattern, template, generic)"},
    {RULE PATTERN "    generic: key\n",
     "t.yml:3:5: the rule says more than once how it is found (hint: exactly "
     "one of pattern, template, generic)"},
    {RULE "    pattern: 'abc'\n",
     "t.yml:6:14: the pattern has neither keywords nor prefilter (hint: "
     "keywords: [literal that every match holds])"},
    {RULE PATTERN "    prefilter: abc\n",
     "t.yml:8:16: keywords or prefilter, not both (hint: keywords are faster)"},
    {RULE "    pattern: 'abc'\n    keywords: [ab]\n",
     "t.yml:7:16: keyword \"ab\" must have 3 to 64 bytes (hint: longer is "
     "rarer, and rarer is faster)"},
    {RULE "    pattern: 'abc'\n    keywords: []\n",
     "t.yml:7:15: keywords is an empty list (hint: leave the key out)"},
    {RULE "    pattern: 'abc'\n    keywords: abc\n",
     "t.yml:7:15: keywords must be a list (hint: write [value, value])"},
    {RULE "    pattern: 'abc.*'\n    keywords: [abc]\n",
     "t.yml:6:14: the pattern's matches have no greatest width (hint: write "
     "{0,200} for *, {1,200} for +)"},
    {RULE "    pattern: 'abc.{0,40000}'\n    keywords: [abc]\n",
     "t.yml:6:14: the pattern's matches may be wider than 32768 bytes (hint: "
     "write {0,200} for *, {1,200} for +)"},
    {RULE PATTERN "    keyword: [abc]\n",
     "t.yml:8:5: unknown key \"keyword\" (hint: did you mean \"keywords\"?)"},
    {RULE PATTERN "    frobnicate: 1\n",
     "t.yml:8:5: unknown key \"frobnicate\""},
    {RULE PATTERN "    token: x\n",
     "t.yml:8:12: a pattern rule has no use for token"},
    {RULE "    template: asigned\n    keywords: [abc]\n    token: x\n",
     "t.yml:6:15: unknown template \"asigned\" (hint: did you mean "
     "\"assigned\"?)"},
    {RULE "    template: assigned\n    keywords: [abc]\n",
     "t.yml:6:15: a template needs keywords and token (hint: keywords: "
     "[provider], token: '[0-9a-f]{32}')"},
    {RULE "    template: assigned\n    keywords: [abc]\n    token: '[a-f'\n",
     "t.yml:8:12: token: offset 4: a class without its end"},
    {RULE "    generic: pasword\n",
     "t.yml:6:14: unknown generic class \"pasword\" (hint: did you mean "
     "\"password\"?)"},
    {RULE "    generic: key\n    keywords: [abc]\n",
     "t.yml:7:15: a generic rule has no use for keywords"},
    {RULE PATTERN "    entropy: 9\n",
     "t.yml:8:14: entropy must be a number from 0 to 8"},
    {RULE PATTERN "    demands: {digits: x}\n",
     "t.yml:8:23: digits must be a number from 0 to 255"},
    {RULE PATTERN "    demands: {numbers: 1}\n",
     "t.yml:8:15: unknown key \"numbers\""},
    {RULE PATTERN "    classifier: maybe\n",
     "t.yml:8:17: unknown classifier \"maybe\""},
    {RULE PATTERN "    window: {before: 4}\n",
     "t.yml:8:13: window needs both before and after (hint: window: {before: "
     "40, after: 200})"},
    {RULE PATTERN "    window: {before: 4, after: 40000}\n",
     "t.yml:8:32: after must be a number from 1 to 32768"},
    {RULE PATTERN "    requires: [{within_lines: 3}]\n",
     "t.yml:8:16: a required part needs its rule (hint: {rule: other-id, "
     "within_lines: 5})"},
    {RULE PATTERN "    requires: [{rule: b, optional: 1}]\n",
     "t.yml:8:36: optional must be true or false"},
    {RULE PATTERN "    part_only: \"true\"\n",
     "t.yml:8:16: part_only must be true or false"},
    {RULE PATTERN "    examples: [{a: b}]\n",
     "t.yml:8:16: a sample of examples must be a text or a list of parts"},
    {RULE PATTERN "    examples: [[a, [b]]]\n",
     "t.yml:8:20: a part of examples must be a text"},
    {RULE PATTERN "    allow: {regex: [a]}\n",
     "t.yml:8:13: unknown key \"regex\" (hint: did you mean \"regexes\"?)"},
    {RULE PATTERN "  - id: a\n    name: B\n    severity: low\n" PATTERN,
     "t.yml:8:5: rule \"a\" is there already, at t.yml:3:5"},
    {"provider: P\ndefaults: {id: x}\nrules:\n  - id: a\n    name: A\n"
     "    severity: low\n" PATTERN,
     "t.yml:2:16: defaults have no use for id"},
};

static enum ks_rc load(struct ks_rules **rules, const char *text,
                       struct ks_err *err)
{
    enum ks_rc rc;

    *rules = NULL;
    assert_int_equal(ks_rules_new(rules, err), KS_OK);
    rc = ks_rules_add_text(*rules, ks_span_str(text), "t.yml", err);
    return rc;
}

static void refuses_with_words(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        struct ks_err err = {""};
        struct ks_rules *rules;
        enum ks_rc rc = load(&rules, refusals[i].text, &err);

        if (rc == KS_OK || strcmp(err.text, refusals[i].words) != 0) {
            print_error("%s\n  said:     %s\n  expected: %s\n",
                        refusals[i].text, err.text, refusals[i].words);
            bad++;
        }
        ks_rules_free(rules);
    }
    assert_int_equal(bad, 0);
}

static void takes_all_keys(void **state)
{
    static const char text[] =
        "provider: P\n"
        "defaults: {severity: high, tags: [t], remediation: [r]}\n"
        "rules:\n"
        "  - id: b\n"
        "    provider: Q\n"
        "    name: B\n"
        "    severity: critical\n"
        "    severity_reason: because\n"
        "    description: what\n"
        "    pattern: '(?i)abc(?<secret>[0-9]{4})'\n"
        "    keywords: [abc]\n"
        "    window: {before: 7, after: 9}\n"
        "    entropy: 3.25\n"
        "    demands: {digits: 1, upper: 2, lower: 3, special: 4, distinct: "
        "5}\n"
        "    validators: [v]\n"
        "    classifier: advise\n"
        "    allow: {regexes: [x], stopwords: [y, z], paths: [p]}\n"
        "    requires: [{rule: a, within_lines: 5, within_bytes: 6, optional: "
        "true}]\n"
        "    part_only: true\n"
        "    revocation: type\n"
        "    references: ['https://x.example']\n"
        "    examples: [[ab, c12, '34'], abc5678]\n"
        "    counterexamples: [abcd]\n"
        "  - id: a\n"
        "    name: A\n"
        "    generic: hash\n";
    struct ks_err err = {""};
    struct ks_rules *rules;
    const struct ks_ruleset *set;
    const struct ks_rule *b;

    (void)state;
    assert_int_equal(load(&rules, text, &err), KS_OK);
    set = ks_rules_set(rules);
    assert_int_equal(set->len, 2);
    assert_string_equal(set->rules[0]->id, "a");
    assert_int_equal(set->rules[0]->kind, KS_RULE_GENERIC);
    assert_int_equal(set->rules[0]->generic, KS_CLASS_HASH);
    assert_int_equal(set->rules[0]->severity, KS_SEVERITY_HIGH);
    assert_string_equal(set->rules[0]->tags.items[0], "t");
    b = ks_ruleset_find(set, "b");
    assert_string_equal(b->provider, "Q");
    assert_int_equal(b->severity, KS_SEVERITY_CRITICAL);
    assert_true(b->keywords_caseless);
    assert_true(b->starts_at_keyword);
    assert_int_equal(b->window_before, 7);
    assert_int_equal(b->window_after, 9);
    assert_int_equal(b->demands.entropy_milli, 3250);
    assert_int_equal(b->demands.special, 4);
    assert_int_equal(b->classifier, KS_ADVICE_ADVISE);
    assert_string_equal(b->allow.stopwords.items[1], "z");
    assert_int_equal(b->parts.items[0].within_bytes, 6);
    assert_true(b->parts.items[0].optional);
    assert_true(b->part_only);
    assert_string_equal(b->examples.items[0], "abc1234");
    assert_int_equal(b->at.line, 4);
    assert_int_equal(b->at.column, 5);
    assert_int_equal(b->pattern_at.line, 10);
    assert_int_equal(ks_ruleset_index(set, "b"), 1);
    assert_true(ks_ruleset_index(set, "c") == SIZE_MAX);
    ks_rules_free(rules);
}

static void disables_by_id(void **state)
{
    struct ks_err err = {""};
    struct ks_rules *rules;

    (void)state;
    assert_int_equal(load(&rules, RULE PATTERN, &err), KS_OK);
    assert_int_equal(ks_rules_add_set(rules, ks_rules_set(rules), &err),
                     KS_EINVAL);
    assert_int_equal(ks_rules_disable(rules, "b", &err), KS_ENOENT);
    assert_string_equal(err.text, "there is no rule \"b\"");
    assert_int_equal(ks_rules_disable(rules, "ax", &err), KS_ENOENT);
    assert_string_equal(err.text,
                        "there is no rule \"ax\" (hint: did you mean \"a\"?)");
    assert_int_equal(ks_rules_disable(rules, "a", &err), KS_OK);
    assert_int_equal(ks_rules_set(rules)->len, 0);
    ks_rules_free(rules);
}

static void hash_of(uint8_t out[32], const char *text)
{
    struct ks_err err = {""};
    struct ks_rules *rules;

    assert_int_equal(load(&rules, text, &err), KS_OK);
    assert_int_equal(ks_ruleset_hash(out, ks_rules_set(rules), &err), KS_OK);
    ks_rules_free(rules);
}

/* The hash changes with what decides on findings, and with nothing else. */
static void hash_follows_meaning(void **state)
{
    static const char *const other[] = {
        RULE PATTERN "    entropy: 3\n",
        RULE PATTERN "    validators: [v]\n",
        RULE PATTERN "    allow: {paths: [v]}\n",
        RULE PATTERN "    allow: {regexes: [v]}\n",
        RULE PATTERN "    part_only: true\n",
        RULE "    pattern: 'abc[0-9]{5}'\n    keywords: [abc]\n",
    };
    uint8_t base[32];
    uint8_t one[32];

    (void)state;
    hash_of(base, RULE PATTERN);
    hash_of(one, RULE PATTERN "    description: words\n    tags: [x]\n");
    assert_memory_equal(base, one, sizeof(base));
    for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
        hash_of(one, other[i]);
        assert_memory_not_equal(base, one, sizeof(base));
    }
}

static void keep_first(void *ctx, const char *line)
{
    struct ks_buf *lines = ctx;

    assert_int_equal(ks_buf_printf(lines, "%s\n", line), KS_OK);
}

static void lint_names_what_is_missing(void **state)
{
    struct ks_err err = {""};
    struct ks_buf lines;
    struct ks_rules *rules;

    (void)state;
    ks_buf_init(&lines, 10000);
    assert_int_equal(load(&rules,
                          RULE PATTERN "    examples: [xyz1234]\n"
                                       "    requires: [{rule: gone}]\n"
                                       "    references: ['http://x']\n",
                          &err),
                     KS_OK);
    assert_int_equal(ks_rules_lint(ks_rules_set(rules), keep_first, &lines), 8);
    assert_string_equal(
        ks_buf_text(&lines),
        "t.yml:3:5: a: no severity_reason\n"
        "t.yml:3:5: a: no description\n"
        "t.yml:3:5: a: no remediation\n"
        "t.yml:3:5: a: reference \"http://x\" is not an https:// address\n"
        "t.yml:3:5: a: 1 examples, 3 are needed\n"
        "t.yml:3:5: a: 0 counterexamples, 3 are needed\n"
        "t.yml:3:5: a: requires \"gone\", which is not there\n"
        "t.yml:3:5: a: example 1 holds none of the keywords\n");
    ks_buf_release(&lines);
    ks_rules_free(rules);
}

/* Width, reach and beginnings of patterns. */
static const struct shape {
    const char *pattern;
    const char *word;
    unsigned min, max, before, after;
    bool starts;
} shapes[] = {
    {"abc", "abc", 3, 3, 0, 0, true},
    {"(?i)ABC[0-9]{2,4}?", "abc", 5, 7, 0, 0, true},
    {"\\babc\\b", "abc", 3, 3, 1, 2, true},
    {"(?<![a-z]{3})(?<secret>abc)(?=de|f)", "abc", 3, 3, 3, 2, true},
    {"(?:abc|abd)x", "abc", 4, 4, 0, 0, false},
    {"x?abc", "abc", 3, 4, 0, 0, false},
    {"[ax]bc", "abc", 3, 3, 0, 0, false},
    {"a(?:b|(?:b))c", "abc", 3, 3, 0, 0, true},
    {"(?:abc){2}", "abc", 6, 6, 0, 0, true},
    {"(?:abc)?", "abc", 0, 3, 0, 0, false},
    {"a{3}b", "aaa", 4, 4, 0, 0, true},
    {"abc*", "abc", 2, KS_REGEX_UNBOUNDED, 0, 0, false},
    {"[^\\]a]\\x41\\.", "abc", 3, 3, 0, 0, false},
    {"ab{,3}", "abc", 6, 6, 0, 0, false},
};

static void patterns_tell_their_shape(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
        const struct shape *shape = &shapes[i];
        struct ks_err err = {""};
        struct ks_regex *regex;
        struct ks_regex_reach reach;
        bool starts;

        assert_int_equal(ks_regex_parse(&regex, shape->pattern, &err), KS_OK);
        reach = ks_regex_reach(regex);
        starts = ks_regex_starts_with(regex, (struct ks_texts){&shape->word, 1},
                                      ks_regex_has_caseless(shape->pattern));
        ks_regex_free(regex);
        if (reach.min_width != shape->min || reach.max_width != shape->max ||
            reach.before != shape->before || reach.after != shape->after ||
            starts != shape->starts)
            print_error("%s: %u %u %u %u %d\n", shape->pattern, reach.min_width,
                        reach.max_width, reach.before, reach.after, starts);
        assert_int_equal(reach.min_width, shape->min);
        assert_int_equal(reach.max_width, shape->max);
        assert_int_equal(reach.before, shape->before);
        assert_int_equal(reach.after, shape->after);
        assert_int_equal(starts, shape->starts);
    }
}

static void patterns_are_refused_at_a_place(void **state)
{
    static const char *const patterns[] = {
        "(abc",   "abc)", "[abc",  "a\\",   "*a",       "(?P=x)",
        "(a)\\1", "(?R)", "[z-a]", "a\\Kb", "\\x{100}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
        struct ks_err err = {""};
        struct ks_regex *regex;

        assert_int_equal(ks_regex_parse(&regex, patterns[i], &err), KS_EINVAL);
        assert_non_null(strstr(err.text, "offset "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_with_words),
        cmocka_unit_test(takes_all_keys),
        cmocka_unit_test(disables_by_id),
        cmocka_unit_test(hash_follows_meaning),
        cmocka_unit_test(lint_names_what_is_missing),
        cmocka_unit_test(patterns_tell_their_shape),
        cmocka_unit_test(patterns_are_refused_at_a_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
