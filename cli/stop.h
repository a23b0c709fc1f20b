/* SPDX-License-Identifier: Apache-2.0 */
/* stop.h: Ctrl-C and SIGTERM as a wish to end cleanly. */
#ifndef KS_CLI_STOP_H
#define KS_CLI_STOP_H

#include "base/pool.h"

/*
 * Installs the handlers, and ignores SIGPIPE so that a closed pipe is an error
 * of writing. The first signal sets the wish; a second one ends the program at
 * once with the status that shells expect.
 */
struct ks_stop *ks_stop_on_signals(void);

#endif
