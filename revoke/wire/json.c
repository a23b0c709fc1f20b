/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ESCAPED_BYTE = 6, NUMBER_TEXT = 40, MAX_DIGITS = 17 };

static const double largest_integer = 9007199254740992.0; /* 2^53 */

/* Length of the UTF-8 sequence at the start of `text`, 0 if there is none. */
static size_t utf8_length(struct ks_span text, uint32_t *point)
{
    static const struct {
        uint8_t mask, lead, len;
        uint32_t least;
    } forms[] = {
        {0x80, 0x00, 1, 0},
        {0xe0, 0xc0, 2, 0x80},
        {0xf0, 0xe0, 3, 0x800},
        {0xf8, 0xf0, 4, 0x10000},
    };

    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        uint32_t value = text.ptr[0] & (uint8_t)~forms[f].mask;

        if ((text.ptr[0] & forms[f].mask) != forms[f].lead)
            continue;
        if (text.len < forms[f].len)
            return 0;
        for (size_t i = 1; i < forms[f].len; i++) {
            if ((text.ptr[i] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | (text.ptr[i] & 0x3f);
        }
        if (value < forms[f].least || value > 0x10ffff ||
            (value >= 0xd800 && value <= 0xdfff))
            return 0;
        *point = value;
        return forms[f].len;
    }
    return 0;
}

static enum ks_rc add_ascii(struct ks_buf *out, uint8_t byte)
{
    static const char names[] = "\b\t\n\f\r\"\\";
    static const char letters[] = "btnfr\"\\";
    const char *at = byte == 0 ? NULL : strchr(names, byte);
    char escape[3] = {'\\', 0, 0};

    if (at != NULL) {
        escape[1] = letters[at - names];
        return ks_buf_add_str(out, escape);
    }
    if (byte < 0x20)
        return ks_buf_printf(out, "\\u%04x", byte);
    return ks_buf_add_byte(out, byte);
}

enum ks_rc ks_json_add_string(struct ks_buf *out, struct ks_span text)
{
    enum ks_rc rc = ks_buf_add_byte(out, '"');

    while (text.len > 0 && rc == KS_OK) {
        uint32_t point = 0;
        size_t len = utf8_length(text, &point);

        if (len == 0)
            rc = ks_buf_add_str(out, "\xef\xbf\xbd");
        else if (len == 1)
            rc = add_ascii(out, text.ptr[0]);
        else
            rc = ks_buf_add(out, ks_span_slice(text, 0, len));
        text = ks_span_slice(text, len == 0 ? 1 : len, text.len);
    }
    return rc != KS_OK ? rc : ks_buf_add_byte(out, '"');
}

size_t ks_json_string_room(size_t len)
{
    return ESCAPED_BYTE * len + 2 + NUMBER_TEXT;
}

/*
 * Numbers as ECMAScript writes them (RFC 8785, 3.2.2.3): the fewest digits
 * that read back the same, positional from 1e-6 up to 1e21.
 */
static enum ks_rc add_number(struct ks_buf *out, double value)
{
    char text[NUMBER_TEXT];
    char digits[MAX_DIGITS + 1];
    size_t count = 0;
    int exponent;

    if (value == 0)
        return ks_buf_add_str(out, "0");
    for (int precision = 0; precision < MAX_DIGITS; precision++) {
        (void)snprintf(text, sizeof(text), "%.*e", precision, fabs(value));
        if (strtod(text, NULL) == fabs(value))
            break;
    }
    for (const char *c = text; *c != 'e'; c++)
        if (*c != '.')
            digits[count++] = *c;
    exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    digits[count] = '\0';
    if (value < 0 && ks_buf_add_byte(out, '-') != KS_OK)
        return KS_ELIMIT;
    if (exponent >= 0 && exponent < 21) {
        int whole = exponent + 1;

        if ((int)count <= whole)
            return ks_buf_printf(out, "%s%.*s", digits, whole - (int)count,
                                 "000000000000000000000");
        return ks_buf_printf(out, "%.*s.%s", whole, digits, digits + whole);
    }
    if (exponent < 0 && exponent >= -6)
        return ks_buf_printf(out, "0.%.*s%s", -exponent - 1, "000000", digits);
    return ks_buf_printf(out, "%c%s%se%+d", digits[0], count > 1 ? "." : "",
                         digits + 1, exponent);
}

static bool is_utf8(const char *text)
{
    struct ks_span rest = ks_span_str(text);
    uint32_t point;

    while (rest.len > 0) {
        size_t len = utf8_length(rest, &point);

        if (len == 0)
            return false;
        rest = ks_span_slice(rest, len, rest.len);
    }
    return true;
}

/* A code point's place in the order of UTF-16 code units. */
static uint32_t utf16_rank(uint32_t point)
{
    if (point >= 0x10000)
        return 0xd800;
    return point;
}

/* Both are valid UTF-8. */
static int compare_utf16(const char *a, const char *b)
{
    struct ks_span left = ks_span_str(a), right = ks_span_str(b);

    while (left.len > 0 && right.len > 0) {
        uint32_t x = 0, y = 0;
        size_t n = utf8_length(left, &x), m = utf8_length(right, &y);

        if (x != y) {
            if (utf16_rank(x) != utf16_rank(y))
                return utf16_rank(x) < utf16_rank(y) ? -1 : 1;
            return x < y ? -1 : 1;
        }
        left = ks_span_slice(left, n, left.len);
        right = ks_span_slice(right, m, right.len);
    }
    return (left.len > 0) - (right.len > 0);
}

static int compare_members(const void *a, const void *b)
{
    return compare_utf16((*(cJSON *const *)a)->string,
                         (*(cJSON *const *)b)->string);
}

static enum ks_rc add_value(struct ks_buf *out, const cJSON *value, int depth,
                            struct ks_err *err);

static enum ks_rc add_array(struct ks_buf *out, const cJSON *array, int depth,
                            struct ks_err *err)
{
    enum ks_rc rc = ks_buf_add_byte(out, '[');

    for (const cJSON *item = array->child; item != NULL && rc == KS_OK;
         item = item->next) {
        if (item != array->child)
            rc = ks_buf_add_byte(out, ',');
        if (rc == KS_OK)
            rc = add_value(out, item, depth, err);
    }
    return rc != KS_OK ? rc : ks_buf_add_byte(out, ']');
}

static enum ks_rc add_members(struct ks_buf *out, const cJSON **members,
                              size_t count, int depth, struct ks_err *err)
{
    enum ks_rc rc = ks_buf_add_byte(out, '{');

    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        const char *name = members[i]->string;

        if (i > 0 && strcmp(members[i - 1]->string, name) == 0)
            return ks_fail(err, KS_EFORMAT, "a JSON member is named twice");
        if (i > 0)
            rc = ks_buf_add_byte(out, ',');
        if (rc == KS_OK)
            rc = ks_json_add_string(out, ks_span_str(name));
        if (rc == KS_OK)
            rc = ks_buf_add_byte(out, ':');
        if (rc == KS_OK)
            rc = add_value(out, members[i], depth, err);
    }
    return rc != KS_OK ? rc : ks_buf_add_byte(out, '}');
}

