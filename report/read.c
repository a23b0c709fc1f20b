/* SPDX-License-Identifier: Apache-2.0 */
#include "report/read.h"

#include "report/read_finding.h"

#include <stdlib.h>
#include <string.h>

/* A report cannot count more rules than this without findings for them. */
enum { RULES_MAX = 100000 };

struct ks_report_file {
    struct ks_report report;
    struct ks_reading reading;
    struct ks_coverage *coverage;
    struct ks_ruleset ruleset;
    const struct ks_rule **rules;
    KS_VEC(, struct ks_finding) findings;
};

static const char schema[] = "keysweep.report/1";

/* Receives every finding of a text as a JSON object. */
typedef enum ks_rc (*finding_fn)(void *ctx, struct ks_span object,
                                 struct ks_err *err);

/* What a text is made of. */
struct pieces {
    finding_fn finding;
    void *ctx;
    struct ks_span tool, scan; /* objects; empty if there are none */
    bool named;                /* the schema is the one that is known */
};

static bool is_key(struct ks_span key, const char *name)
{
    return ks_span_equal(key, ks_span_str(name));
}

static enum ks_rc take_findings(struct pieces *pieces, struct ks_span array,
                                struct ks_err *err)
{
    struct ks_span value;
    size_t at = 0;
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && ks_json_element(array, &at, &value))
        rc = pieces->finding(pieces->ctx, value, err);
    if (rc == KS_OK && at == SIZE_MAX)
        rc = ks_fail(err, KS_EFORMAT, "the list of findings is malformed");
    return rc;
}

/* One object of the text: a whole report, a line of one, or its last line. */
static enum ks_rc take_object(struct pieces *pieces, struct ks_span object,
                              struct ks_err *err)
{
    struct ks_span key, value;
    bool finding = false;
    size_t at = 0;
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK && ks_json_member(object, &at, &key, &value)) {
        if (is_key(key, "schema"))
            pieces->named = ks_span_equal(
                ks_span_slice(value, 1, value.len - 1), ks_span_str(schema));
        else if (is_key(key, "tool"))
            pieces->tool = value;
        else if (is_key(key, "scan"))
            pieces->scan = value;
        else if (is_key(key, "findings"))
            rc = take_findings(pieces, value, err);
        else if (is_key(key, "locations"))
            finding = true;
    }
    if (rc == KS_OK && at == SIZE_MAX)
        return ks_fail(err, KS_EFORMAT, "malformed JSON");
    return rc == KS_OK && finding ? pieces->finding(pieces->ctx, object, err)
                                  : rc;
}

static enum ks_rc take_apart(struct pieces *pieces, struct ks_span text,
                             const char *name, struct ks_err *err)
{
    size_t at = 0;
    enum ks_rc rc = KS_OK;

    while (rc == KS_OK) {
        struct ks_span object = ks_json_next(text, &at);

        if (object.len == 0 && at == text.len)
            break;
        rc = object.len > 0 && object.ptr[0] == '{'
                 ? take_object(pieces, object, err)
                 : ks_fail(err, KS_EFORMAT, "not JSON");
    }
    if (rc == KS_OK && !pieces->named)
        rc = ks_fail(err, KS_EFORMAT, "not a report of the form %s", schema);
    return rc == KS_OK || rc == KS_ENOMEM ? rc
                                          : ks_fail_within(err, rc, "%s", name);
}

static enum ks_rc parse(cJSON **out, struct ks_span text, struct ks_err *err)
{
    *out = cJSON_ParseWithLength((const char *)text.ptr, text.len);
    if (!cJSON_IsObject(*out)) {
        cJSON_Delete(*out);
        return ks_fail(err, KS_EFORMAT, "malformed JSON");
    }
    return KS_OK;
}

static enum ks_rc read_one(void *ctx, struct ks_span object, struct ks_err *err)
{
    struct ks_report_file *file = ctx;
    struct ks_finding finding;
    cJSON *json;
    enum ks_rc rc = parse(&json, object, err);

    if (rc != KS_OK)
        return rc;
    rc = ks_read_finding(&finding, &file->reading, json, err);
    cJSON_Delete(json);
    if (rc == KS_OK && !KS_VEC_PUSH(&file->findings, finding))
        rc = ks_fail_memory(err);
    return rc;
}

