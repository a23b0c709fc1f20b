/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "revoke/channel.h"
#include "revoke/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum ks_rc load(struct ks_revoke_config **out, const char *text,
                       struct ks_err *err)
{
    char path[] = "/tmp/config.XXXXXX";
    int fd = mkstemp(path);
    enum ks_rc rc;

    assert_true(fd >= 0);
    assert_int_equal(ks_file_write_all(fd, ks_span_str(text), path, NULL),
                     KS_OK);
    (void)close(fd);
    rc = ks_revoke_config_load(out, path, err);
    (void)unlink(path);
    return rc;
}

#define CHANNEL                                                                \
    "channels:\n- name: k\n  kind: key-service\n  url: https://k.test\n"       \
    "  token_file: t\n"

static void reads(void **state)
{
    struct ks_revoke_config *config = NULL;
    struct ks_err err = {0};
    const struct ks_channel *channel;

    (void)state;
    if (load(&config,
             "policy: {min_confidence: 0.75, max_per_run: 3,"
             " min_proof: checksum}\nretry_delays: [0, 0.5]\n" CHANNEL
             "  batch: 5000\n"
             "routes: [{rules: [a], channel: k}, {types: [t], channel: k}]\n",
             &err) != KS_OK)
        fail_msg("%s", err.text);
    assert_int_equal(config->policy.min_confidence, 750);
    assert_int_equal(config->policy.min_proof, KS_PROOF_CHECKSUM);
    assert_int_equal(config->policy.max_per_run, 3);
    assert_int_equal(config->retries, 2);
    assert_int_equal(config->retry_ms[1], 500);
    channel = ks_revoke_config_channel(config, "k");
    assert_string_equal(channel->token_file, "/tmp/t");
    assert_string_equal(channel->hosts.items[0], "k.test");
    assert_int_equal(channel->batch, 1000);
    assert_ptr_equal(ks_revoke_config_route(config, "a", NULL), channel);
    assert_ptr_equal(ks_revoke_config_route(config, "b", "t"), channel);
    assert_null(ks_revoke_config_route(config, "b", NULL));
    assert_null(ks_revoke_config_route(config, "b", "u"));
    ks_revoke_config_free(config);
}

static void knows_this_machine(void **state)
{
    static const char *const urls[] = {
        "http://localhost:8080", "http://127.0.0.1:80/x", "http://[::1]:1",
        "http://127.1.2.3",      "http://KEYS.localhost",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct ks_revoke_config *config = NULL;
        struct ks_err err = {0};
        char text[256];

        (void)snprintf(text, sizeof(text),
                       "channels:\n- {name: x, kind: github, url: '%s',"
                       " plain_http_to_loopback: true}",
                       urls[i]);
        if (load(&config, text, &err) != KS_OK)
            fail_msg("%s", err.text);
        ks_revoke_config_free(config);
    }
}

/* What stands in a URL may be a secret, so no message repeats it. */
static void keeps_urls_to_itself(void **state)
{
    struct ks_revoke_config *config = NULL;
    struct ks_err err = {0};

    (void)state;
    assert_int_equal(load(&config,
                          "channels:\n- {name: x, kind: github,"
                          " url: 'https://user:pass"
                          "phrase@a.test'}",
                          &err),
                     KS_EFORMAT);
    assert_null(strstr(err.text, "pass"
                                 "phrase"));
}

static void refuses(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", ": empty"},
        {"a: [", ":"},
        {"[]", ":1:1: expected keys"},
        {"spol: x", ":1:1: unknown key \"spol\""},
        {"spool: x\nspool: y", ":2:1: \"spool\" comes twice"},
        {"spool: x", "needs a spool_key"},
        {"spool: x\nspool_key: k", "needs an audit_log"},
        {"a: 1\n---\nb: 2", "more than one document"},
        {"policy:\n  min_confidence: 2", ":2:19: expected a number"},
        {"policy:\n  min_confidence: high", ":2:19: expected a number"},
        {"policy: {min_proof: x}", ":1:21: expected none"},
        {"policy: {max_per_run: 0}", ":1:23: expected a number from 1"},
        {"retry_delays: []", ":1:15: expected a list"},
        {"retry_delays: [-1]", ":1:15: expected delays"},
        {"channels:\n- name: x", ":2:3: a channel needs name and kind"},
        {"channels:\n- kind: nothing", ":2:9: no such kind"},
        {"channels:\n- {name: x, kind: vault, token_file: t}", "needs a url"},
        {"channels:\n- {name: x, kind: github, url: 'http://a.test'}",
         "use https"},
        {"channels:\n- {name: x, kind: github, url: 'http://a.test',"
         " plain_http_to_loopback: true}",
         "channel x: plain_http_to_loopback is for localhost"},
        {"channels:\n- {name: x, kind: github, url: 'https://10.0.0.1',"
         " plain_http_to_loopback: true}",
         "10.0.0.1 is another host"},
        {"channels:\n- {name: x, kind: github, url: 'http://localhost.a.test',"
         " plain_http_to_loopback: true}",
         "is another host"},
        {"channels:\n- {name: x, kind: github, url: 'https://u:p@a'}",
         "not a usable URL"},
        {"channels:\n- {name: x, kind: key-service, url: 'https://a'}",
         "needs token_file or client_cert"},
        {"channels:\n- {name: x, kind: github}\n- {name: x, kind: github}",
         ":3:3: a second channel"},
        {"routes:\n- {channel: x}", "needs rules or types"},
        {"routes:\n- {rules: [a]}", "needs a channel"},
        {"routes:\n- {rules: [a], channel: x}", "which is not there"},
        {"channels:\n- {name: w, kind: webhook, url: 'https://a',"
         " signing_keys: [k]}\nroutes: [{rules: [a], channel: w}]",
         "which only tells"},
        {CHANNEL "notify: [k]", "no webhook channel"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ks_revoke_config *config = NULL;
        struct ks_err err = {0};

        if (load(&config, cases[i].text, &err) != KS_EFORMAT ||
            strstr(err.text, cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].text, err.text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(knows_this_machine),
        cmocka_unit_test(keeps_urls_to_itself),
        cmocka_unit_test(refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
