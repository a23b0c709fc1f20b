/* SPDX-License-Identifier: Apache-2.0 */
/*
 * survey.h: all commits, tags and trees of a repository, read once.
 *
 * Gathers messages and names and marks every object that some tip, commit, tag
 * or tree names. References never form a circle; so if every commit, tag and
 * tree is marked, each is reached from a tip, and the marked blobs are exactly
 * the reachable ones. Whether that is so is known only at the end; if not, the
 * slow way must tell what is reachable (git/reach.h).
 */
#ifndef KS_GIT_SURVEY_H
#define KS_GIT_SURVEY_H

#include "git/internal.h"
#include "git/numbers.h"
#include "git/packs.h"
#include "git/walk.h"

struct ks_survey;

/* What is surveyed; all borrowed. The parts are the packs', in their order. */
struct ks_survey_input {
    const struct ks_git *git;
    const struct ks_packs *packs;
    const struct ks_numbers *numbers;
    struct ks_families *families; /* one for each pack; chosen anew */
};

/* KS_ECANCELED, KS_ENOMEM. Damage makes the survey doubtful, no more. */
enum ks_rc ks_survey_new(struct ks_survey **out,
                         const struct ks_survey_input *input,
                         struct ks_err *err);
void ks_survey_free(struct ks_survey *survey);

/*
 * Whether something may be unreachable, missing or damaged; the marks then
 * say nothing.
 */
bool ks_survey_doubtful(const struct ks_survey *survey);

/*
 * Whether every object was read, and all that they name is there. Before
 * narrowing, messages and names are then those of all objects.
 */
bool ks_survey_whole(const struct ks_survey *survey);

/*
 * Where a survey is doubtful, goes by the logs from the commits down and leaves
 * out what is unreachable. The survey remains doubtful if that cannot be told,
 * since something is damaged or missing. KS_ENOMEM; what ks_commits_load
 * returns.
 */
enum ks_rc ks_survey_narrow(struct ks_survey *survey, struct ks_git *git,
                            struct ks_err *err);

/* A bit for each index position of a pack; an object is marked in one pack. */
const uint8_t *ks_survey_marks(const struct ks_survey *survey, size_t pack);

/* Whether a loose object is marked, and its type. */
bool ks_survey_marked_loose(const struct ks_survey *survey, size_t number);
enum ks_object_type ks_survey_loose_type(const struct ks_survey *survey,
                                         size_t number);

/*
 * Hands the messages and names to the sink, on the repository's threads, and
 * forgets them. Counts commits in the coverage.
 */
enum ks_rc ks_survey_hand_over(struct ks_survey *survey,
                               const struct ks_blob_sink *sink,
                               struct ks_err *err);

#endif
