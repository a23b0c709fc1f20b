/* SPDX-License-Identifier: Apache-2.0 */
/* What the classifier must tell apart, whatever model is compiled in. */
#include "tests/unit/generic_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Puts `value` where `@@` stands in `text` and scores the best candidate. */
static struct scan_best score_of(const char *text, const char *value,
                                 const char *path)
{
    const char *at = strstr(text, "@@");
    struct scan_best best;
    char whole[1024];

    assert_non_null(at);
    snprintf(whole, sizeof(whole), "%.*s%s%s", (int)(at - text), text, value,
             at + 2);
    best = scan_best_of(whole);
    best.score += ks_generic_path_score(path);
    return best;
}

static bool is_reported(const char *text, const char *value, const char *path)
{
    struct scan_best best = score_of(text, value, path);

    return best.any &&
           best.score >=
               ks_generic_threshold((enum ks_generic_class)best.verdict.class_,
                                    KS_GENERIC_MEDIUM);
}

/* Each has a secret; lines and values stand apart, as nowhere else. */
static const char *const places[][2] = {
    {"db:\n  user: ann\n  password: @@\n", "config/database.yml"},
    {"DB_HOST=db\nDB_USER=ann\nDB_PASSWORD=@@\n", ".env"},
    {"const db = connect({ user: 'ann', password: '@@' });\n", "src/db.js"},
    {"# password = @@\n", "etc/app.conf"},
    {"data:\n  conf.json: |\n    {\"url\": \"mysql://ann:@@@db/app\"}\n",
     "deploy/config.yaml"},
    {"--- a/x\n+++ b/x\n user: ann\n+password: @@\n", "fix.diff"},
    {"   \"source\": [\n    \"password = \\\"@@\\\"\\n\"\n   ]\n", "a.ipynb"},
    {"2024-01-01 INFO connect user=ann password=@@ host=db\n", "app.log"},
};

/* Values as people choose them. */
static const char *const chosen[] = {
    "Summer2023!", "kitten_garden7",           "dragonfly1987",
    "Tr0ub4dor",   "testing_in_production_77", "example1234!Zq",
    "sunshine42",  "MonkeyBusiness9",          "correct-horse-battery",
    "qwerty!987",
};

/* Values that stand for none. */
static const char *const empty[] = {
    "changeme",     "your_password",  "password",       "YOUR_PASSWORD",
    "xxxxxxxx",     "secret",         "my-secret",      "<password>",
    "example",      "placeholder",    "deinpasswort",   "motdepasse",
    "tucontrasena", "suasenha",       "wachtwoord",     "haslo",
    "parola",       "${DB_PASSWORD}", "{{ password }}", "$PASSWORD",
    "none",         "null",
};

/* Counts how many of the values are reported in the places that hold `@@`. */
static unsigned count(const char *const *values, size_t n, unsigned *total)
{
    unsigned found = 0;

    *total = 0;
    for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
        for (size_t i = 0; i < n; i++) {
            bool yes = is_reported(places[p][0], values[i], places[p][1]);

            found += yes;
            (*total)++;
            if (getenv("KS_TEST_VERBOSE") != NULL)
                printf("%d %6d %s in %s\n", yes,
                       score_of(places[p][0], values[i], places[p][1]).score,
                       values[i], places[p][1]);
        }
    }
    return found;
}

static void passwords_that_people_choose_are_found(void **state)
{
    unsigned total,
        found = count(chosen, sizeof(chosen) / sizeof(chosen[0]), &total);

    (void)state;
    if (found * 10 < total * 9)
        fail_msg("%u of %u", found, total);
}

/* A word of tests or examples inside does not make a password none. */
static void stop_words_hide_nothing(void **state)
{
    static const char *const values[] = {"example1234!Zq",
                                         "testing_in_production_77"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_true(is_reported("db:\n  user: ann\n  password: @@\n", values[i],
                                "config/database.yml"));
        assert_true(is_reported("DB_HOST=db\nDB_USER=ann\nDB_PASSWORD=@@\n",
                                values[i], ".env"));
    }
}

/* In ten languages: nobody's password. */
static void placeholders_of_ten_languages_are_left_alone(void **state)
{
    static const char *const values[] = {
        "your_password",   "dein_passwort", "votre_mot_de_passe",
        "tu_contrasena",   "sua_senha",     "la_tua_password",
        "jouw_wachtwoord", "twoje_haslo",   "ditt_losenord",
        "vase_heslo",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        bool found =
            is_reported("DB_USER=ann\nDB_PASSWORD=@@\n", values[i], ".env");

        if (found)
            print_error("reported: %s\n", values[i]);
        assert_false(found);
    }
}

