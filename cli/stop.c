/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/stop.h"

#include <signal.h>
#include <unistd.h>

/* A signal handler can reach nothing but a global. */
static struct ks_stop stop;

enum { STATUS_OF_SIGNALS = 128 };

static void on_signal(int number)
{
    if (atomic_exchange(&stop.wanted, true))
        _exit(STATUS_OF_SIGNALS + number);
}

struct ks_stop *ks_stop_on_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
    return &stop;
}
