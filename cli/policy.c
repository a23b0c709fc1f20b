/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/policy.h"

#include "scanner/allow.h"
#include "scanner/match.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct compiled {
    const struct ks_allow_entry *entry;
    struct ks_pattern *pattern; /* paths and regexes */
};

struct ks_policies {
    struct compiled *entries;
    size_t len;
    pthread_mutex_t lock; /* guards the scratch */
    struct ks_pattern_scratch *scratch;
    const struct ks_report_ids *baseline;
    enum ks_severity severity;
};

static enum ks_rc compile(struct compiled *out,
                          const struct ks_allow_entry *entry,
                          struct ks_err *err)
{
    enum ks_rc rc = KS_OK;

    out->entry = entry;
    if (entry->kind == KS_ALLOW_PATH || entry->kind == KS_ALLOW_REGEX)
        rc = ks_pattern_new(&out->pattern, entry->value, err);
    if (rc != KS_OK)
        return ks_fail_within(err, rc, "%s:%u:%u", entry->file, entry->at.line,
                              entry->at.column);
    return KS_OK;
}

enum ks_rc ks_policies_new(struct ks_policies **out,
                           const struct ks_config *config,
                           const struct ks_report_ids *baseline, int64_t now,
                           const struct ks_log *log, struct ks_err *err)
{
    struct ks_policies *p = calloc(1, sizeof(*p));
    enum ks_rc rc;

    if (p == NULL)
        return ks_fail_memory(err);
    (void)pthread_mutex_init(&p->lock, NULL);
    p->baseline = baseline;
    p->entries = calloc(config->allow.len + 1, sizeof(*p->entries));
    rc = p->entries == NULL ? ks_fail_memory(err)
                            : ks_pattern_scratch_new(&p->scratch, err);
    for (size_t i = 0; i < config->allow.len && rc == KS_OK; i++) {
        const struct ks_allow_entry *entry = &config->allow.items[i];

        if (entry->expires != 0 && entry->expires <= now) {
            ks_log(log, KS_LOG_WARN, "%s:%u:%u: this entry has expired",
                   entry->file, entry->at.line, entry->at.column);
            continue;
        }
        rc = compile(&p->entries[p->len], entry, err);
        p->len += rc == KS_OK;
    }
    if (rc != KS_OK) {
        ks_policies_free(p);
        return rc;
    }
    *out = p;
    return KS_OK;
}

void ks_policies_free(struct ks_policies *policies)
{
    if (policies == NULL)
        return;
    for (size_t i = 0; policies->entries != NULL && i < policies->len; i++)
        ks_pattern_free(policies->entries[i].pattern);
    free(policies->entries);
    (void)pthread_mutex_destroy(&policies->lock);
    ks_pattern_scratch_free(policies->scratch);
    free(policies);
}

void ks_policies_severity(struct ks_policies *policies,
                          enum ks_severity severity)
{
    policies->severity = severity;
}

/* The path of a location as fingerprints write it. */
static bool fingerprint_fits(const char *value,
                             const struct ks_finding *finding,
                             const struct ks_location *location)
{
    char hex[KS_OID_HEX];
    char tail[512];
    size_t path_len, value_len = strlen(value);
    size_t tail_len;

    if (strcmp(value, finding->id) == 0)
        return true;
    if (location->path == NULL)
        return false;
    (void)snprintf(tail, sizeof(tail), ":%s:%zu", finding->rule->id,
                   location->start_line);
    path_len = strlen(location->path);
    tail_len = strlen(tail);
    if (value_len < path_len + tail_len ||
        strcmp(value + value_len - tail_len, tail) != 0 ||
        memcmp(value + value_len - tail_len - path_len, location->path,
               path_len) != 0)
        return false;
    value_len -= tail_len + path_len;
    if (value_len == 0)
        return true;
    if (location->commit == NULL)
        return false;
    ks_oid_hex(hex, &location->commit->oid);
    return value_len == strlen(hex) + 1 && value[value_len - 1] == ':' &&
           memcmp(value, hex, value_len - 1) == 0;
}

static bool commit_fits(const char *value, const struct ks_location *location)
{
    char hex[KS_OID_HEX];
    size_t len = strlen(value);

    if (location->commit == NULL || len < KS_SHORTEST_COMMIT)
        return false;
    ks_oid_hex(hex, &location->commit->oid);
    return strncmp(hex, value, len) == 0;
}

static bool about_rule(const struct ks_allow_entry *entry, const char *rule)
{
    for (size_t i = 0; i < entry->rules.len; i++)
        if (strcmp(entry->rules.items[i], rule) == 0)
            return true;
    return entry->rules.len == 0;
}

static bool fits(const struct ks_policies *p, const struct compiled *c,
                 const struct ks_finding *finding,
                 const struct ks_location *location)
{
    const struct ks_allow_entry *entry = c->entry;

    switch (entry->kind) {
    case KS_ALLOW_PATH:
        return location->path != NULL &&
               ks_pattern_matches(c->pattern, p->scratch,
                                  ks_span_str(location->path));
    case KS_ALLOW_REGEX:
        return ks_pattern_matches(c->pattern, p->scratch, finding->secret);
    case KS_ALLOW_STOPWORD:
        return finding->proof != KS_PROOF_CHECKSUM &&
               ks_allow_stopword(finding->secret, entry->value);
    case KS_ALLOW_COMMIT:
        return commit_fits(entry->value, location);
    case KS_ALLOW_FINGERPRINT:
        return fingerprint_fits(entry->value, finding, location);
    case KS_ALLOW_KINDS:
        break;
    }
    return false;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool suppress(void *ctx, const struct ks_finding *finding,
                     const struct ks_location *location)
{
    const struct ks_policies *p = ctx;

    if (finding->severity < p->severity)
        return true;
    if (p->baseline->len > 0 &&
        bsearch(finding->id, p->baseline->items, p->baseline->len,
                sizeof(*p->baseline->items), compare_ids) != NULL)
        return true;
    for (size_t i = 0; i < p->len; i++)
        if (about_rule(p->entries[i].entry, finding->rule->id) &&
            fits(p, &p->entries[i], finding, location))
            return true;
    return false;
}

bool ks_policies_need_secrets(const struct ks_policies *policies)
{
    for (size_t i = 0; i < policies->len; i++) {
        enum ks_allow_kind kind = policies->entries[i].entry->kind;

        if (kind == KS_ALLOW_REGEX || kind == KS_ALLOW_STOPWORD)
            return true;
    }
    return false;
}

struct ks_policy ks_policies_policy(struct ks_policies *policies)
{
    return (struct ks_policy){suppress, policies};
}

bool ks_policies_excludes(void *policies, const char *path)
{
    struct ks_policies *p = policies;
    bool excluded = false;

    for (size_t i = 0; i < p->len && !excluded; i++) {
        const struct ks_allow_entry *entry = p->entries[i].entry;

        if (entry->kind != KS_ALLOW_PATH || entry->rules.len > 0)
            continue;
        (void)pthread_mutex_lock(&p->lock);
        excluded = ks_pattern_matches(p->entries[i].pattern, p->scratch,
                                      ks_span_str(path));
        (void)pthread_mutex_unlock(&p->lock);
    }
    return excluded;
}
