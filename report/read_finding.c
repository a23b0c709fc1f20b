/* SPDX-License-Identifier: Apache-2.0 */
#include "report/read_finding.h"

#include "base/blob.h"
#include "base/hash.h"
#include "report/sheet.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_SECRET = 64 * 1024 };

void ks_reading_release(struct ks_reading *reading)
{
    ks_map_release(&reading->by_id);
    KS_VEC_RELEASE(&reading->rules);
    ks_arena_release(&reading->arena);
}

bool ks_read_id(char out[KS_FINDING_ID], const char *text)
{
    uint8_t bytes[KS_FINDING_ID / 2];

    if (text == NULL || strlen(text) != KS_FINDING_ID - 1 ||
        !ks_unhex(bytes, sizeof(bytes), text))
        return false;
    ks_hex(out, bytes, sizeof(bytes));
    return true;
}

/* The rule of that id; a new one has only its id until a finding tells more. */
static struct ks_rule *rule_of(struct ks_reading *reading, const char *id)
{
    size_t known = ks_map_get(&reading->by_id, ks_span_str(id), SIZE_MAX);
    struct ks_rule *rule;
    size_t *index;
    char *copy;

    if (known != SIZE_MAX)
        return reading->rules.items[known];
    rule = ks_arena_alloc(&reading->arena, sizeof(*rule));
    copy = ks_arena_text(&reading->arena, ks_span_str(id));
    if (rule == NULL || copy == NULL)
        return NULL;
    *rule = (struct ks_rule){.id = copy, .name = copy};
    index = ks_map_put(&reading->by_id, ks_span_str(copy), reading->rules.len);
    if (index == NULL || !KS_VEC_PUSH(&reading->rules, rule))
        return NULL;
    return rule;
}

/* What a finding tells of its rule; a finding that is a part tells the name. */
static bool read_rule(struct ks_finding *out, struct ks_reading *reading,
                      const cJSON *object)
{
    struct ks_rule *rule = rule_of(reading, ks_json_get_str(object, "rule"));
    const char *severity = ks_json_get_str(object, "rule_severity");
    const char *precision = ks_json_get_str(object, "precision");

    out->rule = rule;
    if (rule == NULL)
        return false;
    if (rule->precision != KS_PRECISION_UNTOLD ||
        ks_json_get_str(object, "name") == NULL)
        return true;
    if (severity == NULL || !ks_severity_parse(&rule->severity, severity))
        rule->severity = out->severity;
    rule->precision = ks_precision_parse(precision);
    return ks_json_copy_str(&reading->arena, &rule->name, object, "name") &&
           ks_json_copy_str(&reading->arena, &rule->description, object,
                            "description") &&
           ks_json_copy_texts(&reading->arena, &rule->tags, object, "tags") &&
           ks_json_copy_texts(&reading->arena, &rule->remediation, object,
                              "remediation") &&
           ks_json_copy_texts(&reading->arena, &rule->references, object,
                              "references");
}

/* The length that "[redacted:N]" tells; false if the text is something else. */
static bool redacted_length(size_t *len, const char *text)
{
    static const char head[] = "[redacted:";
    unsigned long long number;
    char *end;

    if (strncmp(text, head, sizeof(head) - 1) != 0)
        return false;
    number = strtoull(text + sizeof(head) - 1, &end, 10);
    *len = number < LONGEST_SECRET ? (size_t)number : LONGEST_SECRET;
    return strcmp(end, "]") == 0;
}

/* A redacted secret is as many asterisks: it keeps its length. */
static bool read_secret(struct ks_finding *out, struct ks_arena *arena,
                        const cJSON *object)
{
    const char *text = ks_json_get_str(object, "secret");
    size_t len;
    char *copy;

    if (text == NULL)
        text = "";
    if (!redacted_length(&len, text)) {
        copy = ks_arena_text(arena, ks_span_str(text));
        len = strlen(text);
    } else {
        copy = ks_arena_alloc(arena, len + 1);
        if (copy != NULL)
            memset(copy, '*', len);
    }
    out->secret = (struct ks_span){(const uint8_t *)copy, len};
    return copy != NULL;
}

static void read_oid(struct ks_oid *out, const char *hex)
{
    uint8_t bytes[KS_OID_MAX];
    size_t len = hex != NULL ? strlen(hex) / 2 : 0;

    if ((len == 20 || len == 32) && ks_unhex(bytes, len, hex))
        *out = ks_oid_from(bytes, len);
}

static bool read_commit(struct ks_location *out, struct ks_arena *arena,
                        const cJSON *object)
{
    const cJSON *author = cJSON_GetObjectItemCaseSensitive(object, "author");
    struct ks_commit *commit;

    if (ks_json_get_str(object, "commit") == NULL)
        return true;
    commit = ks_arena_alloc(arena, sizeof(*commit));
    if (commit == NULL)
        return false;
    read_oid(&commit->oid, ks_json_get_str(object, "commit"));
    (void)ks_json_time(&commit->time, &commit->offset,
                       ks_json_get_str(object, "date"));
    out->commit = commit;
    return ks_json_copy_str(arena, &commit->author.name, author, "name") &&
           ks_json_copy_str(arena, &commit->author.email, author, "email") &&
           ks_json_copy_str(arena, &commit->message, object, "message");
}

