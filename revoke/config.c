/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/config.h"

#include "net/address.h"
#include "net/url.h"
#include "revoke/channel.h"
#include "revoke/yaml_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_MAX_PER_RUN = 20,
    DEFAULT_PLAN_TTL_MS = 3600 * 1000,
    DEFAULT_BREAKER_FAILURES = 5,
    DEFAULT_BREAKER_MS = 60 * 1000,
    DEFAULT_CONFIDENCE = 900,
};

/* Standard Webhooks 1.0.0, "Deliverability and reliability". */
static const unsigned default_retry_ms[] = {
    0,        5000,     300000,   1800000,  7200000,
    18000000, 36000000, 50400000, 72000000, 86400000,
};

#define AT(type, member) offsetof(struct type, member)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

bool ks_texts_hold(struct ks_texts texts, const char *text)
{
    for (size_t i = 0; i < texts.len; i++)
        if (strcmp(texts.items[i], "*") == 0 ||
            (text != NULL && strcmp(texts.items[i], text) == 0))
            return true;
    return false;
}

static enum ks_rc read_proof(void *into, const struct ks_yaml *yaml,
                             const struct yaml_node_s *node, struct ks_err *err)
{
    static const char *const names[] = {"none", "structure", "checksum"};
    struct ks_revoke_policy *policy = into;
    const char *text = ks_yaml_text(yaml, node);

    for (size_t i = 0; text != NULL && i < COUNT(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            policy->min_proof = (enum ks_proof)i;
            return KS_OK;
        }
    }
    return ks_yaml_wrong(yaml, node, err,
                         "expected none, structure or checksum");
}

static enum ks_rc read_policy(void *into, const struct ks_yaml *yaml,
                              const struct yaml_node_s *node,
                              struct ks_err *err)
{
    static const struct ks_yaml_key keys[] = {
        {"min_confidence", KS_YAML_FRACTION,
         AT(ks_revoke_policy, min_confidence), NULL},
        {"min_proof", KS_YAML_OTHER, 0, read_proof},
        {"rules", KS_YAML_TEXTS, AT(ks_revoke_policy, rules), NULL},
        {"notify_only", KS_YAML_TEXTS, AT(ks_revoke_policy, notify_only), NULL},
        {"environments", KS_YAML_TEXTS, AT(ks_revoke_policy, environments),
         NULL},
        {"max_per_run", KS_YAML_COUNT, AT(ks_revoke_policy, max_per_run), NULL},
    };
    struct ks_revoke_config *config = into;

    return ks_yaml_map(&config->policy, yaml, node, keys, COUNT(keys), err);
}

static enum ks_rc read_kind(void *into, const struct ks_yaml *yaml,
                            const struct yaml_node_s *node, struct ks_err *err)
{
    struct ks_channel *channel = into;
    const char *text = ks_yaml_text(yaml, node);

    channel->kind = text == NULL ? NULL : ks_channel_kind_find(text);
    if (channel->kind == NULL)
        return ks_yaml_wrong(yaml, node, err, "no such kind of channel");
    return KS_OK;
}

static const struct ks_yaml_key channel_keys[] = {
    {"name", KS_YAML_TEXT, AT(ks_channel, name), NULL},
    {"kind", KS_YAML_OTHER, 0, read_kind},
    {"url", KS_YAML_TEXT, AT(ks_channel, url), NULL},
    {"token_file", KS_YAML_PATH, AT(ks_channel, token_file), NULL},
    {"signing_keys", KS_YAML_PATHS, AT(ks_channel, signing_keys), NULL},
    {"key_file", KS_YAML_PATH, AT(ks_channel, key_file), NULL},
    {"key_identifier", KS_YAML_TEXT, AT(ks_channel, key_identifier), NULL},
    {"access_key_file", KS_YAML_PATH, AT(ks_channel, access_key_file), NULL},
    {"secret_key_file", KS_YAML_PATH, AT(ks_channel, secret_key_file), NULL},
    {"region", KS_YAML_TEXT, AT(ks_channel, region), NULL},
    {"client_id", KS_YAML_TEXT, AT(ks_channel, client_id), NULL},
    {"client_secret_file", KS_YAML_PATH, AT(ks_channel, client_secret_file),
     NULL},
    {"token_type_hint", KS_YAML_TEXT, AT(ks_channel, token_type_hint), NULL},
    {"ca_file", KS_YAML_PATH, AT(ks_channel, ca_file), NULL},
    {"client_cert", KS_YAML_PATH, AT(ks_channel, client_cert), NULL},
    {"client_key", KS_YAML_PATH, AT(ks_channel, client_key), NULL},
    {"pin", KS_YAML_TEXT, AT(ks_channel, pin), NULL},
    {"proxy", KS_YAML_TEXT, AT(ks_channel, proxy), NULL},
    {"hosts", KS_YAML_TEXTS, AT(ks_channel, hosts), NULL},
    {"plain_http_to_loopback", KS_YAML_BOOL, AT(ks_channel, plain_loopback),
     NULL},
    {"timeout", KS_YAML_MILLIS, AT(ks_channel, timeout_ms), NULL},
    {"batch", KS_YAML_COUNT, AT(ks_channel, batch), NULL},
    {"per_minute", KS_YAML_COUNT, AT(ks_channel, per_minute), NULL},
};

