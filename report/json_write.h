/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_write.h: JSON (RFC 8259) written as a stream, so that a report of any
 * length takes no memory. Bytes that are no UTF-8 become U+FFFD.
 */
#ifndef KS_REPORT_JSON_WRITE_H
#define KS_REPORT_JSON_WRITE_H

#include "report/sheet.h"

enum { KS_JSON_DEPTH = 16 };

/* Where a document stands. A zeroed one with a sheet is at its beginning. */
struct ks_json {
    struct ks_sheet *sheet;
    bool flat; /* one line, no spaces */
    unsigned depth;
    bool filled[KS_JSON_DEPTH]; /* the level has a member already */
    bool after_key;
};

/* `bracket` is '{' or '['; end closes the innermost one. */
void ks_json_begin(struct ks_json *json, char bracket);
void ks_json_end(struct ks_json *json, char bracket);

/* The name of the next value; constant text. */
void ks_json_key(struct ks_json *json, const char *name);

/* Values. Text is written as it stands: clean it before. */
void ks_json_text(struct ks_json *json, struct ks_span text);
void ks_json_uint(struct ks_json *json, uint64_t number);
void ks_json_milli(struct ks_json *json, unsigned thousandths);
void ks_json_bool(struct ks_json *json, bool value);

/* Members: key and value; nothing at all if `text` is NULL. Text is cleaned. */
void ks_json_str(struct ks_json *json, const char *name, const char *text);
void ks_json_number(struct ks_json *json, const char *name, uint64_t number);
void ks_json_truth(struct ks_json *json, const char *name, bool value);

/* A member with an array of texts, each cleaned. */
void ks_json_texts(struct ks_json *json, const char *name,
                   struct ks_texts texts);

/*
 * As ks_json_str, and where the text is no UTF-8 a second member
 * "<name>_bytes" with the bytes in base64 (RFC 4648).
 */
void ks_json_path(struct ks_json *json, const char *name, const char *path);

#endif