static enum ks_rc add_object(struct ks_buf *out, const cJSON *object, int depth,
                             struct ks_err *err)
{
    size_t count = (size_t)cJSON_GetArraySize(object);
    const cJSON **members = calloc(count + 1, sizeof(const cJSON *));
    const cJSON *item = object->child;
    enum ks_rc rc;

    if (members == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < count; i++, item = item->next) {
        if (item->string == NULL || !is_utf8(item->string)) {
            free(members);
            return ks_fail(err, KS_EFORMAT, "a JSON name is not UTF-8");
        }
        members[i] = item;
    }
    qsort(members, count, sizeof(const cJSON *), compare_members);
    rc = add_members(out, members, count, depth, err);
    free(members);
    return rc;
}

static enum ks_rc add_value(struct ks_buf *out, const cJSON *value, int depth,
                            struct ks_err *err)
{
    if (depth > KS_JSON_DEPTH)
        return ks_fail(err, KS_EFORMAT, "JSON nested too deeply");
    if (cJSON_IsNull(value))
        return ks_buf_add_str(out, "null");
    if (cJSON_IsBool(value))
        return ks_buf_add_str(out, cJSON_IsTrue(value) ? "true" : "false");
    if (cJSON_IsNumber(value)) {
        if (!isfinite(value->valuedouble))
            return ks_fail(err, KS_EFORMAT, "a JSON number is not finite");
        return add_number(out, value->valuedouble);
    }
    if (cJSON_IsString(value)) {
        if (!is_utf8(value->valuestring))
            return ks_fail(err, KS_EFORMAT, "a JSON string is not UTF-8");
        return ks_json_add_string(out, ks_span_str(value->valuestring));
    }
    if (cJSON_IsArray(value))
        return add_array(out, value, depth + 1, err);
    if (cJSON_IsObject(value))
        return add_object(out, value, depth + 1, err);
    return ks_fail(err, KS_EFORMAT, "not a JSON value");
}