static enum ks_rc pin_host(struct ks_channel *channel, const char *host,
                           const struct ks_yaml *yaml, struct ks_err *err)
{
    const char **items = ks_yaml_alloc(yaml, sizeof(*items));
    char *copy = ks_yaml_alloc(yaml, strlen(host) + 1);

    if (items == NULL || copy == NULL)
        return ks_fail_memory(err);
    memcpy(copy, host, strlen(host) + 1);
    items[0] = copy;
    channel->hosts = (struct ks_texts){items, 1};
    return KS_OK;
}

static enum ks_rc check_channel(struct ks_channel *channel,
                                const struct ks_yaml *yaml,
                                const struct yaml_node_s *node,
                                struct ks_err *err)
{
    struct ks_err inner = {0};
    struct ks_url url;

    if (channel->name == NULL || channel->kind == NULL)
        return ks_yaml_wrong(yaml, node, err, "a channel needs name and kind");
    if (channel->url == NULL)
        channel->url = channel->kind->default_url;
    if (channel->url == NULL)
        return ks_yaml_wrong(yaml, node, err, "channel %s needs a url",
                             channel->name);
    if (ks_url_parse(&url, channel->url, &inner) != KS_OK)
        return ks_yaml_wrong(yaml, node, err, "%s", inner.text);
    if (!url.https && !channel->plain_loopback)
        return ks_yaml_wrong(yaml, node, err,
                             "channel %s: http:// sends secrets in the open; "
                             "use https://",
                             channel->name);
    if (channel->plain_loopback && !ks_address_is_loopback_host(url.host))
        return ks_yaml_wrong(yaml, node, err,
                             "channel %s: plain_http_to_loopback is for "
                             "localhost, 127.0.0.1 and [::1], and %s is "
                             "another host",
                             channel->name, url.host);
    if (channel->kind->check != NULL) {
        const char *missing = channel->kind->check(channel);

        if (missing != NULL)
            return ks_yaml_wrong(yaml, node, err, "channel %s needs %s",
                                 channel->name, missing);
    }
    if (channel->batch == 0)
        channel->batch = 1;
    if (channel->batch > channel->kind->batch_max)
        channel->batch = channel->kind->batch_max;
    if (channel->hosts.len > 0)
        return KS_OK;
    return pin_host(channel, url.host, yaml, err);
}

static enum ks_rc read_channels(void *into, const struct ks_yaml *yaml,
                                const struct yaml_node_s *node,
                                struct ks_err *err)
{
    struct ks_revoke_config *config = into;
    size_t len = ks_yaml_length(node);
    struct ks_channel *channels;

    if (len == SIZE_MAX)
        return ks_yaml_wrong(yaml, node, err, "expected a list of channels");
    channels = ks_yaml_alloc(yaml, len * sizeof(*channels));
    if (channels == NULL)
        return ks_fail_memory(err);
    config->channels = channels;
    for (size_t i = 0; i < len; i++) {
        const struct yaml_node_s *item = ks_yaml_item(yaml, node, i);
        enum ks_rc rc = ks_yaml_map(&channels[i], yaml, item, channel_keys,
                                    COUNT(channel_keys), err);

        if (rc == KS_OK)
            rc = check_channel(&channels[i], yaml, item, err);
        if (rc != KS_OK)
            return rc;
        if (ks_revoke_config_channel(config, channels[i].name) != NULL)
            return ks_yaml_wrong(yaml, item, err, "a second channel %s",
                                 channels[i].name);
        config->channel_count = i + 1;
    }
    return KS_OK;
}

