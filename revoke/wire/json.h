/* SPDX-License-Identifier: Apache-2.0 */
/* json.h: JSON written into a buffer; canonical form (RFC 8785). */
#ifndef KS_REVOKE_WIRE_JSON_H
#define KS_REVOKE_WIRE_JSON_H

#include "base/buf.h"

struct cJSON;

enum { KS_JSON_DEPTH = 64 };

/*
 * Appends `text` as a JSON string with its quotes, escaped as RFC 8785 says.
 * Bytes that are not UTF-8 become U+FFFD. KS_ELIMIT, KS_ENOMEM.
 */
enum ks_rc ks_json_add_string(struct ks_buf *out, struct ks_span text);

/*
 * Bytes that ks_json_add_string() may need for `len` bytes: for buffers that
 * must not move because they hold secrets.
 */
size_t ks_json_string_room(size_t len);

/*
 * Appends the canonical form of `value` (RFC 8785): members ordered by UTF-16
 * code units, shortest numbers, no white space.
 *
 * KS_EFORMAT when it has none: a member named twice, text that is not UTF-8, a
 * number that is not finite, nesting beyond KS_JSON_DEPTH.
 */
enum ks_rc ks_json_canonical(struct ks_buf *out, const struct cJSON *value,
                             struct ks_err *err);

/*
 * Reads one JSON text that fills `text` wholly. The caller frees with
 * cJSON_Delete(). KS_EFORMAT, also for nesting beyond KS_JSON_DEPTH.
 */
enum ks_rc ks_json_parse(struct cJSON **out, struct ks_span text,
                         struct ks_err *err);

/*
 * Appends text that came from outside as valid UTF-8 without control
 * characters: each byte that is not becomes '?'.
 */
enum ks_rc ks_json_clean(struct ks_buf *out, struct ks_span text);

/* The string member of that name, or NULL. Borrowed from `object`. */
const char *ks_wire_text(const struct cJSON *object, const char *name);

/* The integer member of that name, or `absent`; beyond 2^53 is absent. */
long long ks_wire_integer(const struct cJSON *object, const char *name,
                          long long absent);

#endif
