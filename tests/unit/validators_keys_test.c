/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private keys in files, and JSON objects that hold keys. The keys were made
 * for this test; marks and bodies stand apart so that none is whole here.
 */
#include "tests/unit/validators_util.h"

static const char openssh_body[] =
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    "QyNTUxOQAAACBeb0VWE2vfjENhYFJGh0GXZV4Z4hrdpQ14dpjc7EFjMQAAAIj6MBUx+jAV\n"
    "MQAAAAtzc2gtZWQyNTUxOQAAACBeb0VWE2vfjENhYFJGh0GXZV4Z4hrdpQ14dpjc7EFjMQ\n"
    "AAAECffHIl6MNIUgNvNmEFHRZ6YkYyeJVQQCZalHHn/FKTuV5vRVYTa9+MQ2FgUkaHQZdl\n"
    "XhniGt2lDXh2mNzsQWMxAAAAAXQBAgME\n";

static const char openssh_encrypted_body[] =
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABCybjSwfi\n"
    "hhDXaccNqbwXxQAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIE4I0UbZun5UWfp6\n"
    "pqejqmer64Ev7doEVF3LtoKUO9SoAAAAkExK1x5gCI4Aw2sKD0lOCeysKmyNw5etXtaUsK\n"
    "JYGBx6CKypQCX6v3Pz3W/mb4HF/+Lr4RvbMSwyKPiJ1MbC7bmnHV2W8fGv277CS1n7F997\n"
    "6TybVlsNiXs4GR+/d2V9cEYbrget4RqRLHO1JipHIjW4zeDB26mIwCyac/mKCBL25a4wqW\n"
    "yVLMXPQ49Dl6qvug==\n";

static const char ec_body[] =
    "MHcCAQEEIHTEzDUPIrAinx/IMmLTx7B92j0LGXETK9sSY9Me3A0WoAoGCCqGSM49\n"
    "AwEHoUQDQgAEcjjcYT1hyLUhGLrkcHiSpcntP7h3K6N8uRpkWUBwNUCULJcyKH6P\n"
    "6JZFfHGBJ06OC+SsBqYufOAJwpywRvuSYQ==\n";

static const char ec_pkcs8_body[] =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdMTMNQ8isCKfH8gy\n"
    "YtPHsH3aPQsZcRMr2xJj0x7cDRahRANCAARyONxhPWHItSEYuuRweJKlye0/uHcr\n"
    "o3y5GmRZQHA1QJQslzIofo/olkV8cYEnTo4L5KwGpi584AnCnLBG+5Jh\n";

static const char ec_pkcs8_encrypted_body[] =
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgNgc6ore/1ogICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHESlJvFEPNkAZSaPh99ZNIEgZAU\n"
    "e9C9KUB2M4+MxguWnFx5V+8bAbipld+AwIiljaS5ZHKdeWhhD9t5QURcyEtEY+kf\n"
    "E1QePPREOixnc57NEsUFuGwS8i17zIa+4GtMUMiGCiWeuR6gFcPNp2Or5e2FlP36\n"
    "QK2t9xXib3jGJLdIeew1ZFKXRQXAttcF9V9I7URKph9cXjxJpnCM8yyssWXdMK8=\n";

static const char ec_encrypted_body[] =
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,A82C3B6FF244D0B797309AFFBC001192\n"
    "\n"
    "rWAZOeWurVPlrJ+IkH01lzV4/bxgk7x/QI1lmIToL9xcmz7moYSnqPROISEUA3Zd\n"
    "sD0TO/twvXJ91BY/jRWPjQJFkIC313CS02v8gmQooVJeLBHjwyH92w2MXqNbao4D\n"
    "v/HCwDhv4e4/uZDkStfzglfKN1eaVpY8gurL5JLju9Q=\n";

