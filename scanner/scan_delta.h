/* SPDX-License-Identifier: Apache-2.0 */
/* scan_delta.h: the scan of a blob of which copies are known. */
#ifndef KS_SCANNER_SCAN_DELTA_H
#define KS_SCANNER_SCAN_DELTA_H

#include "scanner/scan.h"

/*
 * Leaves in `hits`, `matches` and `decoded` of the scan what scanning the whole
 * blob would, taking over what one copy holds whole. The blob's copies have
 * memos for all their sources. KS_ENOMEM, KS_EINVAL as ks_detect.
 */
enum ks_rc ks_scan_delta(struct ks_scan *scan, const struct ks_blob *blob,
                         struct ks_err *err);

#endif
