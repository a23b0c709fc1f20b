/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The vector of Standard Webhooks; its secret is public. */
static const char *const vector_parts[] = {"MfKQ9r8G", "KYqrTwjU", "PD8ILPZI",
                                           "o2LaLaSw"};
static const int64_t vector_time = 1614265330;

static struct ks_signed vector(void)
{
    return (struct ks_signed){
        .id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
        .timestamp = vector_time,
        .body = ks_span_str("{\"test\": 2432232314}"),
    };
}

static struct ks_sign_key vector_key(const char *prefix)
{
    struct ks_sign_key key;
    struct ks_buf text;

    ks_buf_init(&text, 128);
    assert_int_equal(ks_buf_printf(&text, "%s%s%s%s%s\n", prefix,
                                   vector_parts[0], vector_parts[1],
                                   vector_parts[2], vector_parts[3]),
                     KS_OK);
    assert_int_equal(ks_sign_key_parse(&key, ks_buf_span(&text), NULL), KS_OK);
    ks_buf_release(&text);
    return key;
}

static void gives_the_vector(void **state)
{
    struct ks_sign_key key = vector_key("whsec_");
    struct ks_signed what = vector();
    struct ks_buf value;

    (void)state;
    ks_buf_init(&value, 1024);
    assert_int_equal(ks_sign_add(&value, &key, &what, NULL), KS_OK);
    assert_string_equal(ks_buf_text(&value),
                        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    ks_buf_release(&value);
}

static void verifies_one_of_several(void **state)
{
    struct ks_sign_key key = vector_key("");
    struct ks_signed what = vector();
    const char *value = "v1a,AAAA v1,aGVsbG8= "
                        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,xx";

    (void)state;
    assert_int_equal(ks_sign_verify(&key, &what, value, vector_time, NULL),
                     KS_OK);
    what.id = "msg_other";
    assert_int_equal(ks_sign_verify(&key, &what, value, vector_time, NULL),
                     KS_EINVAL);
    what = vector();
    what.body = ks_span_str("{\"test\": 2432232315}");
    assert_int_equal(ks_sign_verify(&key, &what, value, vector_time, NULL),
                     KS_EINVAL);
}

static void refuses_old_and_future(void **state)
{
    struct ks_sign_key key = vector_key("");
    struct ks_signed what = vector();
    const char *value = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    struct ks_err err = {0};

    (void)state;
    assert_int_equal(ks_sign_verify(&key, &what, value,
                                    vector_time + KS_SIGN_TOLERANCE, &err),
                     KS_OK);
    assert_int_equal(ks_sign_verify(&key, &what, value,
                                    vector_time + KS_SIGN_TOLERANCE + 1, &err),
                     KS_EINVAL);
    assert_non_null(strstr(err.text, "too old"));
    assert_int_equal(ks_sign_verify(&key, &what, value,
                                    vector_time - KS_SIGN_TOLERANCE - 1, &err),
                     KS_EINVAL);
    assert_non_null(strstr(err.text, "future"));
}

static void ed25519_both_halves(void **state)
{
    struct ks_sign_key secret, public_key;
    struct ks_signed what = vector();
    struct ks_buf text, value;

    (void)state;
    ks_buf_init(&text, 256);
    ks_buf_init(&value, 256);
    assert_int_equal(ks_sign_key_generate(&text, KS_SIGN_ED25519_SECRET, NULL),
                     KS_OK);
    assert_int_equal(ks_sign_key_parse(&secret, ks_buf_span(&text), NULL),
                     KS_OK);
    ks_buf_clear(&text);
    assert_int_equal(ks_sign_key_public(&text, &secret, NULL), KS_OK);
    assert_int_equal(ks_sign_key_parse(&public_key, ks_buf_span(&text), NULL),
                     KS_OK);
    assert_int_equal(public_key.kind, KS_SIGN_ED25519_PUBLIC);
    assert_int_equal(ks_sign_add(&value, &secret, &what, NULL), KS_OK);
    assert_memory_equal(value.ptr, "v1a,", 4);
    assert_int_equal(ks_sign_verify(&public_key, &what, ks_buf_text(&value),
                                    vector_time, NULL),
                     KS_OK);
    assert_int_equal(ks_sign_add(&value, &public_key, &what, NULL), KS_EINVAL);
    value.ptr[10] ^= 1;
    assert_int_equal(ks_sign_verify(&public_key, &what, ks_buf_text(&value),
                                    vector_time, NULL),
                     KS_EINVAL);
    ks_buf_release(&text);
    ks_buf_release(&value);
}

static void refuses_wrong_keys(void **state)
{
    static const char *const wrong[] = {
        "",       "whsec_",        "whsec_AAAA", "whsec_!!!!",
        "whpk_A", "whpk_AAAAAAAA", "whsk_AAAA",  "other_AAAA",
    };
    struct ks_sign_key key;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(ks_sign_key_parse(&key, ks_span_str(wrong[i]), NULL),
                         KS_EINVAL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_vector),
        cmocka_unit_test(verifies_one_of_several),
        cmocka_unit_test(refuses_old_and_future),
        cmocka_unit_test(ed25519_both_halves),
        cmocka_unit_test(refuses_wrong_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
