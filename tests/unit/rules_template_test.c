/* SPDX-License-Identifier: Apache-2.0 */
/* Templates: what they find, what they leave alone. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/buf.h"
#include "rules/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pcre2.h>

static const char TOKEN[] = "a1b2c3d4e5f60718"
                            "293a4b5c6d7e8f90";

static const char FILE_TEXT[] = "provider: Asana\n"
                                "rules:\n"
                                "  - id: asana-key\n"
                                "    name: Key\n"
                                "    severity: high\n"
                                "    template: assigned\n"
                                "    keywords: [asana]\n"
                                "    token: '[0-9a-f]{32}'\n"
                                "  - id: asana-named\n"
                                "    name: Key\n"
                                "    severity: high\n"
                                "    template: named\n"
                                "    keywords: [asana]\n"
                                "    token: '[0-9a-f]{20,40}'\n";

static struct ks_rules *rules;
static const struct ks_rule *rule;
static const struct ks_rule *named;
static pcre2_code *code;
static pcre2_code *named_code;

static pcre2_code *compile(const struct ks_rule *of)
{
    int number;
    PCRE2_SIZE at;

    return pcre2_compile((PCRE2_SPTR)of->pattern, PCRE2_ZERO_TERMINATED, 0,
                         &number, &at, NULL);
}

static int setup(void **state)
{
    (void)state;
    if (ks_rules_new(&rules, NULL) != KS_OK ||
        ks_rules_add_text(rules, ks_span_str(FILE_TEXT), "t.yml", NULL) !=
            KS_OK)
        return -1;
    rule = ks_ruleset_find(ks_rules_set(rules), "asana-key");
    named = ks_ruleset_find(ks_rules_set(rules), "asana-named");
    code = compile(rule);
    named_code = compile(named);
    return code == NULL || named_code == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    pcre2_code_free(named_code);
    pcre2_code_free(code);
    ks_rules_free(rules);
    return 0;
}

/* Whether the pattern finds the token, which "&" stands for in `form`. */
static bool finds(const pcre2_code *with, const char *form, const char *token)
{
    struct ks_buf text;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(with, NULL);
    PCRE2_UCHAR *secret = NULL;
    PCRE2_SIZE len = 0;
    bool found;

    ks_buf_init(&text, 4096);
    for (; *form != '\0'; form++) {
        if (*form == '&')
            assert_int_equal(ks_buf_add_str(&text, token), KS_OK);
        else
            assert_int_equal(ks_buf_add_byte(&text, (uint8_t)*form), KS_OK);
    }
    found = pcre2_match(with, text.ptr, text.len, 0, 0, data, NULL) > 0 &&
            pcre2_substring_get_byname(data, (PCRE2_SPTR) "secret", &secret,
                                       &len) == 0 &&
            len == strlen(token) && memcmp(secret, token, len) == 0;
    pcre2_substring_free(secret);
    pcre2_match_data_free(data);
    ks_buf_release(&text);
    return found;
}

static void finds_assignments(void **state)
{
    static const char *const forms[] = {
        "ASANA_CLIENT_SECRET=\"&\"",
        "asana.clientSecret: &",
        "\"asanaSecret\": \"&\"",
        "asana_key = '&'",
        "<asana-token>&</asana-token>",
        "setAsanaKey(\"&\")",
        "export ASANA=&",
        "run -asana-token & --verbose",
        "the asana token: &",
        "# asana: &",
        "asana:\n  api_key: &\n",
        "asana = {\n    \"token\" => \"&\"",
        "let asana_token: str = \"&\"",
        "os.environ.get('ASANA_TOKEN', '&')",
        "{\\\"asana\\\": \\\"&\\\"}",
        "https://api.asana.com/v1?access_token=&",
        "<id>asana</id>\n    <secret>{AQAAABAAA &}</secret>",
        "curl -H 'X-Asana-Key: &'",
        "asanaToken := `&`",
        "define('ASANA_KEY', \"&\");",
        "https://api.asana.com/v2/&",
        "asana # the key of the shop\n&",
        "asana me@shop.example:&",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        bool found = finds(code, forms[i], TOKEN);

        if (!found)
            print_error("not found: %s\n", forms[i]);
        assert_true(found);
    }
}

