/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule files of this tree, each on its own: they load, lint is content,
 * PCRE2 takes the patterns, and patterns agree with their samples. What the
 * whole scanner says of the samples is for `keysweep rules test`.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/load.h"
#include "rules/regex.h"
#include "scanner/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pcre2.h>

static struct ks_rules *rules;
static const struct ks_ruleset *set;

static int setup(void **state)
{
    struct ks_err err = {""};

    (void)state;
    if (ks_rules_new(&rules, &err) != KS_OK)
        return -1;
    if (ks_rules_add_dir(rules, KS_SOURCE_DIR "/rules/builtin", &err) !=
        KS_OK) {
        print_error("%s\n", err.text);
        return -1;
    }
    set = ks_rules_set(rules);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ks_rules_free(rules);
    return 0;
}

static void print_problem(void *ctx, const char *line)
{
    (void)ctx;
    print_error("%s\n", line);
}

static void lint_is_content(void **state)
{
    (void)state;
    assert_int_equal(ks_rules_lint(set, print_problem, NULL), 0);
}

static void tables_equal_files(void **state)
{
    uint8_t built[32];
    uint8_t loaded[32];

    (void)state;
    assert_int_equal(ks_ruleset_hash(built, ks_rules_builtin(), NULL), KS_OK);
    assert_int_equal(ks_ruleset_hash(loaded, set, NULL), KS_OK);
    assert_memory_equal(built, loaded, sizeof(built));
}

static pcre2_code *compile(const struct ks_rule *rule)
{
    int code;
    PCRE2_SIZE at;
    PCRE2_UCHAR words[256];
    pcre2_code *out = pcre2_compile((PCRE2_SPTR)rule->pattern,
                                    PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);

    if (out == NULL) {
        (void)pcre2_get_error_message(code, words, sizeof(words));
        print_error("%s:%u: %s: offset %zu: %s\n", rule->file,
                    rule->pattern_at.line, rule->id, at, (const char *)words);
    }
    return out;
}

static bool holds(const struct ks_rule *rule, const char *word,
                  const char *text, size_t len)
{
    for (size_t i = 0; i + strlen(word) <= len; i++)
        if ((rule->keywords_caseless ? strncasecmp : strncmp)(
                text + i, word, strlen(word)) == 0)
            return true;
    return false;
}

static bool holds_any(const struct ks_rule *rule, const char *text, size_t len)
{
    for (size_t i = 0; i < rule->keywords.len; i++)
        if (holds(rule, rule->keywords.items[i], text, len))
            return true;
    return rule->keywords.len == 0;
}

/* Whether the match begins with a keyword, as the loader may have claimed. */
static bool begins(const struct ks_rule *rule, const char *text, size_t len)
{
    for (size_t i = 0; i < rule->keywords.len; i++)
        if (holds(rule, rule->keywords.items[i], text,
                  strlen(rule->keywords.items[i]) < len
                      ? strlen(rule->keywords.items[i])
                      : len))
            return true;
    return false;
}

/* Faults of one example against its pattern. */
static size_t check_example(const struct ks_rule *rule, const pcre2_code *code,
                            const char *text)
{
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    size_t bad = 0;
    int found =
        pcre2_match(code, (PCRE2_SPTR)text, strlen(text), 0, 0, data, NULL);

    if (found < 1) {
        print_error("%s: no match: %s\n", rule->id, text);
        bad = 1;
    } else {
        const PCRE2_SIZE *span = pcre2_get_ovector_pointer(data);
        size_t len = span[1] - span[0];

        if (!holds_any(rule, text + span[0], len)) {
            print_error("%s: the match holds no keyword: %s\n", rule->id, text);
            bad++;
        }
        if (rule->starts_at_keyword && !begins(rule, text + span[0], len)) {
            print_error("%s: does not begin at a keyword: %s\n", rule->id,
                        text);
            bad++;
        }
    }
    pcre2_match_data_free(data);
    return bad;
}

/* A rule without demands or validators must not match counterexamples. */
static size_t check_counterexample(const struct ks_rule *rule,
                                   const pcre2_code *code, const char *text)
{
    static const struct ks_demands none;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    int found =
        pcre2_match(code, (PCRE2_SPTR)text, strlen(text), 0, 0, data, NULL);
    bool excused = memcmp(&rule->demands, &none, sizeof(none)) != 0 ||
                   rule->validators.len > 0 || rule->classifier != 0 ||
                   rule->allow.regexes.len > 0 || rule->parts.len > 0 ||
                   rule->allow.stopwords.len > 0;

    pcre2_match_data_free(data);
    if (found < 1 || excused)
        return 0;
    print_error("%s: matches a counterexample: %s\n", rule->id, text);
    return 1;
}

static void patterns_agree_with_samples(void **state)
{
    size_t bad = 0;

    (void)state;
    for (size_t i = 0; i < set->len; i++) {
        const struct ks_rule *rule = set->rules[i];
        pcre2_code *code = rule->pattern == NULL ? NULL : compile(rule);

        if (code == NULL) {
            bad += rule->pattern != NULL;
            continue;
        }
        for (size_t j = 0; j < rule->examples.len; j++)
            bad += check_example(rule, code, rule->examples.items[j]);
        for (size_t j = 0; j < rule->counterexamples.len; j++)
            bad += check_counterexample(rule, code,
                                        rule->counterexamples.items[j]);
        pcre2_code_free(code);
    }
    assert_int_equal(bad, 0);
}

/* The widths that regex.h derives and those that Hyperscan derives. */
static void widths_agree_with_hyperscan(void **state)
{
    size_t compared = 0;

    (void)state;
    for (size_t i = 0; i < set->len; i++) {
        const struct ks_rule *rule = set->rules[i];
        struct ks_regex *regex;
        struct ks_err err;
        unsigned width;

        if (rule->pattern == NULL ||
            ks_regex_parse(&regex, rule->pattern, &err) != KS_OK)
            continue;
        /* Wide patterns take Hyperscan long. */
        if (ks_regex_reach(regex).max_width < 600 &&
            ks_pattern_width(&width, rule->pattern, false, &err) == KS_OK) {
            if (ks_regex_reach(regex).max_width < width)
                print_error("%s: %u < %u\n", rule->id,
                            ks_regex_reach(regex).max_width, width);
            assert_true(ks_regex_reach(regex).max_width >= width);
            compared++;
        }
        ks_regex_free(regex);
    }
    assert_true(compared * 2 > set->len);
}

static void windows_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < set->len; i++) {
        const struct ks_rule *rule = set->rules[i];

        if (rule->pattern != NULL && rule->window_after == 0)
            print_error("%s: no window\n", rule->id);
        assert_true(rule->pattern == NULL || rule->window_after > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lint_is_content),
        cmocka_unit_test(tables_equal_files),
        cmocka_unit_test(patterns_agree_with_samples),
        cmocka_unit_test(widths_agree_with_hyperscan),
        cmocka_unit_test(windows_are_known),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
