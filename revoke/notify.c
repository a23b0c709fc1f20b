/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/notify.h"

#include "revoke/spool_inside.h"
#include "revoke/wire/db.h"
#include "revoke/wire/json.h"

#include <cjson/cJSON.h>
#include <stdio.h>

enum { PAYLOAD_CAP = 64 * 1024, KEY_TEXT = 160, LOCATION_CAP = 8192 };

static bool add_data(cJSON *root, const struct ks_notice *notice)
{
    const char *const members[][2] = {
        {"finding", notice->finding}, {"fingerprint", notice->fingerprint},
        {"rule", notice->rule},       {"location", notice->location},
        {"commit", notice->commit},   {"channel", notice->channel},
        {"plan", notice->plan},
    };
    cJSON *data = cJSON_AddObjectToObject(root, "data");

    if (data == NULL)
        return false;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (members[i][1] != NULL && members[i][1][0] != '\0' &&
            cJSON_AddStringToObject(data, members[i][0], members[i][1]) == NULL)
            return false;
    return true;
}

static enum ks_rc write_payload(struct ks_buf *out,
                                const struct ks_notice *notice,
                                struct ks_err *err)
{
    cJSON *root = cJSON_CreateObject();
    char time[KS_AUDIT_TIME];
    enum ks_rc rc;

    ks_audit_time(time);
    if (root == NULL ||
        cJSON_AddStringToObject(root, "type", notice->type) == NULL ||
        cJSON_AddStringToObject(root, "timestamp", time) == NULL ||
        !add_data(root, notice))
        rc = ks_fail_memory(err);
    else
        rc = ks_json_canonical(out, root, err);
    cJSON_Delete(root);
    return rc;
}

enum ks_rc ks_notify_all(struct ks_spool *spool, const struct ks_notice *notice,
                         const char *key, struct ks_err *err)
{
    char whole_key[KEY_TEXT];
    struct ks_buf payload;
    enum ks_rc rc = KS_OK;

    if (spool->config->notify.len == 0)
        return KS_OK;
    ks_buf_init(&payload, PAYLOAD_CAP);
    rc = write_payload(&payload, notice, err);
    if (rc == KS_OK && ks_buf_text(&payload) == NULL)
        rc = ks_fail_memory(err);
    (void)snprintf(whole_key, sizeof(whole_key), "%s/%.40s/%.60s", notice->type,
                   notice->finding, key);
    for (size_t i = 0; i < spool->config->notify.len && rc == KS_OK; i++)
        rc = ks_spool_add_notice(spool, spool->config->notify.items[i],
                                 whole_key, ks_buf_text(&payload), err);
    ks_buf_release(&payload);
    return rc;
}

static enum ks_rc notify_finding(struct ks_spool *spool,
                                 const struct ks_finding *finding,
                                 struct ks_err *err)
{
    const struct ks_location *place =
        finding->location_count == 0 ? NULL : finding->locations;
    char fingerprint[KS_SHA256_HEX], commit[KS_OID_HEX] = "";
    struct ks_notice notice = {
        .type = "secret.leak.detected",
        .finding = finding->id,
        .rule = finding->rule->id,
        .fingerprint = fingerprint,
        .commit = commit,
    };
    struct ks_buf location;
    enum ks_rc rc = KS_OK;

    ks_buf_init(&location, LOCATION_CAP);
    ks_spool_fingerprint(fingerprint, spool, finding->secret);
    if (place != NULL && place->commit != NULL)
        ks_oid_hex(commit, &place->commit->oid);
    if (place != NULL && place->path != NULL &&
        ks_json_clean(&location, ks_span_str(place->path)) == KS_OK &&
        ks_buf_printf(&location, ":%zu", place->start_line) == KS_OK)
        notice.location = ks_buf_text(&location);
    rc = ks_notify_all(spool, &notice, "found", err);
    ks_buf_release(&location);
    return rc;
}

enum ks_rc ks_notify_findings(struct ks_spool *spool,
                              const struct ks_report *report,
                              struct ks_err *err)
{
    enum ks_rc rc = ks_db_begin(spool->db, err);

    for (size_t i = 0; i < report->finding_count && rc == KS_OK; i++)
        rc = notify_finding(spool, &report->findings[i], err);
    return ks_db_end(spool->db, rc, err);
}