static enum ks_scan_kind scan_kind_of(const char *name)
{
    static const enum ks_scan_kind kinds[] = {KS_SCAN_STDIN, KS_SCAN_GIT,
                                              KS_SCAN_STAGED};

    for (size_t i = 0; name != NULL && i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(name, ks_scan_kind_name(kinds[i])) == 0)
            return kinds[i];
    return KS_SCAN_FILES;
}

static void read_skip(struct ks_coverage *coverage, const cJSON *object)
{
    const char *name = ks_json_get_str(object, "reason");
    uint64_t count = ks_json_get_uint(object, "count");
    const cJSON *example;
    unsigned reason = 0;

    while (reason < KS_SKIP_COUNT &&
           (name == NULL || strcmp(name, ks_skip_name(reason)) != 0))
        reason++;
    if (reason == KS_SKIP_COUNT)
        reason = KS_SKIP_LIMIT;
    cJSON_ArrayForEach(example,
                       cJSON_GetObjectItemCaseSensitive(object, "examples"))
    {
        if (count == 0 || !cJSON_IsString(example))
            break;
        ks_coverage_skip(coverage, reason, example->valuestring);
        count--;
    }
    ks_coverage_skip_more(coverage, reason, count);
}

static void read_coverage(struct ks_coverage *coverage, const cJSON *object)
{
    const cJSON *skip;

    ks_coverage_add(coverage,
                    (struct ks_amounts){
                        .blobs = ks_json_get_uint(object, "blobs"),
                        .bytes = ks_json_get_uint(object, "bytes"),
                        .commits = ks_json_get_uint(object, "commits"),
                    });
    cJSON_ArrayForEach(skip,
                       cJSON_GetObjectItemCaseSensitive(object, "skipped"))
        read_skip(coverage, skip);
}

static enum ks_rc read_scan(struct ks_report_file *file, struct ks_span text,
                            struct ks_err *err)
{
    struct ks_report *report = &file->report;
    int offset;
    cJSON *scan;
    enum ks_rc rc = parse(&scan, text, err);

    if (rc != KS_OK)
        return rc;
    report->kind = scan_kind_of(ks_json_get_str(scan, "kind"));
    report->suppressed = (size_t)ks_json_get_uint(scan, "suppressed");
    (void)ks_json_time(&report->started, &offset,
                       ks_json_get_str(scan, "started"));
    (void)ks_json_time(&report->finished, &offset,
                       ks_json_get_str(scan, "finished"));
    read_coverage(file->coverage,
                  cJSON_GetObjectItemCaseSensitive(scan, "coverage"));
    if (!ks_json_copy_path(&file->reading.arena, &report->target, scan,
                           "target"))
        rc = ks_fail_memory(err);
    cJSON_Delete(scan);
    return rc;
}

