/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keysweep itself with a clock around the calls between its modules, which the
 * linker turns to the functions here: the program as it is shipped knows
 * nothing of it.
 *
 * Usage: bench_phases COMMAND…, as keysweep. The table goes to standard error.
 */
#include "cli/session.h"
#include "scanner/decoders/decode.h"
#include "scanner/detect_generic.h"
#include "scanner/prefilter.h"
#include "scanner/scan.h"
#include "scanner/words.h"
#include "tests/bench/phases/wrap.h"

/* clang-format off */
WRAP(PHASE_START, enum ks_rc, ks_session_configure,
     (struct ks_session *session, const char *root, enum ks_trust trust,
      struct ks_err *err),
     (session, root, trust, err))
WRAP(PHASE_CARRY, enum ks_rc, ks_scan_blob,
     (struct ks_scan *scan, const struct ks_blob *blob, struct ks_memo **memo,
      struct ks_err *err),
     (scan, blob, memo, err))
WRAP(PHASE_PREFILTER, enum ks_rc, ks_prefilter_scan,
     (struct ks_hits *hits, const struct ks_prefilter *prefilter,
      struct ks_prefilter_scratch *scratch, enum ks_prefilter_part part,
      struct ks_span text, uint32_t base, struct ks_err *err),
     (hits, prefilter, scratch, part, text, base, err))
WRAP(PHASE_PREFILTER, enum ks_rc, ks_words_scan,
     (struct ks_hits *hits, const struct ks_words *words, struct ks_span text,
      uint32_t base, struct ks_err *err),
     (hits, words, text, base, err))
WRAP(PHASE_MATCH, enum ks_rc, ks_detect,
     (struct ks_matches *out, struct ks_detector *detector,
      struct ks_span text, struct ks_hit *hit, struct ks_err *err),
     (out, detector, text, hit, err))
WRAP(PHASE_CLASSIFY, enum ks_rc, ks_detect_generic,
     (struct ks_matches *out, struct ks_detector *detector,
      struct ks_span text, const struct ks_hit *hit, unsigned keyword,
      struct ks_err *err),
     (out, detector, text, hit, keyword, err))
WRAP(PHASE_DECODE, enum ks_rc, ks_decode_find,
     (struct ks_decoder *decoder, struct ks_span text, size_t from, size_t to,
      ks_decode_fn found, void *ctx, struct ks_err *err),
     (decoder, text, from, to, found, ctx, err))
WRAP(PHASE_REPORT, int, ks_session_report,
     (struct ks_session *session, enum ks_scan_kind kind, const char *target,
      struct ks_err *err),
     (session, kind, target, err))
/* clang-format on */

int __real_main(int argc, char **argv); /* NOLINT */
int __wrap_main(int argc, char **argv); /* NOLINT */
int __wrap_main(int argc, char **argv)  /* NOLINT */
{
    int status;

    phase_begin(PHASE_OTHER);
    status = __real_main(argc, argv);
    phase_end();
    phases_print();
    return status;
}
