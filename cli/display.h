/* SPDX-License-Identifier: Apache-2.0 */
/* display.h: the progress line on a terminal's standard error. */
#ifndef KS_CLI_DISPLAY_H
#define KS_CLI_DISPLAY_H

#include "base/progress.h"

struct ks_display;

/*
 * Starts to show the counters a few times a second, if standard error is a
 * terminal; else `*out` becomes NULL. Without a thread there is no display.
 */
void ks_display_start(struct ks_display **out, struct ks_progress *progress);

/* Takes the line away. NULL is allowed. */
void ks_display_stop(struct ks_display *display);

#endif