static const char k1_body[] =
    "MHQCAQEEIOTOpbOxFw53c4TBo0beb0vHP+JZf7u0tvVV91iiOM/zoAcGBSuBBAAK\n"
    "oUQDQgAESUiIBKq0mNz2srwa+WlNq45WMbuhH6OBe4hjd8AI7KiY2A0qZiewvUh8\n"
    "gKUEwyowIwOfg2U0q1jbiAOt6WkqAw==\n";

static const char rsa_body[] =
    "MIICXAIBAAKBgQDGfZ0EfZc0y5ty2dJLP6CrgKHImwcgLMpS9oGk1MizXZnxWUMU\n"
    "GUuOEyUVbJzL7iCkdzkmR3Ja7p3tW8AjciuAt8wqp21Z90jNqdtmccG+zW/XX2Ez\n"
    "DW2TL7GtjLP8cgGbHTbz9dEzBWYZU8THfh58WK+unNqHND1lur4yF4HoJwIDAQAB\n"
    "AoGBAJWI+qrwZuK6ZaDv4tMX21Z5MOjtij++HqrD1UW1nIIsiRZfNf7FU7t0RuLO\n"
    "EY49FtBwlVh2SPuies3f6m+JyqT5qpwz4KwpGIOgu8ydJMWmqnQdfZjO8FNYwO2c\n"
    "vWEp/auIGS00adEiEJQn/nZax4fwjlKiKSoXD/E3isjvhi2JAkEA4wf4NVZ5qgSV\n"
    "3GEjNHhXlafWqoM2s06oohtXDJS2WQ2YHIUP2dilF2A/Np73rthMcJ9rFe+UI2ZZ\n"
    "bITtklqo5QJBAN/RXMywF+RBhfCKqo/EnaswW4xg+S5jvZ6JITc7L26MYEL9+CLM\n"
    "qmLCiKN/rT1o5v02POXnOFtydmDRMlcAOBsCQExbb9WwofbW1/hpC0goeXyyGHb8\n"
    "7rbb68ep3lsy4SmOcuyUrEIepVf5XQln6fH6easfUwrrqy1EzSq8gpLIvykCQHEj\n"
    "235ZMeqfuL5symWcpXtJGa4vwybRIqSGe3T5BTQj3/FdgtbMkQEVh47m1sMpSUMM\n"
    "7OHm7VVE2lR8y66xHKsCQHvfK70OzlrUHSg+Rx003qQhopQU6gsmu9sc4ka9HFyP\n"
    "Ak5MWXHqDQvdhH3oXofdkV21TyPFxa79oLVq2bszx9U=\n";

static const char dsa_body[] =
    "MIIBWgIBADCCATMGByqGSM44BAEwggEmAoGBALDWVo7JeMEIbM/rxF7WcxzR3cqZ\n"
    "RPKqsniHnLn6MJ4zZuBiBhoWI3k84XnI343mDYy4kr/6IXYjK83OM6UzVVKxl31l\n"
    "fn6g2YNzcJA5K55viKJUUO8pLT/BJTGV/Yuy350KvWMBpSMZ8cvP2pC3eQeCSLXK\n"
    "cSkGtH0VzZz01IcdAh0A1z0R7rMO4l2s0hzW6yoleS9d7CsMHIni6DGHowKBgBc2\n"
    "nPnsTaig1nNOMmCUFM+IoEogHYNvjxJxWqGpr8y+a2r8v8GrM/MJe2gUdnfduRK4\n"
    "CBgw9h6PZy6O5jmu6KWYrxMNlgkz3NmHB6E8qCAgQkAAi2eXn+cRJ0NHno6BEjlb\n"
    "LrwBzimJGAo+FlKbsHi5l4mV0N+h1v4juff8gekwBB4CHG6PNS8XHI6W9oIV+IQm\n"
    "WVK6AzqNrKnmzk/9b3E=\n";

