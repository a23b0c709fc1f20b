/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of services: checksums and what is inside. */
#include "tests/unit/validators_util.h"

static void test_github(void **state)
{
    static const char types[] = "pou";
    char text[TOKEN_ROOM];
    char head[] = "gh?_";

    (void)state;
    for (size_t i = 0; types[i] != '\0'; i++) {
        head[2] = types[i];
        join(text, head, "k3yswe3pT3stV3ct0rAbCdEfGhIjKl", "0Sd2it");
        assert_int_equal(check_text("github-crc32", text),
                         KS_VALIDITY_CHECKSUM);
        assert_broken("github-crc32", text, 4, KS_VALIDITY_FAKE);
    }
    join(text, "ghr_",
         "k3yswe3pT3stV3ct0rAbCdEfGhIjKlk3yswe3pT3stV3ct0rAbCdEfGhIjKlk3yswe3p"
         "T3",
         "3LMkeg");
    assert_int_equal(check_text("github-crc32", text), KS_VALIDITY_CHECKSUM);
    assert_broken("github-crc32", text, 4, KS_VALIDITY_FAKE);
}

static void test_github_says_nothing_of_what_it_does_not_know(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "ghs_", "k3yswe3pT3stV3ct0rAbCdEfGhIjKl", "0Sd2iu");
    assert_int_equal(check_text("github-crc32", text), KS_VALIDITY_UNKNOWN);
    join(text, "ghp_", "k3yswe3pT3stV3ct0rAbCdEfGhIjKl", "0Sd2i");
    assert_int_equal(check_text("github-crc32", text), KS_VALIDITY_UNKNOWN);
    join(text, "ghz_", "k3yswe3pT3stV3ct0rAbCdEfGhIjKl", "0Sd2it");
    assert_int_equal(check_text("github-crc32", text), KS_VALIDITY_UNKNOWN);
    assert_int_equal(check_text("github-crc32", ""), KS_VALIDITY_UNKNOWN);
}

static void test_github_fine_grained_never_rejects(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "github_pat_", "11ABCDEFG0keysweepTest_",
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWPQN5GR12345678");
    assert_int_equal(check_text("github-fine-grained", text),
                     KS_VALIDITY_CHECKSUM);
    text[20] = 'x';
    assert_int_equal(check_text("github-fine-grained", text),
                     KS_VALIDITY_UNKNOWN);
}

static void test_npm(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "npm_", "k3yswe3pT3stV3ct0rAbCdEfGhIjKl", "0Sd2it");
    assert_int_equal(check_text("npm-crc32", text), KS_VALIDITY_CHECKSUM);
    assert_broken("npm-crc32", text, 4, KS_VALIDITY_FAKE);
}

static void test_gitlab(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "glpat-", "AAECAwQFBgcICQoLDA0OD2M6MQpvOjFrCnU6OWl4Dg",
         ".01.1616tlz31");
    assert_int_equal(check_text("gitlab-routable", text), KS_VALIDITY_CHECKSUM);
    assert_broken("gitlab-routable", text, 6, KS_VALIDITY_FAKE);
    assert_fact("gitlab-routable", text, "cell", "1");
    assert_fact("gitlab-routable", text, "organization", "56");
    assert_fact("gitlab-routable", text, "user", "12345");
}

static void test_gitlab_before_versions(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "glpat-", "YzoxCm86MWsKdTo5aXgAAQIDBAUGBwgJCgsMDQ4PEA",
         ".1604xa2cz");
    assert_int_equal(check_text("gitlab-routable", text), KS_VALIDITY_CHECKSUM);
    assert_fact("gitlab-routable", text, "user", "12345");
    text[10] = 'x';
    assert_int_equal(check_text("gitlab-routable", text), KS_VALIDITY_UNKNOWN);
    join(text, "glpat-", "abcdefghij", "0123456789");
    assert_int_equal(check_text("gitlab-routable", text), KS_VALIDITY_UNKNOWN);
}

static void test_atlassian(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "ATATT3xFfGF0",
         "KeysweepTestVectorKeysweepTestVectorKeysweepTestVector"
         "KeysweepTestVectorKeysweepTestVectorKeysweepTestVector"
         "KeysweepTestVectorKeysweepTestVectorKeysweepTestVector",
         "=CBA75F8D");
    assert_int_equal(check_text("atlassian-crc32", text), KS_VALIDITY_CHECKSUM);
    assert_broken("atlassian-crc32", text, 6, KS_VALIDITY_FAKE);
}

static void test_grafana(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "glsa_", "KeysweepTestVectorAbCdEfGhIjKlMn", "_77ea5028");
    assert_int_equal(check_text("grafana-crc32", text), KS_VALIDITY_CHECKSUM);
    assert_broken("grafana-crc32", text, 5, KS_VALIDITY_FAKE);
    join(text, "glsa_", "iNValIdinValiDinvalidinvalidinva", "_5b582697");
    assert_int_equal(check_text("grafana-crc32", text), KS_VALIDITY_SAMPLE);
}

