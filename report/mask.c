/* SPDX-License-Identifier: Apache-2.0 */
#include "report/mask.h"

#include "base/blob.h"

#include <stdlib.h>
#include <string.h>

/*
 * Shorter ones would tear up innocent words; so would unproven ones that were
 * found elsewhere and may be words, such as the password "postgres".
 */
enum { SHORTEST = 4, SHORTEST_ODD = 8, SHORTEST_WORD = 16 };

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

/* Whether a secret stands for itself wherever it is met. */
static bool unmistakable(const struct ks_finding *finding)
{
    struct ks_span secret = finding->secret;

    if (is_absent(secret))
        return false;
    if (finding->proof != KS_PROOF_NONE || secret.len >= SHORTEST_WORD)
        return true;
    for (size_t i = 0; i < secret.len; i++)
        if (secret.ptr[i] >= '0' && secret.ptr[i] <= '9')
            return secret.len >= SHORTEST_ODD;
    return false;
}

/* Adds those of `all` that the text holds. */
static enum ks_rc add_met(struct ks_mask *mask, const struct ks_mask *all,
                          const char *text)
{
    struct ks_span bytes = ks_span_str(text == NULL ? "" : text);
    enum ks_rc rc = KS_OK;

    for (size_t at = 0; at < bytes.len && rc == KS_OK; at++) {
        struct ks_span secret = secret_at(all, bytes, at);

        if (secret.len > 0)
            rc = add_secret(mask, secret);
    }
    return rc;
}

static enum ks_rc add_met_at(struct ks_mask *mask, const struct ks_mask *all,
                             const struct ks_location *location)
{
    static const struct ks_commit none = {0};
    const struct ks_commit *commit =
        location->commit != NULL ? location->commit : &none;
    const char *texts[] = {location->path, location->archive,
                           commit->author.name, commit->author.email,
                           commit->message};
    enum ks_rc rc = KS_OK;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && rc == KS_OK; i++)
        rc = add_met(mask, all, texts[i]);
    return rc;
}

static enum ks_rc add_met_skipped(struct ks_mask *mask,
                                  const struct ks_mask *all,
                                  const struct ks_coverage *coverage)
{
    enum ks_rc rc = KS_OK;

    for (unsigned reason = 0; coverage != NULL && reason < KS_SKIP_COUNT;
         reason++) {
        const struct ks_skipped *skipped =
            ks_coverage_skipped(coverage, (enum ks_skip)reason);

        for (size_t i = 0; i < KS_SKIP_EXAMPLES && rc == KS_OK; i++)
            rc = add_met(mask, all, skipped->examples[i]);
    }
    return rc;
}

/* What the report would tell beside the places where it was found. */
static enum ks_rc add_told(struct ks_mask *mask, const struct ks_mask *all,
                           const struct ks_report *report)
{
    enum ks_rc rc = add_met(mask, all, report->target);

    if (rc == KS_OK)
        rc = add_met_skipped(mask, all, report->coverage);
    for (size_t i = 0; i < report->finding_count; i++) {
        const struct ks_finding *finding = &report->findings[i];

        for (size_t j = 0; j < finding->location_count && rc == KS_OK; j++)
            rc = add_met_at(mask, all, &finding->locations[j]);
    }
    return rc;
}

enum ks_rc ks_mask_init(struct ks_mask *mask, const struct ks_report *report,
                        const struct ks_redaction *how)
{
    struct ks_mask all = {0};
    enum ks_rc rc = KS_OK;

    *mask = (struct ks_mask){0};
    if (how->show)
        return KS_OK;
    for (size_t i = 0; i < report->finding_count && rc == KS_OK; i++) {
        rc = add_finding(mask, &report->findings[i]);
        if (rc == KS_OK && unmistakable(&report->findings[i]))
            rc = add_secret(&all, report->findings[i].secret);
    }
    if (rc == KS_OK && all.secrets.len > 0)
        rc = add_told(mask, &all, report);
    ks_mask_release(&all);
    return rc;
}

void ks_mask_release(struct ks_mask *mask)
{
    ks_map_release(&mask->secrets);
    KS_VEC_RELEASE(&mask->lengths);
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
