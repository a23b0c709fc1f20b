/* SPDX-License-Identifier: Apache-2.0 */
/* What a pattern says about itself: the facts that choose its prefilter. */
#include "rules/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RUN "[A-Za-z_+/=.-]{0,31}[0-9]"

static struct ks_regex *parse(const char *pattern)
{
    struct ks_regex *regex = NULL;
    struct ks_err err = {{0}};

    assert_int_equal(ks_regex_parse(&regex, pattern, &err), KS_OK);
    return regex;
}

static bool starts(const char *pattern, const char *const *words, size_t count,
                   bool caseless)
{
    struct ks_regex *regex = parse(pattern);
    bool yes = ks_regex_starts_with(
        regex, (struct ks_texts){(const char **)(uintptr_t)words, count},
        caseless);

    ks_regex_free(regex);
    return yes;
}

static void every_beginning_is_spelled(void **state)
{
    static const char *const all[] = {"secretkey", "secret_key", "secret-key"};
    static const char *const live[] = {"sk_live_", "rk_live_"};

    (void)state;
    assert_true(starts("(?i:secret[_-]?key)x", all, 3, true));
    assert_false(starts("(?i:secret[_-]?key)x", all, 2, true));
    assert_false(starts("(?i:secret[_ -]?key)x", all, 3, true));
    assert_true(starts("\\b[sr]k_live_[0-9]{8}", live, 2, false));
    assert_false(starts("\\b[sr]k_live_[0-9]{8}", live, 1, false));
    assert_false(starts("\\b[SsRr]k_live_[0-9]{8}", live, 2, false));
}

static void needs_border_says_no_in_doubt(void **state)
{
    static const struct {
        const char *pattern;
        bool yes;
    } cases[] = {
        {"\\bab[0-9]{20}", true},
        {"(?<![0-9A-Za-z])ab[0-9]{20}", true},
        {"(?<![0-9A-Za-z_-])(?<secret>ab[0-9]{20})", true},
        {"(?i:(?<![0-9A-Za-z])ab[0-9]{20})", true},
        {"(?=a)\\bab[0-9]{20}", true},
        {"(?:\\bab|\\bcd)[0-9]{20}", true},
        {"(?:\\bab|cd)[0-9]{20}", false},
        {"(?<![0-9a-z])ab[0-9]{20}", false},
        {"(?<=[0-9A-Za-z])ab[0-9]{20}", false},
        {"\\Bab[0-9]{20}", false},
        {"^ab[0-9]{20}", false},
        {"ab\\b[0-9]{20}", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct ks_regex *regex = parse(cases[i].pattern);

        assert_int_equal(ks_regex_needs_border(regex), cases[i].yes);
        ks_regex_free(regex);
    }
}

static void may_hold_looks_at_what_is_matched(void **state)
{
    static const struct {
        const char *pattern;
        bool yes;
    } cases[] = {
        {"ab[0-9a-z]{3}", false}, {"a\\s{0,2}b", true}, {"a[^b]c", true},
        {"a.c", false},           {"a(?=\\n)", false},  {"a(?:b|\\n)", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct ks_regex *regex = parse(cases[i].pattern);

        assert_int_equal(ks_regex_may_hold(regex, '\n'), cases[i].yes);
        ks_regex_free(regex);
    }
}

static bool follows(const char *pattern, const char *word)
{
    struct ks_regex *regex = parse(pattern);
    bool yes = ks_regex_run_follows(regex, (struct ks_texts){&word, 1});

    ks_regex_free(regex);
    return yes;
}

static void a_run_follows_near_and_with_a_digit(void **state)
{
    (void)state;
    assert_true(
        follows("(?i:asana)[^@]{0,45}?(?=" RUN ")[0-9a-f]{16}", "asana"));
    assert_false(
        follows("(?i:asana)[^@]{0,46}?(?=" RUN ")[0-9a-f]{16}", "asana"));
    assert_false(follows("(?i:asana)[^@]{0,45}?[0-9a-f]{16}", "asana"));
    assert_false(
        follows("(?i:asana)[^@]{0,45}?(?=" RUN ")[0-9a-f]{15}", "asana"));
    assert_false(follows("(?i:asana)[^@]{0,45}?(?=[^0-9]{0,31}[0-9])"
                         "[0-9a-f]{16}",
                         "asana"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_beginning_is_spelled),
        cmocka_unit_test(needs_border_says_no_in_doubt),
        cmocka_unit_test(may_hold_looks_at_what_is_matched),
        cmocka_unit_test(a_run_follows_near_and_with_a_digit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
