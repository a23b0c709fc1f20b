/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack_fixture.h: repositories with random histories, made with the git
 * program in a temporary folder. For the pack_*_test.c programs.
 */
#ifndef KS_TESTS_UNIT_PACK_FIXTURE_H
#define KS_TESTS_UNIT_PACK_FIXTURE_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/* What a random history is like. */
struct fixture_plan {
    unsigned seed;
    unsigned files;   /* that change side by side */
    unsigned commits; /* each changes one file */
    unsigned lines;   /* of a file at first */
};

/* A folder of its own; the caller frees the path with fixture_remove. */
char *fixture_folder(void);
void fixture_remove(char *folder);

/*
 * Runs a program in `folder`, with its standard input from the file `input`
 * (or NULL for none); the arguments end with NULL. Fails the test unless it
 * ends with 0.
 */
void fixture_run(const char *folder, const char *input, const char *program,
                 ...) __attribute__((sentinel));

/* The first line that `git rev-parse NAME` prints; the caller frees. */
char *fixture_output(const char *folder, const char *program, ...)
    __attribute__((sentinel));

/* A bare repository `name` in `folder` with a random history on main. */
void fixture_history(const char *folder, const char *name,
                     const struct fixture_plan *plan);

/*
 * A folder of its own with such a repository in one pack, HEAD on main; the
 * caller frees the path with fixture_remove.
 */
char *fixture_packed(const char *name, const struct fixture_plan *plan);

/* The path of the one *.idx file in the repository's pack folder. */
char *fixture_index(const char *folder, const char *name);

/* A number below `limit`; the sequence follows from the state. */
uint32_t fixture_random(uint64_t *state, uint32_t limit);

#endif