enum ks_rc ks_json_canonical(struct ks_buf *out, const struct cJSON *value,
                             struct ks_err *err)
{
    enum ks_rc rc = add_value(out, value, 0, err);

    if (rc == KS_ENOMEM)
        return ks_fail_memory(err);
    if (rc == KS_ELIMIT)
        return ks_fail(err, rc, "JSON text longer than %zu bytes", out->cap);
    return rc;
}

static bool too_deep(struct ks_span text)
{
    bool quoted = false;
    int depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{') && ++depth > KS_JSON_DEPTH)
            return true;
        else if (!quoted && (c == ']' || c == '}'))
            depth--;
    }
    return false;
}

/* NUL ends cJSON's strings early, so that two readers could differ. */
static bool holds_nul(struct ks_span text)
{
    return memchr(text.ptr, 0, text.len) != NULL ||
           memmem(text.ptr, text.len, "\\u0000", 6) != NULL;
}

enum ks_rc ks_json_parse(struct cJSON **out, struct ks_span text,
                         struct ks_err *err)
{
    const char *end = NULL;
    cJSON *value;

    if (text.len == 0)
        return ks_fail(err, KS_EFORMAT, "no JSON: empty");
    if (too_deep(text))
        return ks_fail(err, KS_EFORMAT, "JSON nested too deeply");
    if (holds_nul(text))
        return ks_fail(err, KS_EFORMAT, "JSON with a NUL character");
    value = cJSON_ParseWithLengthOpts((const char *)text.ptr, text.len, &end,
                                      false);
    if (value == NULL)
        return ks_fail(err, KS_EFORMAT, "not JSON");
    for (; end < (const char *)text.ptr + text.len; end++) {
        if (strchr(" \t\r\n", *end) == NULL) {
            cJSON_Delete(value);
            return ks_fail(err, KS_EFORMAT, "JSON with something behind it");
        }
    }
    *out = value;
    return KS_OK;
}

enum ks_rc ks_json_clean(struct ks_buf *out, struct ks_span text)
{
    enum ks_rc rc = KS_OK;

    while (text.len > 0 && rc == KS_OK) {
        uint32_t point = 0;
        size_t len = utf8_length(text, &point);

        if (len == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0))
            rc = ks_buf_add_byte(out, '?');
        else
            rc = ks_buf_add(out, ks_span_slice(text, 0, len));
        text = ks_span_slice(text, len == 0 ? 1 : len, text.len);
    }
    return rc;
}

const char *ks_wire_text(const struct cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : NULL;
}

long long ks_wire_integer(const struct cJSON *object, const char *name,
                          long long absent)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    if (!cJSON_IsNumber(item) || fabs(item->valuedouble) > largest_integer ||
        item->valuedouble != floor(item->valuedouble))
        return absent;
    return (long long)item->valuedouble;
}
