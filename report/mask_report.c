/* SPDX-License-Identifier: Apache-2.0 */
#include "report/mask.h"

#include <string.h>

static const size_t longest = (size_t)16 * 1024 * 1024;

static enum ks_rc replace(const char **text, struct ks_arena *arena,
                          const struct ks_mask *mask)
{
    struct ks_buf clean;
    enum ks_rc rc;

    if (*text == NULL)
        return KS_OK;
    ks_buf_init(&clean, longest);
    rc = ks_mask_apply(&clean, mask, ks_span_str(*text),
                       (struct ks_redaction){0});
    if (rc == KS_OK) {
        *text = ks_arena_text(arena, ks_buf_span(&clean));
        rc = *text == NULL ? KS_ENOMEM : KS_OK;
    }
    ks_buf_release(&clean);
    return rc;
}

static enum ks_rc replace_places(struct ks_finding *finding,
                                 struct ks_arena *arena,
                                 const struct ks_mask *mask)
{
    size_t count = finding->location_count;
    struct ks_location *places =
        ks_arena_alloc(arena, (count + 1) * sizeof(*places));
    enum ks_rc rc = KS_OK;

    if (places == NULL)
        return KS_ENOMEM;
    if (count > 0)
        memcpy(places, finding->locations, count * sizeof(*places));
    for (size_t i = 0; i < count && rc == KS_OK; i++) {
        rc = replace(&places[i].path, arena, mask);
        if (rc == KS_OK)
            rc = replace(&places[i].archive, arena, mask);
    }
    finding->locations = places;
    return rc;
}

enum ks_rc ks_mask_report(struct ks_report *out, struct ks_arena *arena,
                          const struct ks_report *report)
{
    size_t count = report->finding_count;
    struct ks_finding *findings =
        ks_arena_alloc(arena, (count + 1) * sizeof(*findings));
    struct ks_mask mask;
    enum ks_rc rc =
        ks_mask_init(&mask, report, &(struct ks_redaction){.percent = 100});

    *out = *report;
    if (findings == NULL)
        rc = KS_ENOMEM;
    if (rc == KS_OK && count > 0)
        memcpy(findings, report->findings, count * sizeof(*findings));
    for (size_t i = 0; i < count && rc == KS_OK; i++)
        rc = replace_places(&findings[i], arena, &mask);
    if (rc == KS_OK)
        rc = replace(&out->target, arena, &mask);
    out->findings = findings;
    ks_mask_release(&mask);
    return rc;
}