static enum ks_rc read_routes(void *into, const struct ks_yaml *yaml,
                              const struct yaml_node_s *node,
                              struct ks_err *err)
{
    static const struct ks_yaml_key keys[] = {
        {"rules", KS_YAML_TEXTS, AT(ks_route, rules), NULL},
        {"types", KS_YAML_TEXTS, AT(ks_route, types), NULL},
        {"channel", KS_YAML_TEXT, AT(ks_route, channel), NULL},
    };
    struct ks_revoke_config *config = into;
    size_t len = ks_yaml_length(node);
    struct ks_route *routes;

    if (len == SIZE_MAX)
        return ks_yaml_wrong(yaml, node, err, "expected a list of routes");
    routes = ks_yaml_alloc(yaml, len * sizeof(*routes));
    if (routes == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < len; i++) {
        const struct yaml_node_s *item = ks_yaml_item(yaml, node, i);
        enum ks_rc rc =
            ks_yaml_map(&routes[i], yaml, item, keys, COUNT(keys), err);

        if (rc != KS_OK)
            return rc;
        if (routes[i].channel == NULL)
            return ks_yaml_wrong(yaml, item, err, "a route needs a channel");
        if (routes[i].rules.len == 0 && routes[i].types.len == 0)
            return ks_yaml_wrong(yaml, item, err,
                                 "a route needs rules or types; [\"*\"] "
                                 "means all");
    }
    config->routes = routes;
    config->route_count = len;
    return KS_OK;
}

static enum ks_rc read_retry(void *into, const struct ks_yaml *yaml,
                             const struct yaml_node_s *node, struct ks_err *err)
{
    struct ks_revoke_config *config = into;
    size_t len = ks_yaml_length(node);

    if (len == SIZE_MAX || len == 0 || len > KS_RETRIES_MAX)
        return ks_yaml_wrong(yaml, node, err,
                             "expected a list of 1 to %d delays in seconds",
                             KS_RETRIES_MAX);
    for (size_t i = 0; i < len; i++) {
        const char *text = ks_yaml_text(yaml, ks_yaml_item(yaml, node, i));
        char *end = NULL;
        double seconds = text == NULL ? -1 : strtod(text, &end);

        if (text == NULL || *end != '\0' || !(seconds >= 0) || seconds > 604800)
            return ks_yaml_wrong(yaml, node, err,
                                 "expected delays from 0 to 604800 seconds");
        config->retry_ms[i] = (unsigned)(seconds * 1000);
    }
    config->retries = len;
    return KS_OK;
}

static const struct ks_yaml_key top_keys[] = {
    {"spool", KS_YAML_PATH, AT(ks_revoke_config, spool), NULL},
    {"spool_key", KS_YAML_PATH, AT(ks_revoke_config, spool_key), NULL},
    {"audit_log", KS_YAML_PATH, AT(ks_revoke_config, audit_log), NULL},
    {"audit_key", KS_YAML_PATH, AT(ks_revoke_config, audit_key), NULL},
    {"plan_valid_for", KS_YAML_MILLIS, AT(ks_revoke_config, plan_ttl_ms), NULL},
    {"breaker_failures", KS_YAML_COUNT, AT(ks_revoke_config, breaker_failures),
     NULL},
    {"breaker_pause", KS_YAML_MILLIS, AT(ks_revoke_config, breaker_ms), NULL},
    {"retry_delays", KS_YAML_OTHER, 0, read_retry},
    {"policy", KS_YAML_OTHER, 0, read_policy},
    {"channels", KS_YAML_OTHER, 0, read_channels},
    {"routes", KS_YAML_OTHER, 0, read_routes},
    {"notify", KS_YAML_TEXTS, AT(ks_revoke_config, notify), NULL},
};

