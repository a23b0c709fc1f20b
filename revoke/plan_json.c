/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/plan_json.h"

#include "base/secret.h"
#include "revoke/channel.h"
#include "revoke/wire/json.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_CAP = 64 * 1024, ID_HEX = 32 };

/* In the order of enum ks_proof. */
static const char *const proofs[] = {"none", "structure", "checksum"};

static bool add_text(cJSON *object, const char *name, const char *text)
{
    return cJSON_AddStringToObject(object, name, text) != NULL;
}

static bool add_number(cJSON *object, const char *name, double number)
{
    return cJSON_AddNumberToObject(object, name, number) != NULL;
}

/* The request as it would be, with the redacted text in the secret's place. */
static enum ks_rc add_request(cJSON *into, const struct ks_action *action,
                              struct ks_err *err)
{
    struct ks_item shown = {.type = action->type, .location = action->location};
    struct ks_message message = {
        .id = "(chosen when it is sent)",
        .items = &shown,
        .item_count = 1,
        .preview = true,
    };
    struct ks_http_request request;
    struct ks_buf redacted;
    enum ks_rc rc;

    ks_buf_init(&redacted, SHOWN_CAP);
    ks_http_request_init(&request, KS_BODY_CAP);
    rc = ks_secret_redact(&redacted, action->secret, (struct ks_redaction){0});
    shown.secret = ks_buf_span(&redacted);
    if (rc == KS_OK)
        rc = action->channel->kind->build(&request, action->channel, &message,
                                          err);
    if (rc == KS_OK && (!add_text(into, "method", request.method) ||
                        !add_text(into, "url", request.url)))
        rc = ks_fail_memory(err);
    if (rc == KS_OK && request.has_body &&
        (ks_buf_text(&request.body) == NULL ||
         !add_text(into, "body", ks_buf_text(&request.body))))
        rc = ks_fail_memory(err);
    ks_http_request_wipe(&request);
    ks_buf_release(&redacted);
    return rc;
}

static enum ks_rc add_action(cJSON *into, const struct ks_action *action,
                             struct ks_err *err)
{
    const struct ks_channel_kind *kind = action->channel->kind;

    if (!add_text(into, "finding", action->finding) ||
        !add_text(into, "rule", action->rule) ||
        !add_text(into, "type", action->type) ||
        !add_text(into, "channel", action->channel->name) ||
        !add_text(into, "kind", kind->name) ||
        !add_text(into, "location", action->location) ||
        !add_text(into, "proof", proofs[action->proof]) ||
        !add_number(into, "confidence", action->confidence / 1000.0) ||
        cJSON_AddBoolToObject(into, "reversible", kind->reversible) == NULL ||
        (action->commit != NULL && !add_text(into, "commit", action->commit)))
        return ks_fail_memory(err);
    return add_request(into, action, err);
}

static enum ks_rc add_actions(cJSON *root, const struct ks_plan *plan,
                              struct ks_err *err)
{
    cJSON *list = cJSON_AddArrayToObject(root, "actions");

    if (list == NULL)
        return ks_fail_memory(err);
    for (size_t i = 0; i < plan->action_count; i++) {
        cJSON *object = cJSON_CreateObject();
        enum ks_rc rc;

        if (object == NULL || !cJSON_AddItemToArray(list, object)) {
            cJSON_Delete(object);
            return ks_fail_memory(err);
        }
        rc = add_action(object, &plan->actions[i], err);
        if (rc != KS_OK)
            return rc;
    }
    return KS_OK;
}

static enum ks_rc add_skipped(cJSON *root, const struct ks_plan *plan,
                              struct ks_err *err)
{
    cJSON *list = cJSON_AddArrayToObject(root, "skipped");

    for (size_t i = 0; list != NULL && i < plan->skipped_count; i++) {
        const struct ks_skipped_finding *skipped = &plan->skipped[i];
        cJSON *object = cJSON_CreateObject();

        if (object == NULL || !cJSON_AddItemToArray(list, object)) {
            cJSON_Delete(object);
            return ks_fail_memory(err);
        }
        if (!add_text(object, "finding", skipped->finding) ||
            !add_text(object, "rule", skipped->rule) ||
            !add_text(object, "reason", ks_skip_reason_name(skipped->reason)) ||
            (skipped->detail != NULL &&
             !add_text(object, "detail", skipped->detail)))
            return ks_fail_memory(err);
    }
    return list == NULL ? ks_fail_memory(err) : KS_OK;
}

