/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_write.h"

#include "report/utf8.h"

#include <inttypes.h>

static struct ks_pen *pen_of(struct ks_json *json)
{
    return &json->sheet->pen;
}

static void new_line(struct ks_json *json)
{
    if (json->flat)
        return;
    ks_pen_byte(pen_of(json), '\n');
    for (unsigned i = 0; i < json->depth; i++)
        ks_pen_byte(pen_of(json), ' ');
}

/* The comma and line break in front of a key or of a value without one. */
static void begin_item(struct ks_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth == 0)
        return;
    if (json->filled[json->depth])
        ks_pen_byte(pen_of(json), ',');
    json->filled[json->depth] = true;
    new_line(json);
}

void ks_json_begin(struct ks_json *json, char bracket)
{
    begin_item(json);
    ks_pen_byte(pen_of(json), (uint8_t)bracket);
    if (json->depth + 1 == KS_JSON_DEPTH) {
        ks_pen_fail(pen_of(json), KS_ELIMIT);
        return;
    }
    json->filled[++json->depth] = false;
}

void ks_json_end(struct ks_json *json, char bracket)
{
    bool filled = json->filled[json->depth];

    json->depth--;
    if (filled)
        new_line(json);
    ks_pen_byte(pen_of(json), (uint8_t)bracket);
}

void ks_json_key(struct ks_json *json, const char *name)
{
    begin_item(json);
    ks_pen_printf(pen_of(json), json->flat ? "\"%s\":" : "\"%s\": ", name);
    json->after_key = true;
}

static void escaped(struct ks_pen *pen, struct ks_span text, uint32_t code)
{
    if (code == '"' || code == '\\')
        ks_pen_printf(pen, "\\%c", (int)code);
    else if (code == '\n')
        ks_pen_str(pen, "\\n");
    else if (ks_utf8_obeyed(code))
        ks_pen_printf(pen, "\\u%04x", code);
    else
        ks_pen_bytes(pen, text);
}

static bool plain(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

void ks_json_text(struct ks_json *json, struct ks_span text)
{
    struct ks_pen *pen = pen_of(json);

    begin_item(json);
    ks_pen_byte(pen, '"');
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t code = 0;
        size_t len;

        while (at < text.len && plain(text.ptr[at]))
            at++;
        ks_pen_bytes(pen, ks_span_slice(text, from, at));
        if (at == text.len)
            break;
        len = ks_utf8_next(&code, text, at);
        if (len == 0)
            ks_pen_str(pen, "\357\277\275");
        else
            escaped(pen, ks_span_slice(text, at, at + len), code);
        at += len == 0 ? 1 : len;
    }
    ks_pen_byte(pen, '"');
}

void ks_json_uint(struct ks_json *json, uint64_t number)
{
    begin_item(json);
    ks_pen_printf(pen_of(json), "%" PRIu64, number);
}

void ks_json_milli(struct ks_json *json, unsigned thousandths)
{
    begin_item(json);
    ks_pen_printf(pen_of(json), "%u.%03u", thousandths / 1000,
                  thousandths % 1000);
}

void ks_json_bool(struct ks_json *json, bool value)
{
    begin_item(json);
    ks_pen_str(pen_of(json), value ? "true" : "false");
}

void ks_json_str(struct ks_json *json, const char *name, const char *text)
{
    if (text == NULL)
        return;
    ks_json_key(json, name);
    ks_json_text(json, ks_sheet_clean(json->sheet, text));
}

void ks_json_number(struct ks_json *json, const char *name, uint64_t number)
{
    ks_json_key(json, name);
    ks_json_uint(json, number);
}

void ks_json_truth(struct ks_json *json, const char *name, bool value)
{
    ks_json_key(json, name);
    ks_json_bool(json, value);
}

void ks_json_texts(struct ks_json *json, const char *name,
                   struct ks_texts texts)
{
    ks_json_key(json, name);
    ks_json_begin(json, '[');
    for (size_t i = 0; i < texts.len; i++)
        ks_json_text(json, ks_sheet_clean(json->sheet, texts.items[i]));
    ks_json_end(json, ']');
}

static void base64(struct ks_pen *pen, struct ks_span bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t at = 0; at < bytes.len; at += 3) {
        size_t left = bytes.len - at;
        uint32_t word = (uint32_t)bytes.ptr[at] << 16;

        if (left > 1)
            word |= (uint32_t)bytes.ptr[at + 1] << 8;
        if (left > 2)
            word |= bytes.ptr[at + 2];
        ks_pen_byte(pen, (uint8_t)digits[word >> 18]);
        ks_pen_byte(pen, (uint8_t)digits[word >> 12 & 63]);
        ks_pen_byte(pen, (uint8_t)(left > 1 ? digits[word >> 6 & 63] : '='));
        ks_pen_byte(pen, (uint8_t)(left > 2 ? digits[word & 63] : '='));
    }
}

void ks_json_path(struct ks_json *json, const char *name, const char *path)
{
    struct ks_span clean;

    if (path == NULL)
        return;
    clean = ks_sheet_clean(json->sheet, path);
    ks_json_key(json, name);
    ks_json_text(json, clean);
    if (ks_utf8_valid(clean))
        return;
    begin_item(json);
    ks_pen_printf(pen_of(json),
                  json->flat ? "\"%s_bytes\":\"" : "\"%s_bytes\": \"", name);
    base64(pen_of(json), clean);
    ks_pen_byte(pen_of(json), '"');
}
