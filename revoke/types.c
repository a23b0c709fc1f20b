/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/types.h"

#include "revoke/deliver.h"
#include "revoke/key_service.h"
#include "revoke/wire/json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_AGE = 3600 };

struct ks_types {
    const struct ks_revoke_config *config;
    struct ks_spool *spool;
    bool offline;
    cJSON **lists; /* by channel; NULL: not known */
    bool *asked;
    char trouble[512];
};

enum ks_rc ks_types_new(struct ks_types **out,
                        const struct ks_revoke_config *config,
                        struct ks_spool *spool, bool offline,
                        struct ks_err *err)
{
    struct ks_types *types = calloc(1, sizeof(*types));

    if (types == NULL)
        return ks_fail_memory(err);
    types->config = config;
    types->spool = spool;
    types->offline = offline;
    types->lists = calloc(config->channel_count + 1, sizeof(cJSON *));
    types->asked = calloc(config->channel_count + 1, sizeof(bool));
    if (types->lists == NULL || types->asked == NULL) {
        ks_types_free(types);
        return ks_fail_memory(err);
    }
    *out = types;
    return KS_OK;
}

void ks_types_free(struct ks_types *types)
{
    if (types == NULL)
        return;
    for (size_t i = 0; types->lists != NULL && i < types->config->channel_count;
         i++)
        cJSON_Delete(types->lists[i]);
    free(types->lists);
    free(types->asked);
    free(types);
}

static enum ks_rc fetch(struct ks_buf *out, const struct ks_channel *channel,
                        struct ks_err *err)
{
    struct ks_http_options options = ks_channel_http(channel);
    struct ks_http_request request;
    struct ks_http_answer answer = {0};
    struct ks_http *http = NULL;
    enum ks_rc rc = ks_http_new(&http, &options, err);

    if (rc != KS_OK)
        return rc;
    ks_http_request_init(&request, KS_BODY_CAP);
    rc = ks_key_service_types_request(&request, channel, err);
    if (rc == KS_OK)
        rc = ks_http_send(&answer, http, &request, err);
    if (rc == KS_OK && answer.end != KS_HTTP_ANSWERED)
        rc = ks_fail(err, KS_EIO, "%s", answer.why);
    else if (rc == KS_OK && answer.status != 200)
        rc = ks_fail(err, KS_EIO, "it answered %u", answer.status);
    if (rc == KS_OK && ks_buf_add(out, ks_buf_span(&answer.body)) != KS_OK)
        rc = ks_fail_memory(err);
    ks_http_answer_release(&answer);
    ks_http_request_wipe(&request);
    ks_http_free(http);
    return rc;
}

/* Takes the list out of {"types": ["…"]}. */
static enum ks_rc parse(cJSON **out, struct ks_span body, struct ks_err *err)
{
    cJSON *json = NULL, *list;
    enum ks_rc rc = ks_json_parse(&json, body, err);

    if (rc != KS_OK)
        return rc;
    list = cJSON_DetachItemFromObjectCaseSensitive(json, "types");
    cJSON_Delete(json);
    if (!cJSON_IsArray(list)) {
        cJSON_Delete(list);
        return ks_fail(err, KS_EFORMAT, "its answer has no list of types");
    }
    *out = list;
    return KS_OK;
}

static enum ks_rc learn(cJSON **out, struct ks_types *types,
                        const struct ks_channel *channel, struct ks_err *err)
{
    struct ks_buf body;
    bool cached = false;
    enum ks_rc rc = KS_ENOENT;

    ks_buf_init(&body, KS_HTTP_ANSWER_CAP + 1);
    if (types->spool != NULL)
        rc = ks_spool_types(&body, types->spool, channel->name, MAX_AGE, err);
    cached = rc == KS_OK;
    if (!cached && types->offline)
        rc = KS_ENOENT;
    else if (!cached)
        rc = fetch(&body, channel, err);
    if (rc == KS_OK)
        rc = parse(out, ks_buf_span(&body), err);
    if (rc == KS_OK && !cached && types->spool != NULL &&
        ks_buf_text(&body) != NULL)
        (void)ks_spool_keep_types(types->spool, channel->name,
                                  ks_buf_text(&body), NULL);
    ks_buf_release(&body);
    return rc;
}

bool ks_types_hold(struct ks_types *types, const struct ks_channel *channel,
                   const char *type)
{
    size_t index = (size_t)(channel - types->config->channels);
    const cJSON *item = NULL;

    if (channel->kind != &ks_ch_key_service)
        return true;
    if (!types->asked[index]) {
        struct ks_err err = {0};
        enum ks_rc rc = learn(&types->lists[index], types, channel, &err);

        types->asked[index] = true;
        if (rc != KS_OK && rc != KS_ENOENT)
            (void)snprintf(types->trouble, sizeof(types->trouble), "%s: %.400s",
                           channel->name, err.text);
    }
    if (types->lists[index] == NULL)
        return true;
    cJSON_ArrayForEach(item,
                       types->lists[index]) if (cJSON_IsString(item) &&
                                                strcmp(item->valuestring,
                                                       type) == 0) return true;
    return false;
}

const char *ks_types_trouble(const struct ks_types *types)
{
    return types->trouble[0] == '\0' ? NULL : types->trouble;
}