static const char pgp_body[] =
    "\n"
    "lFgEawPlSBYJKwYBBAHaRw8BAQdATXtl9hKjrb5TJHOW+JtHOTfMmUZgD90EDaYN\n"
    "Jd3pvTkAAQClLlqiQNHhHH9DOGjSFu+ClwFhuzTr7fFXBuBMCnwevg81tBtUZXN0\n"
    "IFZlY3RvciA8dEBleGFtcGxlLm9yZz6IkAQTFggAOBYhBDeiRcNDwL9YgZPvi9jG\n"
    "QTD7EkYABQJrA+VIAhsDBQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJENjGQTD7\n"
    "EkYAe6gBAObQO/+Zum3TaEekArCod/ndEED1EPJSubnhTIL+ktpPAQCuIQ2kyINf\n"
    "eUyhwlKKYERC3OKHqeYOv6SeLyEjbJ2gDg==\n"
    "=1QuL\n";

/* The body between its marks, with each "\n" replaced. */
static const char *armour(char out[TOKEN_ROOM], const char *label,
                          const char *body, const char *line_end)
{
    size_t len = (size_t)snprintf(out, TOKEN_ROOM, "-----%s %s-----%s", "BEGIN",
                                  label, line_end);

    for (const char *c = body; *c != '\0'; c++) {
        if (*c == '\n')
            len +=
                (size_t)snprintf(out + len, TOKEN_ROOM - len, "%s", line_end);
        else
            out[len++] = *c;
    }
    (void)snprintf(out + len, TOKEN_ROOM - len, "-----%s %s-----", "END",
                   label);
    return out;
}

static const struct {
    const char *label;
    const char *body;
    enum ks_validity verdict;
    const char *fact;
    const char *value;
} keys[] = {
    {"OPENSSH PRIVATE KEY", openssh_body, KS_VALIDITY_CHECKSUM,
     "ssh fingerprint", "SHA256:sTOS5l85aHntnRWbfgEr8fK13s6DI/uRrqVAf5bkiXc"},
    {"OPENSSH PRIVATE KEY", openssh_encrypted_body, KS_VALIDITY_STRUCTURE,
     "ssh fingerprint", "SHA256:R1lDRUZltQYCyCFAqMNSmtjh85l+/OssUCgDx7Avmy4"},
    {"OPENSSH PRIVATE KEY", openssh_encrypted_body, KS_VALIDITY_STRUCTURE,
     "encrypted", "yes"},
    {"EC PRIVATE KEY", ec_body, KS_VALIDITY_CHECKSUM, "ssh fingerprint",
     "SHA256:SHiq9+/ktqcoopcJ+BeDDBCj59R5Huo+0djN5EuutWs"},
    {"EC PRIVATE KEY", ec_body, KS_VALIDITY_CHECKSUM, "curve", "prime256v1"},
    {"PRIVATE KEY", ec_pkcs8_body, KS_VALIDITY_CHECKSUM, "spki sha256",
     "159123dee40e69d558dd61c18c88629f22e9d0bff6877c9eaa4c30fddcc5208c"},
    {"ENCRYPTED PRIVATE KEY", ec_pkcs8_encrypted_body, KS_VALIDITY_STRUCTURE,
     "encrypted", "yes"},
    {"EC PRIVATE KEY", ec_encrypted_body, KS_VALIDITY_STRUCTURE, "encrypted",
     "yes"},
    {"EC PRIVATE KEY", k1_body, KS_VALIDITY_CHECKSUM, "spki sha256",
     "4e58739d90aeb1a85b5b2e117561b28b93b09f4c6093519cc6605812eaf14953"},
    {"RSA PRIVATE KEY", rsa_body, KS_VALIDITY_CHECKSUM, "ssh fingerprint",
     "SHA256:umYWLZ82wqGoGRqYpaWADjZDfjTw7IngqqMOsLwUdXc"},
    {"RSA PRIVATE KEY", rsa_body, KS_VALIDITY_CHECKSUM, "bits", "1024"},
    {"PRIVATE KEY", dsa_body, KS_VALIDITY_STRUCTURE, "type", "DSA"},
};

static void test_each_kind_of_file(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        armour(text, keys[i].label, keys[i].body, "\n");
        if (check_text("pem-private-key", text) != keys[i].verdict)
            fail_msg("key %zu", i);
        assert_fact("pem-private-key", text, keys[i].fact, keys[i].value);
    }
}