static void placeholders_are_left_alone(void **state)
{
    unsigned total,
        found = count(empty, sizeof(empty) / sizeof(empty[0]), &total);

    (void)state;
    if (found * 20 > total)
        fail_msg("%u of %u", found, total);
}

/* The score follows the key: the same value under another name. */
static void the_key_counts(void **state)
{
    static const char value[] = "kd83hZq0pLw2";
    int32_t password = score_of("password: '@@'\n", value, "a.yml").score;
    int32_t label = score_of("password_label: '@@'\n", value, "a.yml").score;
    int32_t path = score_of("token_path: '@@'\n", value, "a.yml").score;
    int32_t hash = score_of("auth_file_name: '@@'\n", value, "a.yml").score;

    (void)state;
    assert_true(password > label);
    assert_true(password > path);
    assert_true(password > hash);
}

/* And the value: words of a sentence, a name, a scramble under one key. */
static void the_value_counts(void **state)
{
    int32_t scramble =
        score_of("api_token: '@@'\n", "9f8Kq2LmZx71Tb0c", "a.yml").score;
    int32_t words =
        score_of("api_token: '@@'\n", "api_token_name", "a.yml").score;
    int32_t text =
        score_of("api_token: '@@'\n", "Enter the token here", "a.yml").score;
    int32_t template =
        score_of("api_token: '@@'\n", "x${TOKEN}x", "a.yml").score;

    (void)state;
    assert_true(scramble > words);
    assert_true(scramble > text);
    assert_true(scramble > template);
}

/* Labels of a user interface, in many languages. */
static void translations_are_left_alone(void **state)
{
    static const char *const lines[] = {
        "  \"LABEL_PASSWORD\": \"@@\",\n",
        "  'reset_password' => '@@',\n",
        "  \"password\": \"@@\",\n  \"password_confirmation\": \"@\",\n",
        "msgid \"Password\"\nmsgstr \"@@\"\n",
    };
    static const char *const texts[] = {
        "Passwort", "Mot de passe", "Contraseña", "Senha",      "Wachtwoord",
        "Hasło",    "Пароль",       "密码",       "パスワード", "Salasana",
    };
    unsigned reported = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++)
            reported += is_reported(lines[i], texts[j], "locale/de.json");
    }
    if (reported > 2)
        fail_msg("%u", reported);
}

static void what_is_no_secret_is_left_alone(void **state)
{
    static const char *const lines[][2] = {
        {"cache_key = \"@@\"", "user:profile:settings"},
        {"\"integrity\": \"sha512-@@\"",
         "zYzX0bdcPo5KnGDR1L7nsVN1VpfQkWmCT0vKJHKm0xZV2Q"},
        {"commit = \"@@\"", "9b219343610c88a1187c996d0dc58330b55cee28"},
        {"key: \"@@\"", "background-color"},
        {"token_type: \"@@\"", "Bearer"},
        {"password_field = \"@@\"", "input#user_password"},
        {"auth_url = \"@@\"", "https://login.example.com/oauth"},
        {"primary_key = '@@'", "user_id"},
        {"foreign_key: \"@@\"", "organization_id"},
        {"apiVersion: @@\n", "networking.k8s.io/v1"},
        {"publicKeyToken=\"@@\"", "b77a5c561934e089"},
        {"<Setter key=\"@@\" />", "ButtonForeground"},
    };
    unsigned reported = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (!is_reported(lines[i][0], lines[i][1], "src/app.cs"))
            continue;
        print_error("reported: %s\n", lines[i][0]);
        reported++;
    }
    assert_true(reported <= 1);
}

/* A UUID is reported by default only where a key calls it a credential. */
static void uuids_need_a_strong_key(void **state)
{
    static const char uuid[] = "0d9f35fc-8946-4346-b8d3-909023eb72a0";

    (void)state;
    assert_int_equal(score_of("\"id\": \"@@\"", uuid, NULL).verdict.class_,
                     KS_GENERIC_CLASS_ID);
    assert_int_not_equal(
        score_of("client_secret = \"@@\"", uuid, NULL).verdict.class_,
        KS_GENERIC_CLASS_ID);
}

