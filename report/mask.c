/* SPDX-License-Identifier: Apache-2.0 */
#include "report/mask.h"

#include "base/blob.h"

#include <stdlib.h>
#include <string.h>

/* Shorter ones would tear up innocent words. */
enum { SHORTEST = 4 };

static unsigned head_of(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static bool add_length(struct ks_mask *mask, size_t len)
{
    size_t at = 0;

    while (at < mask->lengths.len && mask->lengths.items[at] > len)
        at++;
    if (at < mask->lengths.len && mask->lengths.items[at] == len)
        return true;
    if (!KS_VEC_PUSH(&mask->lengths, len))
        return false;
    memmove(&mask->lengths.items[at + 1], &mask->lengths.items[at],
            (mask->lengths.len - 1 - at) * sizeof(len));
    mask->lengths.items[at] = len;
    return true;
}

static enum ks_rc add_secret(struct ks_mask *mask, struct ks_span secret)
{
    unsigned head;

    if (secret.len < SHORTEST)
        return KS_OK;
    head = head_of(secret.ptr);
    if (ks_map_put(&mask->secrets, secret, 1) == NULL ||
        !add_length(mask, secret.len))
        return KS_ENOMEM;
    mask->heads[head / 8] |= (uint8_t)(1U << (head % 8));
    return KS_OK;
}

static bool in_a_name(const struct ks_location *location)
{
    return location->kind == KS_BLOB_PATH_NAME ||
           location->kind == KS_BLOB_COMMIT_MESSAGE ||
           location->kind == KS_BLOB_TAG_MESSAGE;
}

/* The bytes of a path that the secret was decoded from. */
static struct ks_span matched_bytes(const struct ks_location *location)
{
    const char *name =
        location->archive != NULL ? location->archive : location->path;

    if (location->kind != KS_BLOB_PATH_NAME || location->decoded == NULL ||
        name == NULL)
        return (struct ks_span){NULL, 0};
    return ks_span_slice(ks_span_str(name), (size_t)location->offset,
                         (size_t)(location->offset + location->length));
}

/* A report that was read back has asterisks for secrets: all is masked. */
static bool is_absent(struct ks_span secret)
{
    for (size_t i = 0; i < secret.len; i++)
        if (secret.ptr[i] != '*')
            return false;
    return true;
}

static enum ks_rc add_finding(struct ks_mask *mask,
                              const struct ks_finding *finding)
{
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < finding->location_count && rc == KS_OK; i++) {
        const struct ks_location *location = &finding->locations[i];

        if (!in_a_name(location) || is_absent(finding->secret))
            continue;
        rc = add_secret(mask, finding->secret);
        if (rc == KS_OK)
            rc = add_secret(mask, matched_bytes(location));
    }
    return rc;
}

enum ks_rc ks_mask_init(struct ks_mask *mask, const struct ks_report *report,
                        const struct ks_redaction *how)
{
    enum ks_rc rc = KS_OK;

    *mask = (struct ks_mask){0};
    if (how->show)
        return KS_OK;
    for (size_t i = 0; i < report->finding_count && rc == KS_OK; i++)
        rc = add_finding(mask, &report->findings[i]);
    return rc;
}

void ks_mask_release(struct ks_mask *mask)
{
    ks_map_release(&mask->secrets);
    KS_VEC_RELEASE(&mask->lengths);
}

/* The longest secret that begins at `at`. */
static struct ks_span secret_at(const struct ks_mask *mask, struct ks_span text,
                                size_t at)
{
    unsigned head;

    if (text.len - at < SHORTEST)
        return (struct ks_span){NULL, 0};
    head = head_of(text.ptr + at);
    if ((mask->heads[head / 8] >> (head % 8) & 1) == 0)
        return (struct ks_span){NULL, 0};
    for (size_t i = 0; i < mask->lengths.len; i++) {
        size_t len = mask->lengths.items[i];
        struct ks_span part = ks_span_slice(text, at, at + len);

        if (part.len == len && ks_map_get(&mask->secrets, part, 0) == 1)
            return part;
    }
    return (struct ks_span){NULL, 0};
}

enum ks_rc ks_mask_apply(struct ks_buf *out, const struct ks_mask *mask,
                         struct ks_span text, struct ks_redaction how)
{
    enum ks_rc rc = KS_OK;
    size_t from = 0;

    for (size_t at = 0; mask->secrets.len > 0 && at < text.len;) {
        struct ks_span secret = secret_at(mask, text, at);

        if (secret.len == 0) {
            at++;
            continue;
        }
        rc = ks_buf_add(out, ks_span_slice(text, from, at));
        if (rc == KS_OK)
            rc = ks_secret_redact(out, secret, how);
        if (rc != KS_OK)
            return rc;
        at += secret.len;
        from = at;
    }
    return ks_buf_add(out, ks_span_slice(text, from, text.len));
}
