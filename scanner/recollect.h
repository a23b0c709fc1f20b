/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recollect.h: what a collector found in git blobs, written down without the
 * secrets, so that another run over the same history need not read the blobs
 * again.
 *
 * Of a secret, its id, its length and what was proven are kept. Messages of
 * commits and tags are left out: reports print them, and must know the secrets
 * in them to mask them. They have to be scanned again.
 *
 * Format 1, numbers as base/record.h has them: format (1), allowed alone (8)
 * and beside (8); leaks (4), each rule (4), proof (1), entropy (4), length (4),
 * id (16), expired (1), expiry (8), facts (1), each name and value; origins
 * (4), each length of the name (1), name, archive; occurrences (4), each as its
 * struct lists; pairs (4), each leak (4), part (4), slot (4).
 */
#ifndef KS_SCANNER_RECOLLECT_H
#define KS_SCANNER_RECOLLECT_H

#include "base/buf.h"
#include "scanner/collect.h"

/*
 * Appends what was found in git blobs that have a place. To be called after
 * ks_collector_place was told of all places. KS_ENOMEM, KS_ELIMIT.
 */
enum ks_rc ks_collector_save(struct ks_buf *out,
                             const struct ks_collector *collector,
                             struct ks_err *err);

/*
 * Adds what was saved by a collector with the same rules and options, as if
 * these blobs had been taken. KS_EFORMAT if it cannot be: then nothing was
 * added. After KS_ENOMEM the collector is of no more use.
 */
enum ks_rc ks_collector_restore(struct ks_collector *collector,
                                struct ks_span saved, struct ks_err *err);

/*
 * As restore, but only for what is told nowhere else if the blobs are taken
 * again: how many matches comments allow where nothing else was found.
 */
enum ks_rc ks_collector_restore_counts(struct ks_collector *collector,
                                       struct ks_span saved,
                                       struct ks_err *err);

#endif
