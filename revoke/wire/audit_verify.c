/* SPDX-License-Identifier: Apache-2.0 */
#include "revoke/wire/audit.h"
#include "revoke/wire/json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    struct ks_audit_result result;
    const struct ks_audit_expect *expect;
    struct ks_sign_key key; /* of the checkpoints, once known */
    bool has_key;
    struct ks_buf canonical;
};

static enum ks_rc wrong(const struct check *check, const char *why,
                        struct ks_err *err)
{
    return ks_fail(err, KS_EFORMAT, "line %" PRId64 ": %s",
                   check->result.lines + 1, why);
}

static enum ks_rc find_key(struct check *check, const cJSON *line,
                           struct ks_err *err)
{
    const char *text = ks_wire_text(line, "key");
    struct ks_buf own;
    bool same;

    if (text == NULL || strlen(text) >= sizeof(check->result.key))
        return wrong(check, "the checkpoint names no key", err);
    if (!check->has_key) {
        if (ks_sign_key_parse(&check->key, ks_span_str(text), NULL) != KS_OK ||
            check->key.kind != KS_SIGN_ED25519_PUBLIC)
            return wrong(check, "the checkpoint's key is none", err);
        check->has_key = true;
    }
    ks_buf_init(&own, 128);
    same = ks_sign_key_public(&own, &check->key, NULL) == KS_OK &&
           ks_span_equal(ks_buf_span(&own), ks_span_str(text));
    ks_buf_release(&own);
    if (!same)
        return wrong(check, "the checkpoint is signed with another key", err);
    (void)snprintf(check->result.key, sizeof(check->result.key), "%s", text);
    return KS_OK;
}

static bool signature_holds(struct check *check, const char *signature)
{
    const uint8_t *public_key = check->key.bytes;
    uint8_t bytes[crypto_sign_BYTES];
    size_t len = 0;

    if (check->key.kind == KS_SIGN_ED25519_SECRET)
        public_key += crypto_sign_SEEDBYTES;
    return sodium_base642bin(bytes, sizeof(bytes), signature, strlen(signature),
                             NULL, &len, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           len == sizeof(bytes) &&
           crypto_sign_verify_detached(bytes, check->canonical.ptr,
                                       check->canonical.len, public_key) == 0;
}

/* Takes the signature out of `line`. */
static enum ks_rc check_checkpoint(struct check *check, cJSON *line,
                                   struct ks_err *err)
{
    cJSON *signature =
        cJSON_DetachItemFromObjectCaseSensitive(line, "signature");
    enum ks_rc rc = find_key(check, line, err);

    ks_buf_clear(&check->canonical);
    if (rc == KS_OK)
        rc = ks_audit_signed_text(&check->canonical, line, err);
    if (rc == KS_OK && (!cJSON_IsString(signature) ||
                        !signature_holds(check, signature->valuestring)))
        rc = wrong(check, "the checkpoint's signature does not hold", err);
    cJSON_Delete(signature);
    if (rc == KS_OK) {
        check->result.checkpoints++;
        check->result.sealed = check->result.lines + 1;
    }
    return rc;
}

static enum ks_rc check_members(struct check *check, cJSON *line,
                                struct ks_span text, struct ks_err *err)
{
    const char *prev = ks_wire_text(line, "prev");
    const char *event = ks_wire_text(line, "event");

    ks_buf_clear(&check->canonical);
    if (ks_json_canonical(&check->canonical, line, NULL) != KS_OK ||
        !ks_span_equal(ks_buf_span(&check->canonical), text))
        return wrong(check, "not in canonical form: it was changed", err);
    if (event == NULL || prev == NULL)
        return wrong(check, "not a line of an audit log", err);
    if (ks_wire_integer(line, "seq", 0) != check->result.lines + 1)
        return wrong(check, "out of order: lines were dropped or moved", err);
    if (strcmp(prev, check->result.head.hash) != 0)
        return wrong(check,
                     "does not fit the line before, which was changed, "
                     "dropped or moved",
                     err);
    if (strcmp(event, "checkpoint") == 0)
        return check_checkpoint(check, line, err);
    return KS_OK;
}

static enum ks_rc check_head(const struct check *check, struct ks_err *err)
{
    const struct ks_audit_head *known = &check->expect->head;

    if (known->seq == check->result.head.seq && known->seq > 0 &&
        strcmp(known->hash, check->result.head.hash) != 0)
        return ks_fail(err, KS_EFORMAT,
                       "line %" PRId64 ": not the one that was logged: the log "
                       "was written anew",
                       known->seq);
    return KS_OK;
}

static enum ks_rc check_line(struct check *check, struct ks_span text,
                             struct ks_err *err)
{
    uint8_t digest[KS_SHA256_LEN];
    cJSON *line = NULL;
    enum ks_rc rc = ks_json_parse(&line, text, NULL);

    if (rc != KS_OK)
        return wrong(check, "not JSON", err);
    rc = check_members(check, line, text, err);
    cJSON_Delete(line);
    if (rc != KS_OK)
        return rc;
    ks_sha256(digest, text);
    ks_hex(check->result.head.hash, digest, sizeof(digest));
    check->result.head.seq = ++check->result.lines;
    return check_head(check, err);
}

static enum ks_rc check_lines(struct check *check, FILE *file,
                              struct ks_err *err)
{
    char *line = NULL;
    size_t room = 0;
    enum ks_rc rc = KS_OK;
    ssize_t len;

    while (rc == KS_OK && (len = getline(&line, &room, file)) > 0) {
        struct ks_span text = {(const uint8_t *)line, (size_t)len - 1};

        if (line[len - 1] != '\n')
            rc = wrong(check, "cut short", err);
        else if (text.len >= KS_AUDIT_LINE)
            rc = wrong(check, "too long for a line of an audit log", err);
        else
            rc = check_line(check, text, err);
    }
    free(line);
    if (rc == KS_OK && ferror(file))
        rc = ks_fail(err, KS_EIO, "read: %s", strerror(errno));
    return rc;
}

static enum ks_rc check_end(const struct check *check, struct ks_err *err)
{
    if (check->result.lines < check->expect->head.seq)
        return ks_fail(err, KS_EFORMAT,
                       "ends at line %" PRId64 ", but %" PRId64
                       " were logged: the last lines are missing",
                       check->result.lines, check->expect->head.seq);
    return KS_OK;
}

enum ks_rc ks_audit_verify(struct ks_audit_result *out, const char *path,
                           const struct ks_audit_expect *expect,
                           struct ks_err *err)
{
    struct check check = {.expect = expect};
    FILE *file = fopen(path, "re");
    enum ks_rc rc;

    if (file == NULL)
        return ks_fail(err, errno == ENOENT ? KS_ENOENT : KS_EIO, "open %s: %s",
                       path, strerror(errno));
    if (sodium_init() < 0) {
        (void)fclose(file);
        return ks_fail(err, KS_EIO, "no random numbers");
    }
    if (expect->key != NULL) {
        check.key = *expect->key;
        check.has_key = true;
    }
    (void)memset(check.result.head.hash, '0', KS_SHA256_HEX - 1);
    ks_buf_init(&check.canonical, 2 * KS_AUDIT_LINE);
    rc = check_lines(&check, file, err);
    if (rc == KS_OK)
        rc = check_end(&check, err);
    ks_buf_release(&check.canonical);
    ks_sign_key_wipe(&check.key);
    (void)fclose(file);
    if (rc != KS_OK)
        return ks_fail_within(err, rc, "%s", path);
    *out = check.result;
    return KS_OK;
}