static enum ks_rc add_head(cJSON *root, const struct ks_plan *plan,
                           const struct ks_report *report,
                           const struct ks_revoke_config *config,
                           struct ks_err *err)
{
    struct ks_buf target;
    enum ks_rc rc = KS_OK;

    ks_buf_init(&target, SHOWN_CAP);
    if (ks_json_clean(&target, ks_span_str(report->target == NULL
                                               ? ""
                                               : report->target)) != KS_OK ||
        ks_buf_text(&target) == NULL ||
        !add_text(root, "schema", "keysweep.plan/1") ||
        !add_text(root, "target", ks_buf_text(&target)) ||
        !add_text(root, "rules", report->ruleset_hash) ||
        !add_text(root, "config", config->hash) ||
        !add_number(root, "created", (double)plan->created) ||
        !add_number(root, "expires", (double)plan->expires) ||
        cJSON_AddBoolToObject(root, "sendable", plan->sendable) == NULL)
        rc = ks_fail_memory(err);
    ks_buf_release(&target);
    return rc;
}

/* The id over the canonical form of everything but the id. */
static enum ks_rc identify(char out[KS_PLAN_ID], const cJSON *root,
                           struct ks_err *err)
{
    uint8_t digest[KS_SHA256_LEN];
    char hex[KS_SHA256_HEX];
    struct ks_buf text;
    enum ks_rc rc;

    ks_buf_init(&text, KS_PLAN_CAP);
    rc = ks_json_canonical(&text, root, err);
    if (rc == KS_OK) {
        ks_sha256(digest, ks_buf_span(&text));
        ks_hex(hex, digest, sizeof(digest));
        (void)snprintf(out, KS_PLAN_ID, "plan_%.*s", ID_HEX, hex);
    }
    ks_buf_release(&text);
    return rc;
}

static enum ks_rc write_whole(struct ks_buf *out, const cJSON *root,
                              struct ks_err *err)
{
    enum ks_rc rc = ks_json_canonical(out, root, err);

    if (rc == KS_OK && ks_buf_add_byte(out, '\n') != KS_OK)
        rc = ks_fail_memory(err);
    return rc;
}

enum ks_rc ks_plan_seal_json(struct ks_plan *plan,
                             const struct ks_report *report,
                             const struct ks_revoke_config *config,
                             struct ks_err *err)
{
    cJSON *root = cJSON_CreateObject();
    enum ks_rc rc;

    if (root == NULL)
        return ks_fail_memory(err);
    rc = add_head(root, plan, report, config, err);
    if (rc == KS_OK)
        rc = add_actions(root, plan, err);
    if (rc == KS_OK)
        rc = add_skipped(root, plan, err);
    if (rc == KS_OK)
        rc = identify(plan->id, root, err);
    if (rc == KS_OK && !add_text(root, "id", plan->id))
        rc = ks_fail_memory(err);
    if (rc == KS_OK)
        rc = write_whole(&plan->json, root, err);
    cJSON_Delete(root);
    return rc;
}

static enum ks_rc check_id(char out[KS_PLAN_ID], cJSON *root,
                           struct ks_err *err)
{
    cJSON *id = cJSON_DetachItemFromObjectCaseSensitive(root, "id");
    const char *schema = ks_wire_text(root, "schema");
    enum ks_rc rc = KS_OK;

    if (!cJSON_IsString(id) || schema == NULL ||
        strcmp(schema, "keysweep.plan/1") != 0)
        rc = ks_fail(err, KS_EFORMAT, "not a plan (keysweep.plan/1)");
    if (rc == KS_OK)
        rc = identify(out, root, err);
    if (rc == KS_OK && strcmp(out, id->valuestring) != 0)
        rc = ks_fail(err, KS_EFORMAT,
                     "the plan was changed after it was made: its content is "
                     "not that of its id; make a new plan");
    if (rc == KS_OK && !add_text(root, "id", out))
        rc = ks_fail_memory(err);
    cJSON_Delete(id);
    return rc;
}

enum ks_rc ks_plan_read(struct ks_plan_file *out, struct ks_span text,
                        struct ks_err *err)
{
    struct ks_plan_file file = {0};
    cJSON *root = NULL;
    enum ks_rc rc = ks_json_parse(&root, text, err);

    if (rc != KS_OK)
        return rc;
    ks_buf_init(&file.json, KS_PLAN_CAP);
    rc = check_id(file.id, root, err);
    if (rc == KS_OK)
        rc = write_whole(&file.json, root, err);
    cJSON_Delete(root);
    if (rc != KS_OK) {
        ks_buf_release(&file.json);
        return rc;
    }
    *out = file;
    return KS_OK;
}
