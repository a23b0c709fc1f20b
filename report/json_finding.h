/* SPDX-License-Identifier: Apache-2.0 */
/* json_finding.h: the objects of keysweep.report/1, for json and jsonl. */
#ifndef KS_REPORT_JSON_FINDING_H
#define KS_REPORT_JSON_FINDING_H

#include "report/json_write.h"

#define KS_REPORT_SCHEMA "keysweep.report/1"

/* Members "schema", "tool" and "scan" of the object that is open. */
void ks_json_scan(struct ks_json *json);

/* One finding as an object. */
void ks_json_finding(struct ks_json *json, const struct ks_finding *finding);

#endif