/* `count` times the character, then signature and checksum. */
static const char *azure_key(char out[TOKEN_ROOM], int count, char c,
                             const char *tail)
{
    memset(out, c, (size_t)count);
    (void)snprintf(out + count, TOKEN_ROOM - (size_t)count, "%s", tail);
    return out;
}

/* Vectors of Microsoft's own tests. */
static void test_azure_vectors(void **state)
{
    static const struct {
        int count;
        char c;
        const char *tail;
        const char *service;
    } cases[] = {
        {76, 'a', "+ASt5mnCaw==", "Azure Storage"},
        {76, 'a', "ACDbOpqrYA==", "Azure Cosmos DB"},
        {76, 'a', "+ABa13FZVQ==", "Azure Batch"},
        {76, 'a', "APIMHbKhsQ==", "Azure API Management"},
        {33, 'a', "+ARmD7h+qo=", "Azure Relay"},
        {33, 'a', "+AEhG2s/8w=", "Azure Event Hubs"},
        {33, 'a', "+ASbHpHeAI=", "Azure Service Bus"},
        {33, 'a', "AIoTOumzco=", "Azure IoT"},
        {33, 'a', "AzCaJM04l8=", "Azure Cache for Redis"},
        {42, 'a', "+ACRC5W7f3", "Azure Container Registry"},
        {44, 'd', "AzFu182vhA==", "Azure Functions"},
    };
    char text[TOKEN_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        azure_key(text, cases[i].count, cases[i].c, cases[i].tail);
        assert_int_equal(check_text("azure-marvin32", text),
                         KS_VALIDITY_CHECKSUM);
        assert_fact("azure-marvin32", text, "service", cases[i].service);
        text[3] = 'x';
        assert_int_equal(check_text("azure-marvin32", text),
                         i == 0 ? KS_VALIDITY_FAKE : KS_VALIDITY_STRUCTURE);
    }
}

static void test_azure_without_signature(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    azure_key(text, 86, 'a', "==");
    assert_int_equal(check_text("azure-marvin32", text), KS_VALIDITY_UNKNOWN);
    assert_int_equal(check_text("azure-marvin32", "="), KS_VALIDITY_UNKNOWN);
    assert_int_equal(check_text("azure-marvin32", ""), KS_VALIDITY_UNKNOWN);
    join(text, "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVEr",
         "Cz4I6tq/K1SZFPTOtr/KBHBeksoGMGw", "==");
    assert_int_equal(check_text("azure-marvin32", text), KS_VALIDITY_SAMPLE);
}

static void test_azure_cask(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    azure_key(text, 52, 'H', "JQQJ99AEAAAAAAAAAAAAAAAAAZFU03Ml");
    assert_int_equal(check_text("azure-cask", text), KS_VALIDITY_STRUCTURE);
    assert_fact("azure-cask", text, "created", "2024-05");
    assert_fact("azure-cask", text, "provider", "AZFU");
    azure_key(text, 52, '6', "JQQJ99AEAAAAAAAAAAAAAAAAAZFUrS9sdA==");
    assert_int_equal(check_text("azure-cask", text), KS_VALIDITY_STRUCTURE);
    text[53] = 'x';
    assert_int_equal(check_text("azure-cask", text), KS_VALIDITY_UNKNOWN);
}

static void test_entra(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "xxx", "8Q~", "dead.dead.DEAD-DEAD-dead~deadxxxxx");
    assert_int_equal(check_text("entra-secret", text), KS_VALIDITY_STRUCTURE);
    join(text, "xxx", "7Q~", "dead.dead.DEAD-DEAD-dead~deadxx");
    assert_int_equal(check_text("entra-secret", text), KS_VALIDITY_STRUCTURE);
    join(text, "xxx", "9Q~", "dead.dead.DEAD-DEAD-dead~deadxx");
    assert_int_equal(check_text("entra-secret", text), KS_VALIDITY_UNKNOWN);
}

static void test_aws(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "ASIA", "QNZGKIQY", "56JQ7WML");
    assert_int_equal(check_text("aws-access-key-id", text),
                     KS_VALIDITY_STRUCTURE);
    assert_fact("aws-access-key-id", text, "account", "029608264753");
    assert_fact("aws-access-key-id", text, "type", "temporary session key");
    join(text, "AKIA", "RZPUZDIK", "AAJDIVTY");
    assert_fact("aws-access-key-id", text, "account", "123456789012");
    assert_fact("aws-access-key-id", text, "canary", "(none)");
    join(text, "AKIA", "XYZDQCEN", "QAJDIVTY");
    assert_fact("aws-access-key-id", text, "canary", "canarytokens.org");
}

