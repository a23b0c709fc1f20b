/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_read.h: JSON taken apart piece by piece, so that a report of any number
 * of findings is parsed one finding at a time; and members of a parsed piece.
 */
#ifndef KS_REPORT_JSON_READ_H
#define KS_REPORT_JSON_READ_H

#include "base/arena.h"
#include "base/err.h"
#include "rules/rule.h"

#include <cjson/cJSON.h>

/*
 * The value at `*at`, with white space before it skipped; moves `*at` behind
 * it. Empty at the end of the text or where no value begins. Only the brackets
 * and strings are looked at: what is inside may still be malformed.
 */
struct ks_span ks_json_next(struct ks_span text, size_t *at);

/*
 * Walks an array, or an object: `*at` is 0 at first and is kept between calls.
 * False at the end; `*at` is SIZE_MAX where the text is malformed.
 */
bool ks_json_element(struct ks_span array, size_t *at, struct ks_span *value);
bool ks_json_member(struct ks_span object, size_t *at, struct ks_span *key,
                    struct ks_span *value);

/* Members of an object; absent or of another type: NULL, 0, false. */
const char *ks_json_get_str(const cJSON *object, const char *name);
uint64_t ks_json_get_uint(const cJSON *object, const char *name);
unsigned ks_json_get_milli(const cJSON *object, const char *name);
bool ks_json_get_bool(const cJSON *object, const char *name);

/* As get_str, copied into the arena. false without memory. */
bool ks_json_copy_str(struct ks_arena *arena, const char **out,
                      const cJSON *object, const char *name);

/* The strings of an array, copied. false without memory. */
bool ks_json_copy_texts(struct ks_arena *arena, struct ks_texts *out,
                        const cJSON *object, const char *name);

/* What ks_json_path wrote: the bytes if they are there, else the text. */
bool ks_json_copy_path(struct ks_arena *arena, const char **out,
                       const cJSON *object, const char *name);

/* RFC 3339 to Unix seconds and minutes east of UTC; false if it is not that. */
bool ks_json_time(int64_t *time, int *offset, const char *text);

#endif
