/* SPDX-License-Identifier: Apache-2.0 */
/* say.h: words for the person at standard error, and what a terminal is. */
#ifndef KS_CLI_SAY_H
#define KS_CLI_SAY_H

#include <stdbool.h>

/*
 * Prints "keysweep: ", what kind of line it is ("warning: ", or ""), and the
 * line, of which a terminal obeys nothing.
 */
void ks_say(const char *kind, const char *line);

/* Whether there is a terminal that obeys escape sequences: not TERM=dumb. */
bool ks_is_terminal(int fd);

#endif