static void leaves_alone(void **state)
{
    static const char *const forms[] = {
        "asana-1.2.3.tgz#&",
        "uses: asana/action@&",
        "asana sha256: &",
        "asana integrity &",
        "asana_commit = '&'",
        "https://github.com/asana/x/blob/&",
        "asana_key = 'x&'",
        "asana_key = '&x'",
        "asana_key = '&/more'",
        "https://asana.com/avatar/&",
        "asana: https://gist.github.com/x/&",
        "asana = { rev = \"&\" }",
        "asana fingerprint &",
        "asana_key = 'base64+&'",
        "the key of the other one: &",
        "asana is named here, and far behind it there stands: &",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        bool found = finds(code, forms[i], TOKEN);

        if (found)
            print_error("found: %s\n", forms[i]);
        assert_false(found);
    }
}

static void finds_values_of_names(void **state)
{
    static const char *const forms[] = {
        "ASANA_KEY=&",
        "asana: \"&\"",
        "const myAsanaKey = '&';",
        "x.setAsana(\"&\")",
        "{\"name\": \"asana\", \"value\": \"x\"}\nasana['&']",
        "req.Header.Set(\"asana-token\", \"&\")",
        "asana => '&'",
        "the asana key is &",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        bool found = finds(named_code, forms[i], TOKEN);

        if (!found)
            print_error("not found: %s\n", forms[i]);
        assert_true(found);
    }
}

static void leaves_other_values(void **state)
{
    static const char *const forms[] = {
        "myasana = '&'",
        "asanas = '&'",
        "asana_project_id = '&'",
        "asana_sha = '&'",
        "asana_tenant: &",
        "asana/&",
        "asana_key = '&.example'",
        "asana_key = '&='",
        "asana is named, and what follows is not its key: &",
        "asana:\n  on: true\n  file: &",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        bool found = finds(named_code, forms[i], TOKEN);

        if (found)
            print_error("found: %s\n", forms[i]);
        assert_false(found);
    }
}

static void is_derived_whole(void **state)
{
    (void)state;
    assert_int_equal(named->run, KS_RUN_FOLLOWS);
    assert_int_equal(rule->run, KS_RUN_FOLLOWS);
    assert_false(rule->starts_at_keyword);
    assert_true(rule->keywords_caseless);
    assert_int_equal(rule->examples.len, 3);
    assert_int_equal(rule->counterexamples.len, 3);
    assert_int_equal(rule->demands.entropy_milli, 3000);
    assert_int_equal(rule->demands.digits, 1);
    /* keyword, gap and digit in front; gap, token and borders behind */
    assert_in_range(rule->window_before, 5 + 45 + 32, 5 + 45 + 32 + 1);
    assert_in_range(rule->window_after, 45 + 32 - 5, 45 + 32 + 32);
}

static void samples_are_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const char *good = rule->examples.items[i];
        const char *bad = rule->counterexamples.items[i];
        pcre2_match_data *data =
            pcre2_match_data_create_from_pattern(code, NULL);

        assert_true(pcre2_match(code, (PCRE2_SPTR)good, strlen(good), 0, 0,
                                data, NULL) > 0);
        assert_true(pcre2_match(code, (PCRE2_SPTR)bad, strlen(bad), 0, 0, data,
                                NULL) < 0);
        pcre2_match_data_free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_assignments),
        cmocka_unit_test(leaves_alone),
        cmocka_unit_test(finds_values_of_names),
        cmocka_unit_test(leaves_other_values),
        cmocka_unit_test(is_derived_whole),
        cmocka_unit_test(samples_are_right),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
