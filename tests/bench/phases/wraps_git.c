/* SPDX-License-Identifier: Apache-2.0 */
/* The calls into git/ that are timed. */
#include "git/commit_log.h"
#include "git/delta.h"
#include "git/family.h"
#include "git/inflate.h"
#include "git/numbers.h"
#include "git/tree_log.h"
#include "tests/bench/phases/wrap.h"

/* clang-format off */
WRAP(PHASE_INDEX, enum ks_rc, ks_packs_open,
     (struct ks_packs **out, char *const *folders, size_t count,
      uint8_t oid_len, struct ks_coverage *coverage, struct ks_err *err),
     (out, folders, count, oid_len, coverage, err))
WRAP(PHASE_INDEX, enum ks_rc, ks_families_build,
     (struct ks_families *out, const struct ks_pack *pack, unsigned jobs,
      struct ks_err *err),
     (out, pack, jobs, err))
WRAP(PHASE_INDEX, enum ks_rc, ks_numbers_new,
     (struct ks_numbers **out, const struct ks_packs *packs,
      struct ks_coverage *coverage, struct ks_err *err),
     (out, packs, coverage, err))
WRAP(PHASE_SURVEY, enum ks_rc, ks_tree_log_note,
     (struct ks_tree_log *log, unsigned worker,
      const struct ks_tree_note *note, void **memo, struct ks_err *err),
     (log, worker, note, memo, err))
WRAP(PHASE_SURVEY, enum ks_rc, ks_commit_log_note,
     (struct ks_commit_facts *out, struct ks_commit_log *log, unsigned worker,
      const struct ks_oid *oid, const struct ks_commit_view *commit,
      struct ks_err *err),
     (out, log, worker, oid, commit, err))
WRAP(PHASE_INFLATE, bool, ks_inflate,
     (struct ks_inflater *inflater, struct ks_span in, uint8_t *out,
      size_t size),
     (inflater, in, out, size))
WRAP(PHASE_APPLY, enum ks_rc, ks_delta_apply,
     (uint8_t *out, const struct ks_delta_head *head, struct ks_span base,
      struct ks_span delta, struct ks_copies *copies),
     (out, head, base, delta, copies))
WRAP(PHASE_ATTRIBUTE, enum ks_rc, ks_git_locate,
     (struct ks_git *git, const struct ks_git_query *queries, size_t count,
      enum ks_rc (*place)(void *, const struct ks_git_place *,
                          struct ks_err *),
      void *ctx, struct ks_err *err),
     (git, queries, count, place, ctx, err))
/* clang-format on */