static enum ks_rc check_names(const struct ks_revoke_config *config,
                              const struct ks_yaml *yaml, struct ks_err *err)
{
    const struct yaml_node_s *root = ks_yaml_root(yaml);

    for (size_t i = 0; i < config->route_count; i++) {
        const struct ks_channel *channel =
            ks_revoke_config_channel(config, config->routes[i].channel);

        if (channel == NULL)
            return ks_yaml_wrong(yaml, root, err,
                                 "a route names the channel %s, which is not "
                                 "there",
                                 config->routes[i].channel);
        if (!channel->kind->revokes)
            return ks_yaml_wrong(yaml, root, err,
                                 "a route names the channel %s, which only "
                                 "tells",
                                 channel->name);
    }
    for (size_t i = 0; i < config->notify.len; i++) {
        const struct ks_channel *channel =
            ks_revoke_config_channel(config, config->notify.items[i]);

        if (channel == NULL || channel->kind->revokes)
            return ks_yaml_wrong(yaml, root, err,
                                 "notify names %s, which is no webhook channel",
                                 config->notify.items[i]);
    }
    return KS_OK;
}

static enum ks_rc check_files(const struct ks_revoke_config *config,
                              const struct ks_yaml *yaml, struct ks_err *err)
{
    const struct yaml_node_s *root = ks_yaml_root(yaml);

    if (config->spool != NULL && config->spool_key == NULL)
        return ks_yaml_wrong(yaml, root, err, "a spool needs a spool_key");
    if (config->spool != NULL && config->audit_log == NULL)
        return ks_yaml_wrong(yaml, root, err, "a spool needs an audit_log");
    return KS_OK;
}

static void set_defaults(struct ks_revoke_config *config)
{
    config->policy.min_confidence = DEFAULT_CONFIDENCE;
    config->policy.max_per_run = DEFAULT_MAX_PER_RUN;
    config->plan_ttl_ms = DEFAULT_PLAN_TTL_MS;
    config->breaker_failures = DEFAULT_BREAKER_FAILURES;
    config->breaker_ms = DEFAULT_BREAKER_MS;
    memcpy(config->retry_ms, default_retry_ms, sizeof(default_retry_ms));
    config->retries = COUNT(default_retry_ms);
}

static enum ks_rc load(struct ks_revoke_config *config, const char *path,
                       struct ks_err *err)
{
    uint8_t digest[KS_SHA256_LEN];
    struct ks_yaml *yaml = NULL;
    enum ks_rc rc = ks_yaml_open(&yaml, path, &config->arena, err);

    if (rc != KS_OK)
        return rc;
    set_defaults(config);
    rc = ks_yaml_map(config, yaml, ks_yaml_root(yaml), top_keys,
                     COUNT(top_keys), err);
    if (rc == KS_OK)
        rc = check_names(config, yaml, err);
    if (rc == KS_OK)
        rc = check_files(config, yaml, err);
    ks_sha256(digest, ks_yaml_bytes(yaml));
    ks_hex(config->hash, digest, sizeof(digest));
    ks_yaml_close(yaml);
    return rc;
}

enum ks_rc ks_revoke_config_load(struct ks_revoke_config **out,
                                 const char *path, struct ks_err *err)
{
    struct ks_revoke_config *config = calloc(1, sizeof(*config));
    enum ks_rc rc;

    if (config == NULL)
        return ks_fail_memory(err);
    rc = load(config, path, err);
    if (rc != KS_OK) {
        ks_revoke_config_free(config);
        return rc;
    }
    *out = config;
    return KS_OK;
}

void ks_revoke_config_free(struct ks_revoke_config *config)
{
    if (config == NULL)
        return;
    ks_arena_release(&config->arena);
    free(config);
}

const struct ks_channel *
ks_revoke_config_channel(const struct ks_revoke_config *config,
                         const char *name)
{
    for (size_t i = 0; i < config->channel_count; i++)
        if (strcmp(config->channels[i].name, name) == 0)
            return &config->channels[i];
    return NULL;
}

const struct ks_channel *
ks_revoke_config_route(const struct ks_revoke_config *config, const char *rule,
                       const char *type)
{
    for (size_t i = 0; i < config->route_count; i++) {
        const struct ks_route *route = &config->routes[i];

        if ((route->rules.len == 0 || ks_texts_hold(route->rules, rule)) &&
            (route->types.len == 0 ||
             (type != NULL && ks_texts_hold(route->types, type))))
            return ks_revoke_config_channel(config, route->channel);
    }
    return NULL;
}
