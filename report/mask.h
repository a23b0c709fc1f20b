/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mask.h: secrets that stand in paths, messages, names of authors and what was
 * asked for are not shown there.
 */
#ifndef KS_REPORT_MASK_H
#define KS_REPORT_MASK_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "report/report.h"

/* Secrets that such texts may hold. A zeroed one is empty. */
struct ks_mask {
    struct ks_map secrets;    /* borrowed from the report */
    KS_VEC(, size_t) lengths; /* of these, each once, longest first */
    uint8_t heads[65536 / 8]; /* which first two bytes occur */
};

/*
 * Collects the secrets that were found in path names and messages, and those
 * found anywhere that the report's target, paths, authors or messages hold and
 * that are no plain words; empty if the style shows secrets. KS_ENOMEM.
 */
enum ks_rc ks_mask_init(struct ks_mask *mask, const struct ks_report *report,
                        const struct ks_redaction *how);
void ks_mask_release(struct ks_mask *mask);

/* Appends the text with each secret in it redacted. KS_ELIMIT, KS_ENOMEM. */
enum ks_rc ks_mask_apply(struct ks_buf *out, const struct ks_mask *mask,
                         struct ks_span text, struct ks_redaction how);

/*
 * Writes a copy of the report whose target and paths are masked, for those that
 * tell others of findings. All is borrowed from the report but what is in the
 * arena. KS_ELIMIT, KS_ENOMEM.
 */
enum ks_rc ks_mask_report(struct ks_report *out, struct ks_arena *arena,
                          const struct ks_report *report);

#endif
