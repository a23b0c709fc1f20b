/* SPDX-License-Identifier: Apache-2.0 */
/* plan_json.h: the JSON of a plan. */
#ifndef KS_REVOKE_PLAN_JSON_H
#define KS_REVOKE_PLAN_JSON_H

#include "revoke/plan.h"

/* Sets the plan's `json` and `id`. */
enum ks_rc ks_plan_seal_json(struct ks_plan *plan,
                             const struct ks_report *report,
                             const struct ks_revoke_config *config,
                             struct ks_err *err);

#endif
