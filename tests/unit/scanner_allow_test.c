/* SPDX-License-Identifier: Apache-2.0 */
/* Allow comments, stop words, entropy. */
#include "scanner/allow.h"
#include "scanner/entropy.h"
#include "scanner_support.h"

#include <math.h>

/* "secret" stands in the text; whether it is allowed there. */
static bool allowed(const char *text)
{
    struct ks_span span = ks_span_str(text);
    size_t at = ks_span_find(span, 0, ks_span_str("<secret>"));

    assert_int_not_equal(at, SIZE_MAX);
    return ks_allow_comment(span, at, at + strlen("<secret>"));
}

static void every_spelling(void **state)
{
    static const char *const words[] = {
        "keysweep:allow",          "gitleaks:allow",
        "betterleaks:allow",       "trufflehog:ignore",
        "kingfisher:ignore",       "kingfisher:allow",
        "pragma: allowlist secret", "pragma: whitelist secret",
        "pragma:allowlist secret", "ggignore",
        "nosecret",
    };
    static const char *const forms[][2] = {
        {"x = <secret> # ", "\n"},     {"x = <secret> // ", " because\n"},
        {"/* ", " */ x = <secret>\n"}, {"x = <secret> <!-- ", " -->"},
        {"before\n<secret> ", "\nafter"}, {"", " <secret>\r\n"},
        {"<secret>\t--", ""},
    };
    static const char *const none[][2] = {
        {"x = <secret>\n# ", "\n"},  {"# ", "\nx = <secret>\n"}, {"<secret> a", "\n"},
        {"<secret> _", "\n"},        {"<secret> ", "x\n"},       {"<secret> ", "-not\n"},
        {"<secret> ", "_\n"},        {"<secret> ", "9\n"},
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        for (size_t j = 0; j < sizeof(forms) / sizeof(*forms); j++) {
            (void)snprintf(text, sizeof(text), "%s%s%s", forms[j][0],
                           words[i], forms[j][1]);
            if (!allowed(text))
                fail_msg("not allowed: %s", text);
        }
        for (size_t j = 0; j < sizeof(none) / sizeof(*none); j++) {
            (void)snprintf(text, sizeof(text), "%s%s%s", none[j][0],
                           words[i], none[j][1]);
            if (allowed(text))
                fail_msg("allowed: %s", text);
        }
    }
}

static void next_line(void **state)
{
    (void)state;
    assert_true(allowed("# keysweep:allow-next-line\n<secret>"));
    assert_true(allowed("# pragma: allowlist nextline secret\nx <secret>\n"));
    assert_true(allowed("a\n// keysweep:allow-next-line why\r\nx <secret>\n"));
    assert_false(allowed("# keysweep:allow-next-line\n\n<secret>"));
    assert_false(allowed("# keysweep:allow-next-line <secret>\n"));
    assert_false(allowed("<secret>\n# keysweep:allow-next-line\n"));
    assert_false(allowed("# keysweep:allow-next-lines\n<secret>"));
}

static void not_inside_the_secret(void **state)
{
    static const char text[] = "x = 'a gitleaks:allow b'";
    struct ks_span span = ks_span_str(text);

    (void)state;
    assert_false(ks_allow_comment(span, 5, 23));
    assert_true(ks_allow_comment(span, 5, 6));
    /* A secret of several lines is allowed on its first and its last. */
    assert_true(ks_allow_comment(ks_span_str("ab\ncd # nosecret"), 0, 5));
    assert_false(ks_allow_comment(ks_span_str("ab\ncd # nosecret"), 0, 2));
    assert_false(ks_allow_comment(ks_span_str(""), 0, 0));
}

static void within_reach_only(void **state)
{
    static const char word[] = " nosecret";
    static char text[3 * KS_ALLOW_REACH];

    (void)state;
    for (int far = 0; far < 2; far++) {
        size_t at = KS_ALLOW_REACH - (sizeof(word) - 1) + (size_t)far;

        memset(text, ' ', sizeof(text));
        memcpy(text + 4 + at, word, sizeof(word) - 1);
        assert_int_equal(
            ks_allow_comment((struct ks_span){(uint8_t *)text, sizeof(text)},
                             0, 4),
            far == 0);
    }
}

static bool stops(const char *secret, const char *word)
{
    return ks_allow_stopword(ks_span_str(secret), word);
}

static void whole_stop_words(void **state)
{
    (void)state;
    assert_true(stops("example", "example"));
    assert_true(stops("my-EXAMPLE-key", "example"));
    assert_true(stops("my_example_key", "example"));
    assert_true(stops("key.example", "example"));
    assert_true(stops("xtestx test", "test"));
    assert_false(stops("myexamplekey", "example"));
    assert_false(stops("example1", "example"));
    assert_false(stops("1example", "example"));
    assert_false(stops("exampl", "example"));
    assert_false(stops("", "example"));
    assert_false(stops("example", ""));
}

static double entropy(const uint8_t *bytes, size_t len)
{
    size_t counts[256] = {0};
    double sum = 0;

    for (size_t i = 0; i < len; i++)
        counts[bytes[i]]++;
    for (size_t i = 0; i < 256; i++)
        if (counts[i] > 0) {
            double share = (double)counts[i] / (double)len;

            sum -= share * log2(share);
        }
    return 1000 * sum;
}

static void entropy_as_defined(void **state)
{
    uint8_t bytes[4096];
    uint64_t seed = 7;

    (void)state;
    assert_int_equal(ks_entropy_milli((struct ks_span){NULL, 0}), 0);
    assert_int_equal(ks_entropy_milli(ks_span_str("aaaa")), 0);
    assert_int_equal(ks_entropy_milli(ks_span_str("abababab")), 1000);
    assert_int_equal(ks_entropy_milli(ks_span_str("0123456789abcdef")), 4000);
    for (int round = 0; round < 3000; round++) {
        size_t len = 1 + draw(&seed, round % 10 == 0 ? 4096 : 100);
        uint32_t letters = 1 + draw(&seed, 256);
        double want;
        unsigned got;

        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)draw(&seed, letters);
        want = entropy(bytes, len);
        got = ks_entropy_milli((struct ks_span){bytes, len});
        /* Rounded down; either may be a hair below a whole number. */
        assert_true(got <= want + 0.1 && got + 1.1 > want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling),
        cmocka_unit_test(next_line),
        cmocka_unit_test(not_inside_the_secret),
        cmocka_unit_test(within_reach_only),
        cmocka_unit_test(whole_stop_words),
        cmocka_unit_test(entropy_as_defined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
