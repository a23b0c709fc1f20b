/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.h: all matches of one blob, found whole or with the help of what is
 * known of its base. Both ways give the same list.
 */
#ifndef KS_SCANNER_SCAN_H
#define KS_SCANNER_SCAN_H

#include "scanner/carry.h"
#include "scanner/unwrap.h"

/* The scanner of one thread; its lists are reused from blob to blob. */
struct ks_scan {
    struct ks_detector detector;
    struct ks_prefilter_scratch *scratch;
    struct ks_unwrap unwrap;
    struct ks_hits hits, found;
    struct ks_matches matches; /* of hits */
    struct ks_matches decoded; /* of decoded spans */
    struct ks_matches all;     /* both, in order: the result */
    struct ks_runs fresh;
    struct ks_copies copies;
    struct ks_buf gathered;
    struct ks_amounts amounts;
};

enum ks_rc ks_scan_init(struct ks_scan *scan, struct ks_matcher *matcher,
                        unsigned worker, struct ks_coverage *coverage,
                        struct ks_err *err);
void ks_scan_release(struct ks_scan *scan);

/*
 * Leaves the blob's matches in `scan->all`, in order of start, end and rule,
 * each once, valid until the next call. `blob->memos` are of struct ks_memo;
 * if `memo` is not NULL and the blob wants one, it gets a new memo that the
 * caller frees.
 */
enum ks_rc ks_scan_blob(struct ks_scan *scan, const struct ks_blob *blob,
                        struct ks_memo **memo, struct ks_err *err);

#endif
