/* SPDX-License-Identifier: Apache-2.0 */
/*
 * marks.h: which objects somebody names, and as what; and whether all of that
 * can be true.
 */
#ifndef KS_GIT_MARKS_H
#define KS_GIT_MARKS_H

#include "git/numbers.h"
#include "git/object.h"
#include "git/tree_log.h"

#include <stdatomic.h>

enum { KS_MARKS_TYPES = KS_OBJECT_TAG + 1 };

/* Many threads may claim; a zeroed one can be released. */
struct ks_marks {
    const struct ks_numbers *numbers; /* borrowed, as is `log` */
    struct ks_tree_log *log;

    /*
     * Bitmaps by number, for each type that somebody claimed of an object; that
     * of KS_OBJECT_NONE holds them all in the end.
     */
    uint8_t *of[KS_MARKS_TYPES];
    atomic_bool doubtful; /* something may be unreachable, missing, damaged */
    atomic_bool damaged;  /* something is not what it should be */
    atomic_bool missing;  /* something is named and is not there */
};

enum ks_rc ks_marks_init(struct ks_marks *marks,
                         const struct ks_numbers *numbers,
                         struct ks_tree_log *log, struct ks_err *err);
void ks_marks_release(struct ks_marks *marks);

/*
 * Marks an object as of the type that somebody claims it has (KS_OBJECT_NONE:
 * any), and returns its number; doubts if it is nowhere.
 */
uint32_t ks_marks_claim(struct ks_marks *marks, const uint8_t *name,
                        enum ks_object_type claimed);

/* Something is not what it should be. */
void ks_marks_damage(struct ks_marks *marks);

/* Puts all marks into those of KS_OBJECT_NONE; nobody claims afterwards. */
void ks_marks_join(struct ks_marks *marks);

/*
 * Doubts if an object is not what was claimed, or nobody names it. The marks
 * are joined.
 */
void ks_marks_check(struct ks_marks *marks, uint32_t number, unsigned type);

/* Whether anybody names the object. The marks are joined. */
bool ks_marks_has(const struct ks_marks *marks, uint32_t number);

/* Sets or clears what ks_marks_has tells. */
void ks_marks_set(struct ks_marks *marks, uint32_t number, bool marked);

#endif