static void test_however_it_is_written(void **state)
{
    static const char *const line_ends[] = {
        "\r\n",         "\\n", "\\r\\n", "\\\\n", "\n    ", "\\n\" +\n    \"",
        "\\n\",\n  \"", " ",
    };
    char text[TOKEN_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof(line_ends) / sizeof(line_ends[0]); i++) {
        armour(text, "RSA PRIVATE KEY", rsa_body, line_ends[i]);
        assert_int_equal(check_text("pem-private-key", text),
                         KS_VALIDITY_CHECKSUM);
        armour(text, "EC PRIVATE KEY", ec_encrypted_body, line_ends[i]);
        if (i < 6)
            assert_int_equal(check_text("pem-private-key", text),
                             KS_VALIDITY_STRUCTURE);
    }
}

/* What does not parse is not proven, and not called fake either. */
static void test_damage(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    armour(text, "RSA PRIVATE KEY", rsa_body, "\n");
    text[200] = text[200] == 'x' ? 'y' : 'x';
    assert_int_not_equal(check_text("pem-private-key", text),
                         KS_VALIDITY_CHECKSUM);
    text[300] = '\0';
    assert_int_equal(check_text("pem-private-key", text), KS_VALIDITY_UNKNOWN);
    armour(text, "RSA PRIVATE KEY", "...\n", "\n");
    assert_int_equal(check_text("pem-private-key", text), KS_VALIDITY_UNKNOWN);
    armour(text, "CERTIFICATE", rsa_body, "\n");
    assert_int_equal(check_text("pem-private-key", text), KS_VALIDITY_UNKNOWN);
}

/* RFC 8410, section 10.3. */
static void test_key_of_an_rfc(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    armour(text, "PRIVATE KEY",
           "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp"
           "+K06/nwoy/HU++CXqI9EdVhC\n",
           "\n");
    assert_int_equal(check_text("pem-private-key", text), KS_VALIDITY_SAMPLE);
}

static void test_pgp(void **state)
{
    static const char label[] = "PGP PRIVATE KEY BLOCK";
    char text[TOKEN_ROOM];
    char *checksum;

    (void)state;
    armour(text, label, pgp_body, "\n");
    assert_int_equal(check_text("pgp-private-key", text), KS_VALIDITY_CHECKSUM);
    assert_fact("pgp-private-key", text, "fingerprint",
                "37a245c343c0bf588193ef8bd8c64130fb124600");
    assert_fact("pgp-private-key", text, "encrypted", "no");
    assert_fact("pgp-private-key", text, "user id",
                "Test Vector <t@example.org>");
    checksum = strstr(text, "=1QuL");
    assert_non_null(checksum);
    checksum[1] = '2';
    assert_int_equal(check_text("pgp-private-key", text),
                     KS_VALIDITY_STRUCTURE);
    text[40] = text[40] == 'x' ? 'y' : 'x';
    armour(text, label, "AAAA\n", "\n");
    assert_int_equal(check_text("pgp-private-key", text), KS_VALIDITY_UNKNOWN);
}

/* {"alg":"HS256","typ":"JWT"} */
static const char jwt_header[] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

