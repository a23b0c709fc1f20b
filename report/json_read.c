/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_read.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static size_t skip_space(struct ks_span text, size_t at)
{
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\n' ||
                             text.ptr[at] == '\r' || text.ptr[at] == '\t'))
        at++;
    return at;
}

/* Behind the string that begins at `at`. */
static size_t skip_string(struct ks_span text, size_t at)
{
    for (at++; at < text.len && text.ptr[at] != '"'; at++)
        if (text.ptr[at] == '\\')
            at++;
    return at < text.len ? at + 1 : text.len;
}

static size_t skip_brackets(struct ks_span text, size_t at)
{
    size_t depth = 0;

    while (at < text.len) {
        uint8_t byte = text.ptr[at];

        if (byte == '"') {
            at = skip_string(text, at);
            continue;
        }
        at++;
        if (byte == '{' || byte == '[')
            depth++;
        if ((byte == '}' || byte == ']') && --depth == 0)
            break;
    }
    return at;
}

static size_t skip_word(struct ks_span text, size_t at)
{
    while (at < text.len && text.ptr[at] != '\0' &&
           strchr(" \t\r\n,]}:\"[{", text.ptr[at]) == NULL)
        at++;
    return at;
}

struct ks_span ks_json_next(struct ks_span text, size_t *at)
{
    size_t from = skip_space(text, *at);
    size_t to;

    if (from == text.len)
        to = from;
    else if (text.ptr[from] == '"')
        to = skip_string(text, from);
    else if (text.ptr[from] == '{' || text.ptr[from] == '[')
        to = skip_brackets(text, from);
    else
        to = skip_word(text, from);
    *at = to;
    return ks_span_slice(text, from, to);
}

/* Past one byte of punctuation. */
static bool expect(struct ks_span text, size_t *at, char byte)
{
    *at = skip_space(text, *at);
    if (*at == text.len || text.ptr[*at] != (uint8_t)byte)
        return false;
    ++*at;
    return true;
}

/* To the next item between `open` and `close`. */
static bool next_item(struct ks_span text, size_t *at, char open, char close)
{
    bool first = *at == 0;

    if (*at == SIZE_MAX)
        return false;
    if (!expect(text, at, first ? open : ',')) {
        if (first || !expect(text, at, close))
            *at = SIZE_MAX;
        return false;
    }
    return !first || !expect(text, at, close);
}

bool ks_json_element(struct ks_span array, size_t *at, struct ks_span *value)
{
    if (!next_item(array, at, '[', ']'))
        return false;
    *value = ks_json_next(array, at);
    if (value->len == 0)
        *at = SIZE_MAX;
    return value->len > 0;
}

bool ks_json_member(struct ks_span object, size_t *at, struct ks_span *key,
                    struct ks_span *value)
{
    if (!next_item(object, at, '{', '}'))
        return false;
    *key = ks_json_next(object, at);
    if (key->len < 2 || key->ptr[0] != '"' || !expect(object, at, ':')) {
        *at = SIZE_MAX;
        return false;
    }
    *key = ks_span_slice(*key, 1, key->len - 1);
    *value = ks_json_next(object, at);
    if (value->len == 0)
        *at = SIZE_MAX;
    return value->len > 0;
}

const char *ks_json_get_str(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(item) && item->valuedouble > 0 ? item->valuedouble
                                                         : 0;
}

uint64_t ks_json_get_uint(const cJSON *object, const char *name)
{
    double value = number(object, name);

    return value < 1e15 ? (uint64_t)value : (uint64_t)1e15;
}

unsigned ks_json_get_milli(const cJSON *object, const char *name)
{
    double value = number(object, name);

    return value < 1e6 ? (unsigned)(value * 1000 + 0.5) : 0;
}

bool ks_json_get_bool(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool copy(struct ks_arena *arena, const char **out, const char *text)
{
    *out = text != NULL ? ks_arena_text(arena, ks_span_str(text)) : NULL;
    return text == NULL || *out != NULL;
}

bool ks_json_copy_str(struct ks_arena *arena, const char **out,
                      const cJSON *object, const char *name)
{
    return copy(arena, out, ks_json_get_str(object, name));
}

bool ks_json_copy_texts(struct ks_arena *arena, struct ks_texts *out,
                        const cJSON *object, const char *name)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, name);
    int size = cJSON_IsArray(array) ? cJSON_GetArraySize(array) : 0;
    const char **items;
    const cJSON *item;

    *out = (struct ks_texts){0};
    if (size == 0)
        return true;
    items = ks_arena_alloc(arena, (size_t)size * sizeof(*items));
    if (items == NULL)
        return false;
    cJSON_ArrayForEach(item, array)
    {
        if (!cJSON_IsString(item))
            continue;
        if (!copy(arena, &items[out->len], item->valuestring))
            return false;
        out->len++;
    }
    out->items = items;
    return true;
}

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/* Decodes base64 in place of itself; stops at what is none. */
static void unbase64(char *text)
{
    char *out = text;
    unsigned bits = 0;
    int have = 0;

    for (const char *in = text; digit(*in) >= 0; in++) {
        bits = (bits << 6 | (unsigned)digit(*in)) & 0xffffff;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        *out++ = (char)(bits >> have & 0xff);
    }
    *out = '\0';
}

bool ks_json_copy_path(struct ks_arena *arena, const char **out,
                       const cJSON *object, const char *name)
{
    char member[64];
    const char *bytes;
    char *text;

    (void)snprintf(member, sizeof(member), "%s_bytes", name);
    bytes = ks_json_get_str(object, member);
    if (bytes == NULL)
        return ks_json_copy_str(arena, out, object, name);
    text = ks_arena_text(arena, ks_span_str(bytes));
    if (text == NULL)
        return false;
    unbase64(text);
    *out = text;
    return true;
}

bool ks_json_time(int64_t *time, int *offset, const char *text)
{
    struct tm parts = {0};
    const char *zone =
        text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) : NULL;
    int hours, minutes;
    char sign;

    if (zone == NULL)
        return false;
    *offset = 0;
    if (sscanf(zone, "%c%2d:%2d", &sign, &hours, &minutes) == 3 &&
        (sign == '+' || sign == '-'))
        *offset = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
    else if (strcmp(zone, "Z") != 0)
        return false;
    *time = (int64_t)timegm(&parts) - (int64_t)*offset * 60;
    return true;
}
