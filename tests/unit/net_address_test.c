/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address.h"
#include "net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

static enum ks_address_kind kind_of(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    const void *any = &v4;

    if (inet_pton(AF_INET, text, &v4.sin_addr) != 1) {
        assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
        any = &v6;
    }
    return ks_address_kind(any);
}

static void kinds(void **state)
{
    static const struct {
        const char *text;
        enum ks_address_kind kind;
    } cases[] = {
        {"8.8.8.8", KS_ADDRESS_PUBLIC},
        {"127.0.0.1", KS_ADDRESS_LOOPBACK},
        {"127.255.255.254", KS_ADDRESS_LOOPBACK},
        {"10.0.0.1", KS_ADDRESS_PRIVATE},
        {"172.15.255.255", KS_ADDRESS_PUBLIC},
        {"172.16.0.1", KS_ADDRESS_PRIVATE},
        {"172.31.255.255", KS_ADDRESS_PRIVATE},
        {"172.32.0.0", KS_ADDRESS_PUBLIC},
        {"192.168.1.1", KS_ADDRESS_PRIVATE},
        {"100.64.0.1", KS_ADDRESS_PRIVATE},
        {"169.254.169.254", KS_ADDRESS_LINK_LOCAL},
        {"0.0.0.0", KS_ADDRESS_RESERVED},
        {"224.0.0.1", KS_ADDRESS_RESERVED},
        {"255.255.255.255", KS_ADDRESS_RESERVED},
        {"::1", KS_ADDRESS_LOOPBACK},
        {"::", KS_ADDRESS_RESERVED},
        {"fe80::1", KS_ADDRESS_LINK_LOCAL},
        {"fd00:ec2::254", KS_ADDRESS_PRIVATE},
        {"ff02::1", KS_ADDRESS_RESERVED},
        {"2001:db8::1", KS_ADDRESS_RESERVED},
        {"2606:4700::1111", KS_ADDRESS_PUBLIC},
        {"::ffff:127.0.0.1", KS_ADDRESS_LOOPBACK},
        {"::ffff:169.254.169.254", KS_ADDRESS_LINK_LOCAL},
        {"::ffff:8.8.8.8", KS_ADDRESS_PUBLIC},
        {"::127.0.0.1", KS_ADDRESS_LOOPBACK},
        {"64:ff9b::a00:1", KS_ADDRESS_PRIVATE},
        {"2002:7f00:1::", KS_ADDRESS_LOOPBACK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (kind_of(cases[i].text) != cases[i].kind)
            fail_msg("%s is %s", cases[i].text,
                     ks_address_kind_name(kind_of(cases[i].text)));
}

static void urls(void **state)
{
    static const char *const wrong[] = {
        "",
        "https://",
        "ftp://a/",
        "file:///etc/passwd",
        "//a/b",
        "HTTPS://a/",
        "https://user@a/",
        "https://user:pw@a/",
        "https://a:0/",
        "https://a:65536/",
        "https://a:8x/",
        "https://a/#f",
        "https://a/ b",
        "https://a\\b/",
        "https://a?x",
        "https://[::1/",
        "https://-a/",
        "https://a/\r\nX: y",
        "https://\xc3\xa4/",
    };
    struct ks_url url;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (ks_url_parse(&url, wrong[i], NULL) != KS_EINVAL)
            fail_msg("taken: %s", wrong[i]);
    assert_int_equal(ks_url_parse(&url, "https://Keys.Example:8443/a?b", NULL),
                     KS_OK);
    assert_string_equal(url.host, "keys.example");
    assert_int_equal(url.port, 8443);
    assert_string_equal(url.path, "/a?b");
    assert_int_equal(ks_url_parse(&url, "http://[::1]", NULL), KS_OK);
    assert_string_equal(url.host, "::1");
    assert_int_equal(url.port, 80);
    assert_false(url.https);
}

static void retry_after(void **state)
{
    const int64_t now = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */

    (void)state;
    assert_int_equal(ks_http_retry_after("120", now), 120);
    assert_int_equal(ks_http_retry_after("0", now), 0);
    assert_int_equal(ks_http_retry_after("99999999999999999999", now), 604800);
    assert_int_equal(ks_http_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now),
                     60);
    assert_int_equal(ks_http_retry_after("Sunday, 06-Nov-94 08:50:37 GMT", now),
                     60);
    assert_int_equal(ks_http_retry_after("Sun Nov  6 08:50:37 1994", now), 60);
    assert_int_equal(ks_http_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now),
                     0);
    assert_int_equal(ks_http_retry_after("soon", now), -1);
    assert_int_equal(ks_http_retry_after("-5", now), -1);
    assert_int_equal(ks_http_retry_after("5 s", now), -1);
    assert_int_equal(ks_http_retry_after("", now), -1);
}

static void headers_take_no_line_ends(void **state)
{
    struct ks_http_request request;

    (void)state;
    ks_http_request_init(&request, 16);
    assert_int_equal(
        ks_http_add_header(&request, "A", ks_span_str("b\r\nC: d"), NULL),
        KS_EINVAL);
    assert_int_equal(request.header_count, 0);
    assert_int_equal(ks_http_add_header(&request, "A", ks_span_str("b"), NULL),
                     KS_OK);
    assert_string_equal((const char *)request.headers[0].ptr, "A: b");
    ks_http_request_wipe(&request);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(urls),
        cmocka_unit_test(retry_after),
        cmocka_unit_test(headers_take_no_line_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