static unsigned kind_of(const char *name)
{
    for (unsigned kind = 0; name != NULL && kind <= KS_BLOB_PATH_NAME; kind++) {
        struct ks_location location = {.kind = kind};

        if (strcmp(name, ks_location_kind_name(&location)) == 0)
            return kind;
    }
    return KS_BLOB_FILE;
}

static bool read_location(struct ks_location *out, struct ks_arena *arena,
                          const cJSON *object)
{
    *out = (struct ks_location){
        .kind = kind_of(ks_json_get_str(object, "kind")),
        .start_line = (size_t)ks_json_get_uint(object, "start_line"),
        .start_column = (size_t)ks_json_get_uint(object, "start_column"),
        .end_line = (size_t)ks_json_get_uint(object, "end_line"),
        .end_column = (size_t)ks_json_get_uint(object, "end_column"),
        .offset = ks_json_get_uint(object, "offset"),
        .length = ks_json_get_uint(object, "length"),
        .at_tip = ks_json_get_bool(object, "at_tip"),
        .unreachable = ks_json_get_bool(object, "unreachable"),
    };
    read_oid(&out->blob, ks_json_get_str(object, "blob"));
    return ks_json_copy_path(arena, &out->path, object, "path") &&
           ks_json_copy_path(arena, &out->archive, object, "archive") &&
           ks_json_copy_str(arena, &out->decoded, object, "decoded") &&
           read_commit(out, arena, object);
}

static bool read_locations(struct ks_finding *out, struct ks_arena *arena,
                           const cJSON *object)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, "locations");
    size_t size = cJSON_IsArray(array) ? (size_t)cJSON_GetArraySize(array) : 0;
    struct ks_location *items = ks_arena_alloc(arena, size * sizeof(*items));
    const cJSON *item;

    if (items == NULL)
        return false;
    out->locations = items;
    out->location_count = size;
    if (size == 0)
        return true;
    cJSON_ArrayForEach(
        item, array) if (!read_location(items++, arena, item)) return false;
    return true;
}

static bool read_facts(struct ks_finding *out, struct ks_arena *arena,
                       const cJSON *object)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, "facts");
    size_t size = cJSON_IsArray(array) ? (size_t)cJSON_GetArraySize(array) : 0;
    struct ks_fact *items = ks_arena_alloc(arena, size * sizeof(*items));
    const cJSON *item;

    if (items == NULL)
        return false;
    out->facts = items;
    if (size == 0)
        return true;
    cJSON_ArrayForEach(item, array)
    {
        if (ks_json_get_str(item, "name") == NULL ||
            ks_json_get_str(item, "value") == NULL)
            continue;
        if (!ks_json_copy_str(arena, &items->name, item, "name") ||
            !ks_json_copy_str(arena, &items->value, item, "value"))
            return false;
        items++;
        out->fact_count++;
    }
    return true;
}

static bool read_parts(struct ks_finding *out, struct ks_reading *reading,
                       const cJSON *object)
{
    struct ks_arena *arena = &reading->arena;
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, "parts");
    size_t size = cJSON_IsArray(array) ? (size_t)cJSON_GetArraySize(array) : 0;
    const struct ks_finding **items =
        ks_arena_alloc(arena, size * sizeof(*items));
    const cJSON *item;

    if (items == NULL)
        return false;
    out->parts = items;
    if (size == 0)
        return true;
    cJSON_ArrayForEach(item, array)
    {
        struct ks_finding *part = ks_arena_alloc(arena, sizeof(*part));

        if (part == NULL)
            return false;
        if (!ks_read_id(part->id, ks_json_get_str(item, "id")) ||
            ks_json_get_str(item, "rule") == NULL)
            continue;
        if (!read_rule(part, reading, item) || !read_secret(part, arena, item))
            return false;
        items[out->part_count++] = part;
    }
    return true;
}

static enum ks_proof proof_of(const char *name)
{
    static const enum ks_proof proofs[] = {KS_PROOF_STRUCTURE,
                                           KS_PROOF_CHECKSUM};

    for (size_t i = 0; name != NULL && i < 2; i++)
        if (strcmp(name, ks_proof_name(proofs[i])) == 0)
            return proofs[i];
    return KS_PROOF_NONE;
}

enum ks_rc ks_read_finding(struct ks_finding *out, struct ks_reading *reading,
                           const cJSON *object, struct ks_err *err)
{
    const char *severity = ks_json_get_str(object, "severity");

    *out = (struct ks_finding){
        .proof = proof_of(ks_json_get_str(object, "proof")),
        .confidence = ks_json_get_milli(object, "confidence"),
        .entropy_milli = ks_json_get_milli(object, "entropy"),
        .present_at_tip = ks_json_get_bool(object, "present_at_tip"),
    };
    if (!ks_read_id(out->id, ks_json_get_str(object, "id")))
        return ks_fail(err, KS_EFORMAT, "a finding without an id");
    if (ks_json_get_str(object, "rule") == NULL || severity == NULL ||
        !ks_severity_parse(&out->severity, severity))
        return ks_fail(err, KS_EFORMAT,
                       "finding %s: no rule, or no severity that is known",
                       out->id);
    if (!read_rule(out, reading, object) ||
        !read_secret(out, &reading->arena, object) ||
        !ks_json_copy_texts(&reading->arena, &out->reasons, object,
                            "reasons") ||
        !read_locations(out, &reading->arena, object) ||
        !read_facts(out, &reading->arena, object) ||
        !read_parts(out, reading, object))
        return ks_fail_memory(err);
    return KS_OK;
}
