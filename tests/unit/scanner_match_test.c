/* SPDX-License-Identifier: Apache-2.0 */
/* One pattern at a time: slices, limits; and the order of prefilter hits. */
#include "scanner/match.h"
#include "scanner_support.h"

struct fixture {
    struct ks_pattern_scratch *scratch;
};

static enum ks_pattern_result find(struct ks_pattern_match *out, void **state,
                                   const char *pattern,
                                   struct ks_pattern_search search)
{
    struct fixture *f = *state;
    struct ks_pattern *compiled = NULL;
    struct ks_err err = {{0}};
    enum ks_pattern_result result;

    if (ks_pattern_new(&compiled, pattern, &err) != KS_OK)
        fail_msg("%s", err.text);
    result = ks_pattern_find(out, compiled, f->scratch, &search);
    ks_pattern_free(compiled);
    return result;
}

static struct ks_pattern_search whole(const char *text)
{
    struct ks_span span = ks_span_str(text);

    return (struct ks_pattern_search){.subject = span, .last = span.len};
}

static void the_secret_is_its_group(void **state)
{
    struct ks_pattern_match m;

    assert_int_equal(find(&m, state, "k=(?<secret>[a-z]+);", whole("x k=ab;")),
                     KS_PATTERN_FOUND);
    assert_int_equal(m.start, 2);
    assert_int_equal(m.end, 7);
    assert_int_equal(m.secret_start, 4);
    assert_int_equal(m.secret_end, 6);
    assert_int_equal(find(&m, state, "k=([a-z]+);", whole("x k=ab;")),
                     KS_PATTERN_FOUND);
    assert_int_equal(m.secret_start, 2);
    assert_int_equal(m.secret_end, 7);
    /* A group that took no part leaves the whole match. */
    assert_int_equal(find(&m, state, "k(=(?<secret>a))?", whole("k")),
                     KS_PATTERN_FOUND);
    assert_int_equal(m.secret_end, 1);
}

static void begins_between_from_and_last(void **state)
{
    struct ks_pattern_search search = whole("ab ab ab");
    struct ks_pattern_match m;

    search.from = 1;
    search.last = 5;
    assert_int_equal(find(&m, state, "ab", search), KS_PATTERN_FOUND);
    assert_int_equal(m.start, 3);
    search.from = 4;
    assert_int_equal(find(&m, state, "ab", search), KS_PATTERN_NONE);
    search.last = 6;
    assert_int_equal(find(&m, state, "ab", search), KS_PATTERN_FOUND);
    assert_int_equal(m.start, 6);
}

/* Anchors mean the ends of the text, not those of the slice. */
static void ends_of_a_slice(void **state)
{
    static const struct {
        const char *pattern;
        bool at_start, at_end; /* whether it needs that end */
    } rows[] = {
        {"^ab", true, false},     {"ab$", false, true},
        {"^ab$", true, true},     {"ab", false, false},
        {"(?m)^ab", true, false}, {"\\bab\\b", false, false},
    };
    struct ks_pattern_match m;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (int ends = 0; ends < 4; ends++) {
            struct ks_pattern_search search = whole("ab");
            bool want;

            search.not_start = (ends & 1) != 0;
            search.not_end = (ends & 2) != 0;
            want = !(search.not_start && rows[i].at_start) &&
                   !(search.not_end && rows[i].at_end);
            assert_int_equal(find(&m, state, rows[i].pattern, search),
                             want ? KS_PATTERN_FOUND : KS_PATTERN_NONE);
        }
}

static void looks_behind_where_it_begins(void **state)
{
    struct ks_pattern_search search = whole("xab yab");
    struct ks_pattern_match m;

    search.from = 1;
    assert_int_equal(find(&m, state, "(?<!x)ab", search), KS_PATTERN_FOUND);
    assert_int_equal(m.start, 5);
    search.from = 5;
    assert_int_equal(find(&m, state, "(?<=y)ab", search), KS_PATTERN_FOUND);
    assert_int_equal(find(&m, state, "\\bab", search), KS_PATTERN_NONE);
}

static void bytes_not_characters(void **state)
{
    static const uint8_t text[] = {0xff, 0, 'k', 0xc3, 0x28, 0};
    struct ks_pattern_search search = {.subject = {text, sizeof(text)},
                                       .last = sizeof(text)};
    struct ks_pattern_match m;

    assert_int_equal(find(&m, state, "k..\\x00$", search), KS_PATTERN_FOUND);
    assert_int_equal(m.start, 2);
    assert_int_equal(m.end, 6);
    assert_int_equal(find(&m, state, "\\d", whole("\xd9\xa3")),
                     KS_PATTERN_NONE);
}

/* A pattern that explodes gives up, and says so; it is not "no match". */
static void gives_up(void **state)
{
    static char text[64];
    struct ks_pattern_match m;

    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 2] = '!';
    assert_int_equal(find(&m, state, "(a+)+$", whole(text)), KS_PATTERN_LIMIT);
    assert_int_equal(find(&m, state, "(a|aa)+$", whole(text)),
                     KS_PATTERN_LIMIT);
}

