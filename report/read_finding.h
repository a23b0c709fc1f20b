/* SPDX-License-Identifier: Apache-2.0 */
/* read_finding.h: one finding of a report, read back. */
#ifndef KS_REPORT_READ_FINDING_H
#define KS_REPORT_READ_FINDING_H

#include "base/map.h"
#include "base/vec.h"
#include "report/json_read.h"
#include "scanner/finding.h"

/* What findings that are read share; everything lives in the arena. */
struct ks_reading {
    struct ks_arena arena;
    struct ks_map by_id; /* rule id → index in `rules` */
    KS_VEC(, struct ks_rule *) rules;
};

void ks_reading_release(struct ks_reading *reading);

/* KS_EFORMAT with words, KS_ENOMEM. */
enum ks_rc ks_read_finding(struct ks_finding *out, struct ks_reading *reading,
                           const cJSON *object, struct ks_err *err);

/* Copies an id into its place; false if it is none. */
bool ks_read_id(char out[KS_FINDING_ID], const char *text);

#endif