static void test_jwt(void **state)
{
    struct ks_proof_facts facts;
    char text[TOKEN_ROOM];

    (void)state;
    /* {"iss":"https://issuer.example","aud":["a","b"],"exp":1700000000} */
    join(text, jwt_header,
         ".eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjpbImEiLCJiIl0"
         "sImV4cCI6MTcwMDAwMDAwMH0.",
         "c2lnbmF0dXJl");
    assert_int_equal(check_bytes(&facts, "jwt", text, strlen(text)),
                     KS_VALIDITY_STRUCTURE);
    assert_true(facts.expired);
    assert_string_equal(fact_of(&facts, "issuer"), "https://issuer.example");
    assert_string_equal(fact_of(&facts, "audience"), "a");
    assert_string_equal(fact_of(&facts, "algorithm"), "HS256");
    assert_string_equal(fact_of(&facts, "expires"), "2023-11-14T22:13:20Z");
    /* {"exp":1900000000} */
    join(text, jwt_header, ".eyJleHAiOjE5MDAwMDAwMDB9.", "c2lnbmF0dXJl");
    assert_int_equal(check_bytes(&facts, "jwt", text, strlen(text)),
                     KS_VALIDITY_STRUCTURE);
    assert_false(facts.expired);
    /* {"exp":1e999} */
    join(text, jwt_header, ".eyJleHAiOjFlOTk5fQ.", "c2lnbmF0dXJl");
    (void)check_bytes(&facts, "jwt", text, strlen(text));
    assert_false(facts.expired);
}

static void test_jwt_that_is_none(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, jwt_header, ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l",
         "IiwiaWF0IjoxNTE2MjM5MDIyfQ."
         "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c");
    assert_int_equal(check_text("jwt", text), KS_VALIDITY_SAMPLE);
    join(text, jwt_header, ".bm90IGpzb24.", "c2lnbmF0dXJl");
    assert_int_equal(check_text("jwt", text), KS_VALIDITY_UNKNOWN);
    assert_int_equal(check_text("jwt", "a.b"), KS_VALIDITY_UNKNOWN);
    assert_int_equal(check_text("jwt", "a.b.c.d.e.f"), KS_VALIDITY_UNKNOWN);
    assert_int_equal(check_text("jwt", ".."), KS_VALIDITY_UNKNOWN);
}

static void test_jwk(void **state)
{
    char text[TOKEN_ROOM];

    (void)state;
    join(text, "{\"kty\":\"RSA\",\"kid\":\"k-1\",\"n\":\"AQAB\",",
         "\"d\":", "\"X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJo\"}");
    assert_int_equal(check_text("jwk", text), KS_VALIDITY_STRUCTURE);
    assert_fact("jwk", text, "key id", "k-1");
    join(text, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":",
         "\"_wvG1Nl8a0PajC7ZQ5hN4NGnegqR3CYmpJ5Bc6yWqqc\",\"x\":",
         "\"aKQJgNmdCa3u5kTLE4oRxyXikW2_dfw0M1rX8TaWSU4\"}");
    assert_int_equal(check_text("jwk", text), KS_VALIDITY_CHECKSUM);
    /* RFC 8037, appendix A.1 */
    join(text, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":",
         "\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",\"x\":",
         "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}");
    assert_int_equal(check_text("jwk", text), KS_VALIDITY_SAMPLE);
    assert_int_equal(check_text("jwk", "{\"kty\":\"RSA\",\"n\":\"AQAB\"}"),
                     KS_VALIDITY_UNKNOWN);
}

static void test_gcp(void **state)
{
    char key[TOKEN_ROOM];
    char text[2 * TOKEN_ROOM];

    (void)state;
    armour(key, "RSA PRIVATE KEY", rsa_body, "\\n");
    (void)snprintf(text, sizeof(text),
                   "{\"type\": \"service_account\", \"project_id\": \"p-1\","
                   "\"client_email\": \"a@p-1.iam.example\","
                   "\"private_key\": \"%s\"}",
                   key);
    assert_int_equal(check_text("gcp-service-account", text),
                     KS_VALIDITY_CHECKSUM);
    assert_fact("gcp-service-account", text, "project", "p-1");
    assert_fact("gcp-service-account", text, "ssh fingerprint",
                "SHA256:umYWLZ82wqGoGRqYpaWADjZDfjTw7IngqqMOsLwUdXc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind_of_file),
        cmocka_unit_test(test_however_it_is_written),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_key_of_an_rfc),
        cmocka_unit_test(test_pgp),
        cmocka_unit_test(test_jwt),
        cmocka_unit_test(test_jwt_that_is_none),
        cmocka_unit_test(test_jwk),
        cmocka_unit_test(test_gcp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