static int compare_rules(const void *a, const void *b)
{
    const struct ks_rule *const *x = a;
    const struct ks_rule *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

/* As many rules as the report counts: those unknown come first, unnamed. */
static enum ks_rc make_ruleset(struct ks_report_file *file, size_t count,
                               struct ks_err *err)
{
    static const struct ks_rule unnamed = {.id = "", .name = ""};
    size_t known = file->reading.rules.len;

    if (count > RULES_MAX)
        count = RULES_MAX;
    if (count < known)
        count = known;
    file->rules = calloc(count + 1, sizeof(struct ks_rule *));
    if (file->rules == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < count - known; i++)
        file->rules[i] = &unnamed;
    for (size_t i = 0; i < known; i++)
        file->rules[count - known + i] = file->reading.rules.items[i];
    qsort(file->rules, count, sizeof(struct ks_rule *), compare_rules);
    file->ruleset = (struct ks_ruleset){file->rules, count};
    file->report.ruleset = &file->ruleset;
    return KS_OK;
}

static enum ks_rc read_tool(struct ks_report_file *file, struct ks_span text,
                            struct ks_err *err)
{
    const cJSON *rules;
    const char *hash;
    cJSON *tool;
    enum ks_rc rc = parse(&tool, text, err);

    if (rc != KS_OK)
        return rc;
    rules = cJSON_GetObjectItemCaseSensitive(tool, "rules");
    hash = ks_json_get_str(rules, "hash");
    if (hash != NULL)
        memcpy(file->report.ruleset_hash, hash,
               strnlen(hash, sizeof(file->report.ruleset_hash) - 1));
    rc = make_ruleset(file, (size_t)ks_json_get_uint(rules, "count"), err);
    cJSON_Delete(tool);
    return rc;
}

/* What stands around the findings. */
static enum ks_rc read_frame(struct ks_report_file *file,
                             const struct pieces *pieces, const char *name,
                             struct ks_err *err)
{
    enum ks_rc rc = read_scan(file, pieces->scan, err);

    if (rc == KS_OK)
        rc = read_tool(file, pieces->tool, err);
    return rc == KS_OK || rc == KS_ENOMEM ? rc
                                          : ks_fail_within(err, rc, "%s", name);
}

static int compare_findings(const void *a, const void *b)
{
    const struct ks_finding *x = a;
    const struct ks_finding *y = b;
    int order = strcmp(x->rule->id, y->rule->id);

    return order != 0 ? order : strcmp(x->id, y->id);
}

enum ks_rc ks_report_read(struct ks_report_file **out, struct ks_span text,
                          const char *name, struct ks_err *err)
{
    struct ks_report_file *file = calloc(1, sizeof(*file));
    struct pieces pieces = {.finding = read_one, .ctx = file};
    enum ks_rc rc;

    if (file == NULL)
        return ks_fail_memory(err);
    rc = ks_coverage_new(&file->coverage, err);
    if (rc == KS_OK)
        rc = take_apart(&pieces, text, name, err);
    if (rc == KS_OK)
        rc = read_frame(file, &pieces, name, err);
    if (rc == KS_OK) {
        if (file->findings.len > 0)
            qsort(file->findings.items, file->findings.len,
                  sizeof(*file->findings.items), compare_findings);
        file->report.coverage = file->coverage;
        file->report.findings = file->findings.items;
        file->report.finding_count = file->findings.len;
        *out = file;
        file = NULL;
    }
    ks_report_file_free(file);
    return rc;
}

void ks_report_file_free(struct ks_report_file *file)
{
    if (file == NULL)
        return;
    KS_VEC_RELEASE(&file->findings);
    ks_reading_release(&file->reading);
    ks_coverage_free(file->coverage);
    free(file->rules);
    free(file);
}

const struct ks_report *ks_report_file_report(const struct ks_report_file *file)
{
    return &file->report;
}

struct id_vec {
    KS_VEC(
        , struct id { char text[KS_FINDING_ID]; })
    ids;
};

static enum ks_rc read_id(void *ctx, struct ks_span object, struct ks_err *err)
{
    struct id_vec *vec = ctx;
    struct ks_span key, value;
    char quoted[KS_FINDING_ID] = "";
    struct id id;
    size_t at = 0;

    while (ks_json_member(object, &at, &key, &value))
        if (is_key(key, "id") && value.len == KS_FINDING_ID + 1)
            memcpy(quoted, value.ptr + 1, KS_FINDING_ID - 1);
    if (!ks_read_id(id.text, quoted))
        return ks_fail(err, KS_EFORMAT, "a finding without an id");
    return KS_VEC_PUSH(&vec->ids, id) ? KS_OK : ks_fail_memory(err);
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, KS_FINDING_ID);
}

/* Sorted, each once. */
static size_t tidy_ids(struct id *ids, size_t len)
{
    size_t kept = 0;

    if (len > 0)
        qsort(ids, len, sizeof(*ids), compare_ids);
    for (size_t i = 0; i < len; i++)
        if (i == 0 || compare_ids(&ids[i], &ids[i - 1]) != 0)
            ids[kept++] = ids[i];
    return kept;
}

enum ks_rc ks_report_read_ids(struct ks_report_ids *out, struct ks_span text,
                              const char *name, struct ks_err *err)
{
    struct id_vec vec = {{(struct id *)(void *)out->items, out->len, out->len}};
    struct pieces pieces = {.finding = read_id, .ctx = &vec};
    enum ks_rc rc = take_apart(&pieces, text, name, err);

    if (rc != KS_OK) {
        KS_VEC_RELEASE(&vec.ids);
        *out = (struct ks_report_ids){0};
        return rc;
    }
    out->len = tidy_ids(vec.ids.items, vec.ids.len);
    out->items = (char(*)[KS_FINDING_ID])(void *)vec.ids.items;
    return KS_OK;
}
