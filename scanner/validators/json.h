/* SPDX-License-Identifier: Apache-2.0 */
/* json.h: reading small JSON objects that tokens hold. */
#ifndef KS_SCANNER_VALIDATORS_JSON_H
#define KS_SCANNER_VALIDATORS_JSON_H

#include "base/span.h"

/* An object and all below it. */
struct ks_json;

enum { KS_JSON_LARGEST = 65536 }; /* bytes */

/*
 * The object that `text` begins with, white space apart; NULL when there is
 * none, when `text` is larger than KS_JSON_LARGEST, or without memory. What
 * follows the object does not matter.
 */
struct ks_json *ks_vjson_parse(struct ks_span text);

/* Wipes and frees; takes NULL. Only for what ks_vjson_parse returned. */
void ks_vjson_free(struct ks_json *object);

/*
 * The member of that name, if it is a string, a number or an object; the
 * strings live as long as the object. NULL or false otherwise.
 */
const char *ks_vjson_text(const struct ks_json *object, const char *name);
bool ks_vjson_number(const struct ks_json *object, const char *name,
                    double *value);
const struct ks_json *ks_vjson_object(const struct ks_json *object,
                                     const char *name);

/* As text; of an array of strings the first. */
const char *ks_vjson_first_text(const struct ks_json *object, const char *name);

#endif
