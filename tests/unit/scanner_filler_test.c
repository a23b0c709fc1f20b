/* SPDX-License-Identifier: Apache-2.0 */
/* Placeholders are known as such, and what chance makes is none. */
#include "scanner/filler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void placeholders(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"xxxxxxxxxxxxxxxxxxxxxxxx", "run"},
        {"ab12000000000000cd34", "run"},
        {"0123456789abcdef0123456789abcdef", "sequence"},
        {"1234567890abcdef1234567890abcdef", "sequence"},
        {"sk-proj-abcdefghijklmnopqrstuvwxyz0123456789", "sequence"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "sequence"},
        {"qwertyuiop1234567890", "sequence"},
        {"11111111-2222-3333-4444-555555555555", "run"},
        {"deadbeefdeadbeefdeadbeef", "piece"},
        {"ab9kab9kab9kab9kab9kab9k", "piece"},
        {"test12test12test12test12", "piece"},
        {"your_api_key_here_1", "words"},
        {"REPLACE_ME_TOKEN_KEY", "words"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = ks_filler_reason(ks_span_str(cases[i].text));

        if (why == NULL || strstr(why, cases[i].why) == NULL)
            print_error("%s: %s\n", cases[i].text, why == NULL ? "-" : why);
        assert_non_null(why);
        assert_non_null(strstr(why, cases[i].why));
    }
}

static void short_and_mixed_texts(void **state)
{
    static const char *const cases[] = {
        "",
        "12345678",
        "abcdefghijk",
        "k3y9Qz7example2Lm5Rt8Wx1",
        "5d41402abc4b2a76b9719d911017c592",
        "550e8400-e29b-41d4-a716-446655440000",
        "Tr0ub4dor&3 and more",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_null(ks_filler_reason(ks_span_str(cases[i])));
}

static uint64_t seed = 11;

static unsigned draw(unsigned below)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(seed >> 33) % below;
}

/* 100,000 random keys in hexadecimal and in letters and digits. */
static void chance_makes_none(void **state)
{
    static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        uint8_t key[40];
        size_t len = 16 + draw(25);

        for (size_t k = 0; k < len; k++)
            key[k] = (uint8_t)alphabet[draw(i % 2 == 0 ? 16 : 62)];
        assert_null(ks_filler_reason((struct ks_span){key, len}));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(placeholders),
        cmocka_unit_test(short_and_mixed_texts),
        cmocka_unit_test(chance_makes_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
