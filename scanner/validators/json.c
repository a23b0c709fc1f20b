/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/validators/json.h"

#include "base/secret.h"

#include <cjson/cJSON.h>
#include <string.h>

/* struct ks_json is never complete: its pointers are cJSON's. */
static const cJSON *inner(const struct ks_json *object)
{
    return (const cJSON *)(const void *)object;
}

struct ks_json *ks_vjson_parse(struct ks_span text)
{
    cJSON *object;

    while (text.len > 0 && memchr(" \t\r\n", text.ptr[0], 4) != NULL) {
        text.ptr++;
        text.len--;
    }
    if (text.len == 0 || text.len > KS_JSON_LARGEST || text.ptr[0] != '{')
        return NULL;
    object =
        cJSON_ParseWithLengthOpts((const char *)text.ptr, text.len, NULL, 0);
    return (struct ks_json *)(void *)object;
}

/* As deep as cJSON's own limit, which is 1,000. */
static void wipe(cJSON *item)
{
    for (; item != NULL; item = item->next) {
        if (item->valuestring != NULL)
            ks_secret_wipe(item->valuestring, strlen(item->valuestring));
        wipe(item->child);
    }
}

void ks_vjson_free(struct ks_json *object)
{
    cJSON *item = (cJSON *)(void *)object;

    wipe(item);
    cJSON_Delete(item);
}

const char *ks_vjson_text(const struct ks_json *object, const char *name)
{
    return cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(inner(object), name));
}

bool ks_vjson_number(const struct ks_json *object, const char *name,
                    double *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(inner(object), name);

    if (!cJSON_IsNumber(item))
        return false;
    *value = item->valuedouble;
    return true;
}

const struct ks_json *ks_vjson_object(const struct ks_json *object,
                                     const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(inner(object), name);

    if (!cJSON_IsObject(item))
        return NULL;
    return (const struct ks_json *)(const void *)item;
}

const char *ks_vjson_first_text(const struct ks_json *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(inner(object), name);

    if (cJSON_IsArray(item))
        item = cJSON_GetArrayItem(item, 0);
    return cJSON_GetStringValue(item);
}