static void test_aws_without_account(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "AKIA", "IOSFODNN7", "EXAMPLE");
    assert_int_equal(check_text("aws-access-key-id", text), KS_VALIDITY_SAMPLE);
    join(text, "AKIA", "JZPUZDIK", "AAJDIVTY");
    assert_fact("aws-access-key-id", text, "account", "(none)");
    join(text, "AKIA", "1ZPUZDIK", "AAJDIVTY");
    assert_int_equal(check_text("aws-access-key-id", text),
                     KS_VALIDITY_UNKNOWN);
}

/* location, identifier, one caveat, signature of 32 × 'S' */
static void test_pypi(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "pypi-", "AgEIcHlwaS5",
         "vcmcCJGExYjJjM2Q0LTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMAACJXsidmVyc2lv"
         "biI6IDEsICJwZXJtaXNzaW9ucyI6ICJ1c2VyIn0AAAYgU1NTU1NTU1NTU1NTU1NTU1NTU"
         "1NTU1NTU1NTU1NTU1M");
    assert_int_equal(check_text("pypi-macaroon", text), KS_VALIDITY_STRUCTURE);
    assert_fact("pypi-macaroon", text, "location", "pypi.org");
    assert_fact("pypi-macaroon", text, "caveat",
                "{\"version\": 1, \"permissions\": \"user\"}");
    text[strlen(text) - 8] = '\0';
    assert_int_equal(check_text("pypi-macaroon", text), KS_VALIDITY_UNKNOWN);
    text[12] = 'x';
    assert_int_equal(check_text("pypi-macaroon", text), KS_VALIDITY_FAKE);
}

static void test_known_samples(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "wJalrXUtnFEMI/K7MDENG/", "bPxRfiCY", "EXAMPLEKEY");
    assert_int_equal(check_text("known-sample", text), KS_VALIDITY_SAMPLE);
    text[0] = 'x';
    assert_int_equal(check_text("known-sample", text), KS_VALIDITY_UNKNOWN);
}

static void test_uuid(void **state)
{
    (void)state;
    assert_int_equal(
        check_text("uuid-v4", "7d444840-9dc0-41d1-b245-5ffdce74fad2"),
        KS_VALIDITY_UNKNOWN);
    assert_int_equal(
        check_text("uuid-v4", "7d444840-9dc0-11d1-b245-5ffdce74fad2"),
        KS_VALIDITY_FAKE);
    assert_int_equal(check_text("uuid-v4", "7d4448409dc041d1c2455ffdce74fad2"),
                     KS_VALIDITY_FAKE);
    assert_int_equal(check_text("uuid-v4", "7d444840"), KS_VALIDITY_UNKNOWN);
}

static void test_luhn(void **state)
{
    (void)state;
    assert_int_equal(check_text("luhn", "4111 1111-11111111"),
                     KS_VALIDITY_STRUCTURE);
    assert_int_equal(check_text("luhn", "4111111111111112"), KS_VALIDITY_FAKE);
    assert_int_equal(check_text("luhn", "4111"), KS_VALIDITY_UNKNOWN);
}

/* The table is in order, and every row is told apart by its name. */
static void test_table(void **state)
{
    size_t count;
    const struct ks_validator *rows = ks_validators(&count);

    (void)state;
    assert_true(count > 20);
    for (size_t i = 0; i < count; i++) {
        assert_true(rows[i].summary[0] != '\0');
        assert_ptr_equal(ks_validator_find(rows[i].name), &rows[i]);
        if (i > 0)
            assert_true(strcmp(rows[i - 1].name, rows[i].name) < 0);
    }
    assert_null(ks_validator_find("no-such-validator"));
}

/* A stranger's text reaches a terminal through facts. */
static void test_facts_are_printable_and_bounded(void **state)
{
    struct ks_proof_facts facts = {.len = 0};
    char text[2 * KS_FACT_VALUE];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    ks_proof_fact(&facts, "a", "\x1b[31m\x9b\n%s", "ok");
    assert_string_equal(facts.items[0].value, "?[31m??ok");
    for (int i = 0; i < 2 * KS_FACTS_MAX; i++)
        ks_proof_fact(&facts, "b", "%s", text);
    assert_int_equal(facts.len, KS_FACTS_MAX);
    assert_int_equal(strlen(facts.items[1].value), KS_FACT_VALUE - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_github),
        cmocka_unit_test(test_github_says_nothing_of_what_it_does_not_know),
        cmocka_unit_test(test_github_fine_grained_never_rejects),
        cmocka_unit_test(test_npm),
        cmocka_unit_test(test_gitlab),
        cmocka_unit_test(test_gitlab_before_versions),
        cmocka_unit_test(test_atlassian),
        cmocka_unit_test(test_grafana),
        cmocka_unit_test(test_azure_vectors),
        cmocka_unit_test(test_azure_without_signature),
        cmocka_unit_test(test_azure_cask),
        cmocka_unit_test(test_entra),
        cmocka_unit_test(test_aws),
        cmocka_unit_test(test_aws_without_account),
        cmocka_unit_test(test_pypi),
        cmocka_unit_test(test_known_samples),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_luhn),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_facts_are_printable_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