static void a_path_never_decides_alone(void **state)
{
    static const char *const paths[] = {
        "tests/unit/a_test.go",
        "examples/demo.py",
        "docs/a.md",
        "vendor/x/y.js",
        "locale/de.json",
        "secrets/prod.env",
        "a.pem",
    };

    (void)state;
    assert_int_equal(ks_generic_path_score(NULL), 0);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        int32_t s = ks_generic_path_score(paths[i]);

        assert_in_range(s + 1536, 0, 3072);
    }
    assert_true(
        ks_generic_floor() <=
        ks_generic_threshold(KS_GENERIC_CLASS_PASSWORD, KS_GENERIC_LOW));
}

static void confidence_rises_with_the_score(void **state)
{
    unsigned before = 0;

    (void)state;
    for (int32_t s = -12000; s <= 12000; s += 17) {
        unsigned now = ks_generic_confidence_permille(s);

        assert_true(now >= before && now <= 1000);
        before = now;
    }
    assert_true(before > 900);
}

static void reasons_are_words(void **state)
{
    struct scan_best best =
        score_of("db_password = \"@@\"\n", "Summer2023!", NULL);
    const char *words[40];
    size_t n =
        ks_generic_reasons(words, 40, best.verdict.reasons, "tests/a.py");
    bool key = false, folder = false;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        key = key || strcmp(words[i], "the key says password") == 0;
        folder = folder || strcmp(words[i], "in a test folder") == 0;
    }
    assert_true(key && folder);
    assert_int_equal(ks_generic_reasons(words, 1, best.verdict.reasons, NULL),
                     1);
}

/* A rule of its own can ask about its value. */
static void values_of_rules_can_be_judged(void **state)
{
    static const char *const tails[] = {"Q3TZ7LHWM4PXC2VD", "IOSFODNN7EXAMPLE"};
    struct ks_generic_verdict v[2];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char text[64];
        struct ks_generic_window w = {.text = {(const uint8_t *)text, 42},
                                      .at_start = true,
                                      .at_end = true};

        snprintf(text, sizeof(text), "aws_access_key_id = \"%s%s\"", "AKIA",
                 tails[i]);
        ks_generic_value_score(&v[i], &w, 21, 41);
    }
    assert_true(v[0].score > v[1].score);
}

/* Writes `text` with `value` in place of its %s. */
static void replace_slot(char *out, size_t cap, const char *text,
                         const char *value)
{
    const char *at = strstr(text, "%s");

    assert_non_null(at);
    snprintf(out, cap, "%.*s%s%s", (int)(at - text), text, value, at + 2);
}

/* What the lexer finds by itself gets the same score from a rule's span. */
static void a_rule_and_the_lexer_agree(void **state)
{
    static const char *const texts[] = {
        "db_password = \"%s\"\n",
        "password: %s\n",
        "x = 'amqp://ann:%s@mq:5672/'\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct ks_generic_window w = {.at_start = true, .at_end = true};
        struct ks_generic_verdict v;
        struct scan_best best;
        const char *value;
        char text[80];
        size_t from;

        replace_slot(text, sizeof(text), texts[i], "kd83hZq0pLw2");
        best = scan_best_of(text);
        value = strstr(text, best.value);
        assert_non_null(value);
        from = (size_t)(value - text);
        w.text = (struct ks_span){(const uint8_t *)text, strlen(text)};
        ks_generic_value_score(&v, &w, from, from + strlen(best.value));
        assert_int_equal(v.score, best.score);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_that_people_choose_are_found),
        cmocka_unit_test(placeholders_are_left_alone),
        cmocka_unit_test(stop_words_hide_nothing),
        cmocka_unit_test(placeholders_of_ten_languages_are_left_alone),
        cmocka_unit_test(the_key_counts),
        cmocka_unit_test(the_value_counts),
        cmocka_unit_test(translations_are_left_alone),
        cmocka_unit_test(what_is_no_secret_is_left_alone),
        cmocka_unit_test(uuids_need_a_strong_key),
        cmocka_unit_test(a_path_never_decides_alone),
        cmocka_unit_test(confidence_rises_with_the_score),
        cmocka_unit_test(reasons_are_words),
        cmocka_unit_test(values_of_rules_can_be_judged),
        cmocka_unit_test(a_rule_and_the_lexer_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