static void wrong_patterns(void **state)
{
    static const char *const patterns[] = {"(", "a{2,1}", "(?<secret>",
                                           "(*UTF)a", "[z-a]"};

    (void)state;
    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
        struct ks_pattern *pattern = NULL;
        struct ks_err err = {{0}};

        assert_int_equal(ks_pattern_new(&pattern, patterns[i], &err),
                         KS_EINVAL);
        assert_null(pattern);
        assert_non_null(strstr(err.text, "byte "));
    }
}

/* Of a long keyword the end is looked for, and the rest must stand there. */
static void long_keywords(void **state)
{
    static const char yaml[] = "rules:\n" RULE_HEAD(
        "long") "    pattern: '(?i:a-rather-long-keyword)=[a-z]{8}'\n"
                "    keywords: [A-rather-long-keyword]\n";
    struct own_rules own = own_rules(yaml);
    struct ks_matcher *matcher =
        matcher_of(own.set, (struct ks_prefilter_cache){0});
    const struct ks_triggers *triggers = ks_matcher_triggers(matcher);
    const struct ks_trigger *trigger = &triggers->items[0];
    struct ks_span text = ks_span_str("a A-RATHER-LONG-KEYWORD=");
    struct ks_span other = ks_span_str("bA-RATHER_LONG-KEYWORD=");

    (void)state;
    assert_int_equal(triggers->len, 1);
    assert_int_equal(triggers->widest_database, KS_TRIGGER_LONGEST);
    assert_string_equal(trigger->text, "long-keyword");
    assert_true(ks_trigger_stands(trigger, text, text.len - 1));
    assert_false(ks_trigger_stands(trigger, other, other.len - 1));
    assert_false(ks_trigger_stands(trigger, ks_span_slice(text, 3, text.len),
                                   text.len - 4));
    ks_matcher_free(matcher);
    ks_rules_free(own.rules);
}

/* Each (trigger, end) once, in order; the base is added. */
static void hits_in_order(void **state)
{
    static const char yaml[] =
        "rules:\n" RULE_HEAD("one") "    pattern: 'ab{1,9}'\n    prefilter: "
                                    "'ab{1,9}'\n" RULE_HEAD(
                                        "two") "    pattern: '[ab]bbb'\n    "
                                               "prefilter: '[ab]{2,5}bb'\n";
    struct own_rules own = own_rules(yaml);
    struct ks_matcher *matcher =
        matcher_of(own.set, (struct ks_prefilter_cache){0});
    const struct ks_prefilter *prefilter = ks_matcher_prefilter(matcher);
    struct ks_prefilter_scratch *scratch = NULL;
    struct ks_hits hits = {0};
    size_t first;

    (void)state;
    assert_int_equal(ks_prefilter_scratch_new(&scratch, prefilter, NULL),
                     KS_OK);
    for (int round = 0; round < 2; round++) {
        first = hits.len;
        assert_int_equal(ks_prefilter_scan(&hits, prefilter, scratch,
                                           KS_PREFILTER_ALL,
                                           ks_span_str("abbbbb bb abbbb"),
                                           (uint32_t)(1000 * round), NULL),
                         KS_OK);
        ks_prefilter_order(&hits, first);
        /* ab, abb … of rule one; from abbb on also of rule two. */
        assert_int_equal(hits.len - first, 5 + 4 + 3 + 2);
        for (size_t i = first + 1; i < hits.len; i++)
            assert_true(hits.items[i - 1].end < hits.items[i].end ||
                        (hits.items[i - 1].end == hits.items[i].end &&
                         hits.items[i - 1].trigger < hits.items[i].trigger));
        assert_int_equal(hits.items[first].end, 2 + 1000 * round);
    }
    assert_int_equal(ks_prefilter_scan(&hits, prefilter, scratch,
                                       KS_PREFILTER_ALL,
                                       (struct ks_span){NULL, 0}, 0, NULL),
                     KS_OK);
    KS_VEC_RELEASE(&hits);
    ks_prefilter_scratch_free(scratch);
    ks_matcher_free(matcher);
    ks_rules_free(own.rules);
}

static int set_up(void **state)
{
    static struct fixture f;

    *state = &f;
    return ks_pattern_scratch_new(&f.scratch, NULL) == KS_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    ks_pattern_scratch_free(f->scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_secret_is_its_group),
        cmocka_unit_test(begins_between_from_and_last),
        cmocka_unit_test(ends_of_a_slice),
        cmocka_unit_test(looks_behind_where_it_begins),
        cmocka_unit_test(bytes_not_characters),
        cmocka_unit_test(gives_up),
        cmocka_unit_test(wrong_patterns),
        cmocka_unit_test(long_keywords),
        cmocka_unit_test(hits_in_order),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
